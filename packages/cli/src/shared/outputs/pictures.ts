import type { renderSvg } from '@lrfind/plots';
import type { PictureOptions } from './options.js';
import type { Formats } from './output-files.js';

/** Something to draw, and how. */
interface Drawn {
  readonly picture: Partial<Pick<PictureOptions, 'width' | 'height' | 'scaleFactor'>>;
}

/**
 * The formats of a picture by extension. Vega is loaded when a picture is drawn, since that takes time. A subject is laid out once,
 * also for files in both formats.
 *
 * @param describe checks what is to be drawn, and gives its chart
 */
export function pictureFormats<Subject extends Drawn>(
  describe: (subject: Subject) => Promise<Parameters<typeof renderSvg>[0]>,
): Formats<Subject> {
  const drawings = new WeakMap<Subject, Promise<string>>();
  const svgOf = (subject: Subject) => {
    const drawing = drawings.get(subject) ?? draw(subject);
    drawings.set(subject, drawing);
    return drawing;
  };
  const draw = async (subject: Subject) => {
    const chart = await describe(subject);
    return (await import('@lrfind/plots')).renderSvg(chart, { onWarning: warn });
  };
  return {
    '.png': async (subject) => async () =>
      (await import('@lrfind/plots')).renderPng(await svgOf(subject), {
        scale: pngScale(subject.picture),
        onWarning: warn,
      }),
    '.svg': async (subject) => () => svgOf(subject),
  };
}

/** Whether a file gets a picture, by its name. */
export function isPicture(path: string): boolean {
  return /\.(png|svg)$/i.test(path);
}

/** What loads the renderer in the last sweep of a search, when this thread is likely to wait for others; undefined without pictures. */
export function rendererAhead(
  out: readonly string[],
): ((event: { readonly repeat: number; readonly repeats: number }) => void) | undefined {
  if (!out.some(isPicture)) return undefined;
  let begun = false;
  return ({ repeat, repeats }) => {
    if (begun || repeat < repeats - 1) return;
    begun = true;
    // What goes wrong here is said when a picture is drawn.
    void import('@lrfind/plots').then(({ loadRenderer }) => loadRenderer()).catch(() => {});
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
