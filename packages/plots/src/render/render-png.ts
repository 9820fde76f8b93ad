import { assertOptions, InputError, notAllowed } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { anchoredGroups } from './anchored-groups.js';
import { bundledFamily, bundledFiles } from './fonts/bundled-fonts.js';
import { withForeignRuns } from './fonts/foreign-runs.js';
import { missingGlyphs } from './fonts/missing-glyphs.js';
import { loadShaper } from './fonts/shaper.js';
import { needsOtherFonts, substituted } from './fonts/substituted-fonts.js';
import { renderSvg, type SvgOptions } from './render-svg.js';

/** Options of a PNG. */
export interface PngOptions extends SvgOptions {
  /** Pixels for each CSS pixel, above 0 and at most 8; default 2, which suits print and dense screens. */
  scale?: number | undefined;
  /**
   * Folders of fonts for characters that the bundled font lacks, such as Chinese ones and emoji; default: those of the system.
   * They are looked at only where a text has such characters.
   */
  fontFolders?: readonly string[] | undefined;
}

/** Maximum length of a side, in pixels. */
const maxSide = 16_384;

/**
 * Draws a chart as a PNG file. It sets texts in the bundled font, so it needs no font on the machine and looks the same on
 * all machines. Only characters that this font lacks are set in fonts of the system; `onWarning` receives which of them no font
 * has, and which therefore are boxes.
 *
 * @param chart a Vega-Lite specification, or an SVG document
 * @returns the bytes of the file
 * @throws InputError for a scale outside its limits, more than 16384 pixels to a side, or a text that is not SVG
 *
 * @example
 * writeFileSync('sweep.png', await renderPng(lossByRate(result), { scale: 3 }));
 */
export async function renderPng(chart: TopLevelSpec | string, options: PngOptions = {}): Promise<Buffer> {
  assertOptions(options, ['scale', 'fontFolders', 'onWarning']);
  const { scale = 2, fontFolders, onWarning } = options;
  if (!(typeof scale === 'number' && scale > 0 && scale <= 8))
    throw notAllowed('scale', 'a number above 0 and at most 8', scale);
  if (
    fontFolders !== undefined &&
    !(Array.isArray(fontFolders) && fontFolders.every((each) => typeof each === 'string'))
  )
    throw notAllowed('fontFolders', 'a list of folders', fontFolders);
  const svg = typeof chart === 'string' ? chart : await renderSvg(chart, { onWarning });
  const { pixels, width, height } = await (needsOtherFonts(svg)
    ? inSeveralFonts(svg, scale, fontFolders, onWarning)
    : rasterised(svg, scale));
  const { default: sharp } = await import('sharp');
  return (
    sharp(pixels, { raw: { width, height, channels: 4 } })
      // A chart has few colours: a longer search for the best 256, and dithering, change the size by less than 1 % and take 1.6 times as long.
      // A shorter search than this one moves the colour of the background.
      .png({ palette: true, compressionLevel: 9, effort: 4, dither: 0 })
      // With the density, word processors insert it at the size of the SVG.
      .withDensity(96 * scale)
      .toBuffer()
  );
}

async function inSeveralFonts(
  svg: string,
  scale: number,
  folders: readonly string[] | undefined,
  onWarning: PngOptions['onWarning'],
) {
  const shape = await loadShaper();
  const { svg: dashed, runs, missing } = substituted(svg, (text, font) => shape(text, font).length, folders);
  if (missing.length > 0) onWarning?.(missingGlyphs(missing));
  return rasterised(dashed, scale, (paths) => withForeignRuns(paths, runs, shape, scale));
}

/**
 * Draws an SVG document as pixels.
 *
 * @param complete changes the document once its texts are paths
 */
async function rasterised(svg: string, scale: number, complete = async (paths: string) => paths) {
  const { Resvg } = await import('@resvg/resvg-js');
  const read = (text: string) =>
    new Resvg(text, {
      fitTo: { mode: 'zoom', value: scale },
      // Without font files it would silently leave out all text.
      font: {
        loadSystemFonts: false,
        fontFiles: bundledFiles(),
        defaultFontFamily: bundledFamily,
        sansSerifFamily: bundledFamily,
      },
      logLevel: 'off',
    });
  const asSvg = <Value>(use: () => Value): Value => {
    try {
      return use();
    } catch (cause) {
      throw new InputError(`chart must be an SVG document: ${(cause as Error).message ?? cause}`, { cause });
    }
  };
  let document = asSvg(() => read(svg));
  const { width, height } = document;
  if (Math.max(width, height) * scale > maxSide) {
    throw new InputError(
      `scale must give at most ${maxSide} pixels to a side; got ${scale} for ${width} by ${height} pixels`,
    );
  }
  const paths = asSvg(() => document.toString());
  const completed = await complete(paths);
  const anchored = anchoredGroups(completed) ?? completed;
  if (anchored !== paths) document = asSvg(() => read(anchored));
  const image = document.render();
  return { pixels: image.pixels, width: image.width, height: image.height };
}
