import { stat } from 'node:fs/promises';
import { InputError } from '@lrfind/core';

/** Images of more pixels are refused before they are decoded; 134 megapixels take half a gigabyte. */
const MAX_PIXELS = 2 ** 27;

/** Decoded pixels, row after row from the top left, `channels` bytes each. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 2 with alpha, 3 for RGB, 4 with alpha. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * Decodes an image to 8 bits: of several pictures the first one, without regard to its orientation and colour profile, as
 * TensorFlow does.
 *
 * @throws InputError naming the file, for one that is corrupt, cut off, too large, or of a format that sharp does not read
 */
export async function decodeImage(path: string): Promise<Pixels> {
  const image = await openImage(path);
  try {
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, channels: info.channels, data };
  } catch (error) {
    throw refused(path, error);
  }
}

/**
 * The size of an image without its pixels, and whether it has colours.
 *
 * @throws InputError naming the file, for one that is no image that sharp reads
 */
export async function imageSize(path: string): Promise<Omit<Pixels, 'data'>> {
  const image = await openImage(path);
  try {
    const { height, width, channels } = await image.metadata();
    return { height, width, channels };
  } catch (error) {
    throw refused(path, error);
  }
}

async function openImage(path: string) {
  // A pipe would never end.
  const found = await stat(path).catch((error) => {
    throw refused(path, error);
  });
  if (!found.isFile()) throw new InputError(`${path} must be a regular file`);
  const { default: sharp } = await import('sharp');
  return sharp(path, { failOn: 'error', limitInputPixels: MAX_PIXELS, ignoreIcc: true, sequentialRead: true });
}

function refused(path: string, error: unknown): InputError {
  const [message] = (error as Error).message.trim().split('\n') as [string];
  if (/\.bmp$/i.test(path)) return new InputError(`${path} is a BMP image, which cannot be read: save it as PNG`);
  return new InputError(`${path} must be an image; it cannot be decoded: ${message.replaceAll(`${path}: `, '')}`);
}
