import type { renderSvg } from '@lrfind/plots';
import type { Formats } from './output-files.js';

type Plots = typeof import('@lrfind/plots');

/** So many lines a picture can tell apart: `mostSeries` of plots, which is loaded for pictures only. */
export const mostDrawn = 12;

/**
 * The forms in which a picture can be written, by file extension. The charts are loaded when one is asked for: Vega alone takes
 * longer to load than a small sweep to run.
 *
 * @param draw the specification of a subject's picture
 */
export function pictureFormats<Subject>(
  draw: (plots: Plots, subject: Subject) => Parameters<typeof renderSvg>[0],
): Formats<Subject> {
  return {
    '.png': async (subject) => {
      const plots = await import('@lrfind/plots');
      return plots.renderPng(draw(plots, subject));
    },
    '.svg': async (subject) => {
      const plots = await import('@lrfind/plots');
      return plots.renderSvg(draw(plots, subject));
    },
  };
}
