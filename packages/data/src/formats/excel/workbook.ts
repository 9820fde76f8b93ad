import { InputError } from '@lrfind/core';
import type { Cell } from '../cells/cell.js';
import { momentTexts } from '../cells/date-text.js';

/** Excel has no more columns. */
const MAX_COLUMNS = 16_384;
/** A sheet may have so many empty cells before others in their rows; beyond that, so many for each of the others. */
const FREE_GAPS = 1 << 24;
const GAPS = 64;

/** The value of an attribute of a start tag, such as `r` of `<c r="A1">`. */
function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : plain(found);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text of XML without its entities. */
function plain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The sheets of a workbook in their order, and where they lie. */
export function sheetsOf(workbook: string, relations: string): { name: string; path: string }[] {
  const targets = new Map(
    [...relations.matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => [
      attribute(tag, 'Id'),
      attribute(tag, 'Target') ?? '',
    ]),
  );
  return [...workbook.matchAll(/<sheet\b[^>]*>/g)].map(([tag]) => {
    const target = targets.get(attribute(tag, 'r:id')) ?? '';
    return { name: attribute(tag, 'name') ?? '', path: target.startsWith('/') ? target.slice(1) : `xl/${target}` };
  });
}

/** The texts that cells name by their number. */
export function sharedTexts(xml: string): string[] {
  return elements(xml, 'si').map(({ content }) => richText(content));
}

/** The text of runs of several fonts, without what shows how to pronounce them. */
function richText(xml: string): string {
  const spoken = xml.includes('<rPh') ? elements(xml, 'rPh').map(({ content }) => content) : [];
  const own = spoken.reduce((rest, part) => rest.replace(part, ''), xml);
  const text = elements(own, 't')
    .map(({ content }) => plain(content))
    .join('');
  // Control characters are written as _x000A_.
  return text.replaceAll(/_x([\dA-F]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The elements of a name, not nested in one another, found in one pass. */
function elements(xml: string, name: string): { tag: string; content: string }[] {
  const found: { tag: string; content: string }[] = [];
  const start = new RegExp(`<${name}(?=[\\s/>])[^>]*>`, 'g');
  const close = `</${name}>`;
  for (let opening = start.exec(xml); opening; opening = start.exec(xml)) {
    const [tag] = opening;
    if (tag.endsWith('/>')) {
      found.push({ tag, content: '' });
      continue;
    }
    const end = xml.indexOf(close, start.lastIndex);
    if (end < 0) break;
    found.push({ tag, content: xml.slice(start.lastIndex, end) });
    start.lastIndex = end + close.length;
  }
  return found;
}

/**
 * Which styles of cells show dates.
 *
 * @returns a function from the number of a style
 */
export function dateFormats(styles: string): (style: number) => boolean {
  const own = new Map(
    elements(styles, 'numFmt').map(({ tag }) => [
      Number(attribute(tag, 'numFmtId')),
      attribute(tag, 'formatCode') ?? '',
    ]),
  );
  const isDate = (id: number) => {
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58))
      return true;
    // Letters outside of quotes, brackets and escapes.
    return /[dmyhs]/i.test((own.get(id) ?? '').replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').replace(/general/i, ''));
  };
  const [cells] = elements(styles, 'cellXfs');
  const dates = elements(cells?.content ?? '', 'xf').map(({ tag }) => isDate(Number(attribute(tag, 'numFmtId') ?? 0)));
  return (style) => dates[style] ?? false;
}

/** What the cells of a sheet refer to. */
export interface WorkbookParts {
  readonly texts: readonly string[];
  readonly isDate: (style: number) => boolean;
  /** The year from which days are counted. */
  readonly epoch: 1900 | 1904;
}

/**
 * The rows of a sheet that hold anything, with their numbers.
 *
 * @param place of the sheet, for messages
 * @throws InputError naming the cell, for an error in the place of a value
 */
export function sheetCells(place: string, xml: string, parts: WorkbookParts): { number: number; cells: Cell[] }[] {
  const rows: { number: number; cells: Cell[] }[] = [];
  let number = 0;
  let filled = 0;
  let gaps = 0;
  for (const row of elements(xml, 'row')) {
    number = Number(attribute(row.tag, 'r') ?? number + 1);
    const cells: Cell[] = [];
    for (const { tag, content } of elements(row.content, 'c')) {
      const reference = attribute(tag, 'r');
      const column = reference === undefined ? cells.length : columnNumber(reference);
      if (!(column >= cells.length && column < MAX_COLUMNS))
        throw new InputError(`${place}: a cell of row ${number} has the impossible place ${reference}`);
      gaps += column - cells.length;
      filled++;
      if (gaps > FREE_GAPS + filled * GAPS)
        throw new InputError(`${place} must hold a table; got ${filled} cells and ${gaps} gaps between them`);
      while (cells.length < column) cells.push(null);
      cells.push(cellOf(`${place}: cell ${reference ?? `${column + 1} of row ${number}`}`, tag, content, parts));
    }
    if (cells.some((cell) => cell !== null)) rows.push({ number, cells });
  }
  return rows;
}

/** 0 for A, 26 for AA. */
function columnNumber(reference: string): number {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference)?.[1] ?? '';
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function cellOf(place: string, tag: string, content: string, { texts, isDate, epoch }: WorkbookParts): Cell {
  const type = attribute(tag, 't') ?? 'n';
  if (type === 'inlineStr') return richText(content);
  const [value] = elements(content, 'v');
  if (!value || value.content === '') return null;
  const text = plain(value.content);
  if (type === 's') {
    const shared = texts[Number(text)];
    if (shared === undefined) throw new InputError(`${place} names a text that the file does not have`);
    return shared;
  }
  if (type === 'str') return text;
  if (type === 'b') return text === '1';
  if (type === 'e') throw new InputError(`${place} must be a value; got the error ${text}`);
  if (type === 'd') return text.replace('T', ' ').replace(/ 00:00:00(\.0+)?$/, '');
  const number = Number(text);
  if (!Number.isFinite(number)) throw new InputError(`${place} must be a number; got ${text}`);
  return isDate(Number(attribute(tag, 's') ?? -1)) ? dateText(number, epoch) : number;
}

/** The text of a date: days since the end of 1899, which had no 29 February 1900, though Excel counts it. */
function dateText(days: number, epoch: 1900 | 1904): Cell {
  const shift = epoch === 1904 ? 24_107 : days < 60 ? 25_568 : 25_569;
  const milliseconds = Math.round((days - shift) * 86_400_000);
  return momentTexts([BigInt(milliseconds)], 'ms')[0] ?? null;
}
