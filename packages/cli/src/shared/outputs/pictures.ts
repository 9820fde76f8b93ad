import type { renderSvg } from '@lrfind/plots';
import type { PictureOptions } from './options.js';
import type { Formats } from './output-files.js';

/** Something to draw, and how. */
interface Drawn {
  readonly picture: Partial<Pick<PictureOptions, 'width' | 'height' | 'scaleFactor'>>;
}

/**
 * The formats of a picture by extension. Vega is loaded when a picture is drawn, since that takes time.
 *
 * @param describe checks what is to be drawn, and gives its chart
 */
export function pictureFormats<Subject extends Drawn>(
  describe: (subject: Subject) => Promise<Parameters<typeof renderSvg>[0]>,
): Formats<Subject> {
  return {
    '.png': async (subject) => async () =>
      (await import('@lrfind/plots')).renderPng(await describe(subject), {
        scale: pngScale(subject.picture),
        onWarning: warn,
      }),
    '.svg': async (subject) => async () => (await import('@lrfind/plots')).renderSvg(await describe(subject)),
  };
}

/**
 * The pixels of a PNG for each CSS pixel. Who asks for a size gets a file of that many pixels; otherwise there are two, which
 * suits print and dense screens.
 */
function pngScale({ width, height, scaleFactor }: Drawn['picture']): number {
  return scaleFactor ?? (width === undefined && height === undefined ? 2 : 1);
}

/** Says what a picture lacks; it is written all the same. */
function warn(message: string): void {
  process.stderr.write(`${message}\n`);
}
