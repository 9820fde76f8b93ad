import { assertOptions, checksumOfText } from '@lrfind/core';
import type { TopLevelSpec } from 'vega-lite';
import { printable } from '../text/printable.js';
import { type OnWarning, withView } from './vega-view.js';

/** Options of an SVG. */
export interface SvgOptions {
  /** Receives the warnings of Vega-Lite and Vega about the specification; default: nobody does. */
  onWarning?: OnWarning | undefined;
}

/**
 * Draws a Vega-Lite specification as SVG, without a browser and without a canvas. It measures texts with the widths of the
 * bundled font, and sets them in it unless the specification names another. Equal specifications give equal text. The SVG
 * contains its title and description for screen readers.
 *
 * @param spec a chart of this package or any other Vega-Lite specification
 * @throws InputError when it is not a Vega-Lite specification
 *
 * @example
 * writeFileSync('sweep.svg', await renderSvg(lossByRate(result)));
 */
export async function renderSvg(spec: TopLevelSpec, options: SvgOptions = {}): Promise<string> {
  assertOptions(options, ['onWarning']);
  return withView(spec, options.onWarning ?? (() => {}), async (view) => finishSvg(await view.toSVG(), spec));
}

/**
 * Makes Vega's SVG accessible and reproducible.
 *
 * @param titled whether it gets a title element, which browsers show as a tooltip
 */
export function finishSvg(svg: string, spec: TopLevelSpec, titled = true): string {
  return printable(accessible(tidied(svg, spec), spec, titled));
}

/** Tells a screen reader that this is one image, its name and what it shows. */
function accessible(svg: string, { description, title }: TopLevelSpec, titled: boolean): string {
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  const name = Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : undefined;
  const label = description ?? name;
  const attributes = label === undefined ? 'role="img"' : `role="img" aria-label="${escaped(label)}"`;
  const element = name === undefined || !titled ? '' : `<title>${escaped(name)}</title>`;
  return svg.replace(/^<svg ([^>]*)>/, (_, others) => `<svg ${attributes} ${others}>${element}`);
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/**
 * Removes what would differ between two renderings of one specification, or only fills the file.
 *
 * Vega numbers its clipping paths across all charts of a process. Numbered within the chart and prefixed with the
 * checksum of the specification, they are the same each time and cannot collide with those of another chart on one page.
 * Lengths are rounded to a hundredth of a pixel. Parts lose their descriptions, as the whole has one.
 */
function tidied(svg: string, spec: TopLevelSpec): string {
  const mark = checksumOfText(JSON.stringify(spec)).toString(16).padStart(8, '0');
  const ids = new Map([...svg.matchAll(/ id="([^"]+)"/g)].map(([, id], index) => [id, `v${mark}-${index + 1}`]));
  return svg.replace(/<[a-z][^<>]*>/g, (tag) =>
    tag
      .replace(/ id="([^"]+)"/, (_, id) => ` id="${ids.get(id)}"`)
      .replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${ids.get(id) ?? id})`)
      .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
      .replace(/ (?:d|transform|[xy]2?|width|height)="[^"]*"/g, (attribute) =>
        attribute.replace(/-?\d*\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
      ),
  );
}
