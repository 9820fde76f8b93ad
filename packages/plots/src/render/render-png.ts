import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { renderSvg, type SvgOptions } from './render-svg.js';

/** How a picture is turned into pixels. */
export interface PngOptions extends SvgOptions {
  /** pixels for each CSS pixel, above 0 and at most 8; default 2, which suits print and dense screens */
  scale?: number | undefined;
}

/** The longest side that is drawn, in pixels. */
const longest = 16_384;

/**
 * Draws a picture as a PNG file. Texts are drawn in the bundled font, so that it needs no font on the machine and looks
 * the same on all.
 *
 * @param picture a Vega-Lite specification, or an SVG document
 * @returns the file's bytes
 * @throws InputError for a scale outside its limits, a picture of more than 16384 pixels to a side, or a text that is not SVG
 */
export async function renderPng(picture: TopLevelSpec | string, options: PngOptions = {}): Promise<Buffer> {
  const { scale = 2 } = options;
  if (!(typeof scale === 'number' && scale > 0 && scale <= 8)) {
    throw new InputError(
      `scale: expected a number above 0 and at most 8, got ${typeof scale === 'number' ? scale : JSON.stringify(scale)}`,
    );
  }
  const svg = typeof picture === 'string' ? picture : await renderSvg(picture, options);
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const { pixels, width, height } = rasterised(svg, scale, Resvg);
  return (
    sharp(pixels, { raw: { width, height, channels: 4 } })
      .png({ palette: true, compressionLevel: 9 })
      // So that a text processor places it at the size of the SVG.
      .withDensity(96 * scale)
      .toBuffer()
  );
}

function rasterised(svg: string, scale: number, Resvg: typeof import('@resvg/resvg-js').Resvg) {
  const require = createRequire(import.meta.url);
  const font = (name: string) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  let document: import('@resvg/resvg-js').Resvg;
  try {
    document = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      // Without fonts of its own it would leave out all text, and say nothing.
      font: {
        loadSystemFonts: false,
        fontFiles: [font('DejaVuSans'), font('DejaVuSans-Bold')],
        defaultFontFamily: 'DejaVu Sans',
        sansSerifFamily: 'DejaVu Sans',
      },
      logLevel: 'off',
    });
  } catch (cause) {
    throw new InputError(`picture: not an SVG document: ${(cause as Error).message ?? cause}`, { cause });
  }
  if (Math.max(document.width, document.height) * scale > longest) {
    throw new InputError(
      `scale: ${document.width} by ${document.height} pixels at a scale of ${scale} are more than ${longest} to a side`,
    );
  }
  const image = document.render();
  return { pixels: image.pixels, width: image.width, height: image.height };
}
