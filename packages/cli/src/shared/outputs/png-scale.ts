import type { PictureOptions } from './options.js';

/**
 * The pixels of a PNG for each CSS pixel. Who asks for a size gets a file of that many pixels; otherwise there are two, which
 * suits print and dense screens.
 */
export function pngScale({ width, height, scaleFactor }: Partial<PictureOptions>): number {
  return scaleFactor ?? (width === undefined && height === undefined ? 2 : 1);
}
