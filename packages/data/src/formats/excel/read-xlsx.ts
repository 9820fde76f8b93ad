import { InputError, notOneOf } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import type { Cell } from '../cells/cell.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { readBytes } from '../read-text.js';
import { type ZipEntry, zipEntries } from '../zip/zip-entries.js';
import { dateFormats, sharedTexts, sheetCells, sheetsOf } from './workbook.js';

/** The most bytes of a part of a workbook when it is unpacked. */
const MAX_PART = 5e8;

/** Reads the format of `xlsxFormat`. */
export const readXlsx: TableFormat['read'] = async ({ name }, chunks, options) => {
  const entries = new Map((await zipEntries(name, await readBytes(name, chunks))).map((entry) => [entry.path, entry]));
  const text = (path: string) => textOf(name, entries.get(path));
  const sheets = sheetsOf(text('xl/workbook.xml') ?? '', text('xl/_rels/workbook.xml.rels') ?? '');
  const [first] = sheets;
  const sheet = options.sheet === undefined ? first : sheets.find((each) => each.name === options.sheet);
  if (!first) throw new InputError(`${name} must be a workbook of Excel with a sheet; got none`);
  if (!sheet)
    throw notOneOf(
      'sheet',
      sheets.map((each) => each.name),
      options.sheet,
    );
  const content = text(sheet.path);
  if (content === undefined) throw new InputError(`${name}: sheet "${sheet.name}" is missing from the file`);
  const place = `${name}: sheet "${sheet.name}"`;
  const rows = sheetCells(place, content, {
    texts: sharedTexts(text('xl/sharedStrings.xml') ?? ''),
    isDate: dateFormats(text('xl/styles.xml') ?? ''),
    epoch: /<workbookPr\b[^>]*\bdate1904="(1|true)"/.test(text('xl/workbook.xml') ?? '') ? 1904 : 1900,
  });
  const [header, ...body] = rows;
  if (!header) throw new InputError(`${place} must hold a row of names, and rows below it; got an empty sheet`);
  const names = header.cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell)));
  while (names.at(-1) === '') names.pop();
  const wide = body.find(({ cells }) => cells.slice(names.length).some((cell) => cell !== null && cell !== undefined));
  if (wide)
    throw new InputError(
      `${place}: row ${wide.number} must have ${names.length} cells, as the first row has; got ${wide.cells.length}`,
    );
  const columns = names.map((column, i) => ({
    name: column,
    cells: body.map(({ cells }): Cell => cells[i] ?? null),
  }));
  const others = sheets.filter((each) => each !== sheet).map((each) => `"${each.name}"`);
  const notes = others.length > 0 ? [`read sheet "${sheet.name}"; left ${others.join(', ')}`] : [];
  return tableOfCells(
    { source: name, rows: body.length, columns, place: (row) => `row ${body[row]?.number}`, notes },
    options,
  );
};

function textOf(name: string, entry: ZipEntry | undefined): string | undefined {
  if (!entry) return undefined;
  if (entry.size > MAX_PART)
    throw new InputError(`${name}: "${entry.path}" must have at most 500 MB; got ${entry.size} bytes`);
  return decodeText(entry.read());
}
