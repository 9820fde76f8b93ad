import { createRequire } from 'node:module';
import { assertOptions, InputError, notAllowed } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { anchoredGroups } from './anchored-groups.js';
import { renderSvg, type SvgOptions } from './render-svg.js';

/** Options of a PNG. */
export interface PngOptions extends SvgOptions {
  /** Pixels for each CSS pixel, above 0 and at most 8; default 2, which suits print and dense screens. */
  scale?: number | undefined;
}

/** Maximum length of a side, in pixels. */
const maxSide = 16_384;

/**
 * Draws a chart as a PNG file. It sets texts in the bundled font, so it needs no font on the machine and looks the same on
 * all machines.
 *
 * @param chart a Vega-Lite specification, or an SVG document
 * @returns the bytes of the file
 * @throws InputError for a scale outside its limits, more than 16384 pixels to a side, or a text that is not SVG
 *
 * @example
 * writeFileSync('sweep.png', await renderPng(lossByRate(result), { scale: 3 }));
 */
export async function renderPng(chart: TopLevelSpec | string, options: PngOptions = {}): Promise<Buffer> {
  assertOptions(options, ['scale', 'onWarning']);
  const { scale = 2 } = options;
  if (!(typeof scale === 'number' && scale > 0 && scale <= 8))
    throw notAllowed('scale', 'a number above 0 and at most 8', scale);
  const svg = typeof chart === 'string' ? chart : await renderSvg(chart, { onWarning: options.onWarning });
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const { pixels, width, height } = rasterised(svg, scale, Resvg);
  return (
    sharp(pixels, { raw: { width, height, channels: 4 } })
      .png({ palette: true, compressionLevel: 9 })
      // With the density, word processors insert it at the size of the SVG.
      .withDensity(96 * scale)
      .toBuffer()
  );
}

function rasterised(svg: string, scale: number, Resvg: typeof import('@resvg/resvg-js').Resvg) {
  const require = createRequire(import.meta.url);
  const font = (name: string) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  const read = (text: string) =>
    new Resvg(text, {
      fitTo: { mode: 'zoom', value: scale },
      // Without font files it would silently leave out all text.
      font: {
        loadSystemFonts: false,
        fontFiles: [font('DejaVuSans'), font('DejaVuSans-Bold')],
        defaultFontFamily: 'DejaVu Sans',
        sansSerifFamily: 'DejaVu Sans',
      },
      logLevel: 'off',
    });
  let document: import('@resvg/resvg-js').Resvg;
  try {
    document = read(svg);
    const anchored = anchoredGroups(document.toString());
    if (anchored !== null) document = read(anchored);
  } catch (cause) {
    throw new InputError(`chart must be an SVG document: ${(cause as Error).message ?? cause}`, { cause });
  }
  const { width, height } = document;
  if (Math.max(width, height) * scale > maxSide) {
    throw new InputError(
      `scale must give at most ${maxSide} pixels to a side; got ${scale} for ${width} by ${height} pixels`,
    );
  }
  const image = document.render();
  return { pixels: image.pixels, width: image.width, height: image.height };
}
