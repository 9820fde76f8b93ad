import { createHash } from 'node:crypto';
import type { TopLevelSpec } from 'vega-lite';

/**
 * What Vega has drawn, made fit to stand in a page or a file: named for those who hear it, and the same each time.
 *
 * @param titled whether it has a title element, which a browser shows where the pointer rests
 */
export function finishSvg(svg: string, spec: TopLevelSpec, titled = true): string {
  return accessible(tidied(svg, spec), spec, titled);
}

/** Tells a screen reader that this is one image, what it is called and what it shows. */
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
 * Removes what would differ between two drawings of the same, or only fills the file.
 *
 * Vega numbers its clipping paths over all pictures of a process; numbered within the picture and marked with the
 * specification's checksum, they are the same each time and do not meet those of another picture on one page. Lengths
 * are rounded to a hundredth of a pixel, and parts are not described one by one, as the whole is.
 */
function tidied(svg: string, spec: TopLevelSpec): string {
  const mark = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
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
