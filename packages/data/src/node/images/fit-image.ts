import type { Pixels } from './decode-image.js';

/** The shape that every image gets: `channels` is 1 for grey, 3 for RGB, 4 for RGB and alpha. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/**
 * Writes an image in the shape of a model's input: resized bilinearly between the centres of pixels, neither cropped nor
 * smoothed, as Keras resizes; grey is the luma of ITU-R 601, and alpha is dropped unless it is asked for.
 *
 * @param pixels decoded
 * @param shape wanted
 * @param to gets `height × width × channels` numbers from 0 to 255, from its start on
 */
export function fitImage(pixels: Pixels, { height, width, channels }: ImageShape, to: Float32Array): void {
  const bytes = channelsOf(pixels, channels);
  const rows = placesBetween(height, pixels.height);
  const columns = placesBetween(width, pixels.width);
  const line = pixels.width * channels;
  let at = 0;
  for (const y of rows) {
    for (const x of columns) {
      for (let c = 0; c < channels; c++) {
        const top = mix(bytes, y.low * line + c, x, channels);
        const bottom = mix(bytes, y.high * line + c, x, channels);
        to[at] = top + (bottom - top) * y.share;
        at += 1;
      }
    }
  }
}

/** Between which two pixels a pixel of the result lies, and how near to the second one, from 0 to 1. */
interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

function placesBetween(count: number, from: number): Between[] {
  return Array.from({ length: count }, (_, i) => {
    const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / count - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(from - 1, low + 1), share: place - low };
  });
}

function mix(bytes: Uint8Array, start: number, { low, high, share }: Between, channels: number): number {
  const left = bytes[start + low * channels] as number;
  return left + ((bytes[start + high * channels] as number) - left) * share;
}

function channelsOf({ data, channels: from, height, width }: Pixels, channels: number): Uint8Array {
  if (from === channels) return data;
  const count = height * width;
  const bytes = new Uint8Array(count * channels);
  const colours = from >= 3;
  for (let i = 0; i < count; i++) {
    const start = i * from;
    if (channels === 1) bytes[i] = colours ? luma(data, start) : (data[start] as number);
    else {
      for (let c = 0; c < 3; c++) bytes[i * channels + c] = data[start + (colours ? c : 0)] as number;
      if (channels === 4) bytes[i * 4 + 3] = from === 2 ? (data[start + 1] as number) : 255;
    }
  }
  return bytes;
}

/** The grey of a colour, to the bit as Pillow rounds it. */
function luma(data: Uint8Array, at: number): number {
  const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}
