import { createHash } from 'node:crypto';
import { InputError } from '@lrfind/finder/analysis';
import type { TopLevelSpec } from 'vega-lite';
import { fontFamily, textWidth } from './text-width.js';

/** How a specification is turned into a picture. */
export interface SvgOptions {
  /** is told what Vega-Lite or Vega finds odd about the specification; default: nobody */
  onWarning?: ((message: string) => void) | undefined;
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
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw new InputError(`spec: expected a Vega-Lite specification, got ${JSON.stringify(spec)}`);
  }
  // Half a second to load: only who draws should wait for it.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  measureWithBundledFont(vega);
  const logger = listener(options.onWarning ?? (() => {}));
  const view = new vega.View(vega.parse(compiled(spec, compile, logger)), { renderer: 'none', logger });
  try {
    const svg = await view.toSVG();
    return accessible(tidied(svg, spec), spec);
  } finally {
    view.finalize();
  }
}

function compiled(spec: TopLevelSpec, compile: typeof import('vega-lite').compile, logger: Logger) {
  try {
    return compile(spec, { logger, config: { font: fontFamily } }).spec;
  } catch (cause) {
    throw new InputError(`spec: not a Vega-Lite specification: ${(cause as Error).message}`, { cause });
  }
}

type Logger = import('vega').LoggerInterface;

/** A logger that hands on warnings and throws errors, which Vega would otherwise only print. */
function listener(onWarning: (message: string) => void): Logger {
  const logger: Logger = {
    level: ((level?: number) => (level === undefined ? 2 : logger)) as Logger['level'],
    error: (...causes: readonly unknown[]) => {
      const [first] = causes;
      throw first instanceof Error ? first : new Error(causes.join(' '));
    },
    warn: (...messages: readonly unknown[]) => {
      onWarning(messages.join(' '));
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  font?: string;
  fontSize?: number;
  fontWeight?: string | number;
}

let measuring = false;

/**
 * Makes Vega measure texts in the bundled font by its true widths; without a canvas it would guess. Vega has one such
 * function for all; texts in other fonts are left to the one that was there.
 */
function measureWithBundledFont(vega: typeof import('vega')): void {
  if (measuring) return;
  measuring = true;
  // Exported, but missing from Vega's type declarations.
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  const others = textMetrics.width;
  textMetrics.width = (item, text) => {
    if (!String(item.font ?? '').startsWith('DejaVu Sans')) return others(item, text);
    const weight = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600 ? 'bold' : 'normal';
    return textWidth(String(text ?? '').trim(), item.fontSize ?? 11, weight);
  };
}

/** Tells a screen reader that this is one image, what it is called and what it shows. */
function accessible(svg: string, { description, title }: TopLevelSpec): string {
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : title;
  const name = Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : undefined;
  const label = description ?? name;
  const attributes = label === undefined ? 'role="img"' : `role="img" aria-label="${escaped(label)}"`;
  const titled = name === undefined ? '' : `<title>${escaped(name)}</title>`;
  return svg.replace(/^<svg ([^>]*)>/, (_, others) => `<svg ${attributes} ${others}>${titled}`);
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
