import type { TopLevelSpec } from 'vega-lite';
import { finishSvg } from './finish-svg.js';
import { type OnWarning, withView } from './vega-view.js';

/** How a specification is turned into a picture. */
export interface SvgOptions {
  /** is told what Vega-Lite or Vega finds odd about the specification; default: nobody */
  onWarning?: OnWarning | undefined;
}

/**
 * Draws a Vega-Lite specification, without a browser and without a canvas. Texts are measured with the widths of the
 * bundled font, and are set in it unless the specification names another. Equal specifications give equal text.
 *
 * The picture carries its title and description for those who hear it rather than see it.
 *
 * @param spec a chart of this package or any other Vega-Lite specification
 * @throws InputError when it is not a Vega-Lite specification
 */
export async function renderSvg(spec: TopLevelSpec, options: SvgOptions = {}): Promise<string> {
  return withView(spec, options.onWarning ?? (() => {}), async (view) => finishSvg(await view.toSVG(), spec));
}
