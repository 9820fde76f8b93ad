import { InputError, notAllowed } from '@lrfind/core';
import { afterLineEnd, type FieldText, MAX_FIELD_BYTES, readField, TRAILING_TEXT, UNCLOSED } from './field.js';
import { isDecimal } from './field-value.js';

/** The first record of a delimited file. */
export interface TableHeader {
  readonly names: readonly string[];
  /** The byte between two fields. */
  readonly delimiter: number;
  /** Position after the header. */
  readonly end: number;
  /** The line on which the first row starts. */
  readonly nextLine: number;
}

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** In this order: the first wins a tie, also when a table of one column contains none of them. */
const delimiters = [',', '\t', ';'];
/** A header with quoted line ends may come in parts; a longer one has an unclosed quote. */
const MAX_HEADER_BYTES = 1 << 25;

/**
 * Reads the header of a delimited file.
 *
 * @param source the file, for messages
 * @param bytes its first lines, ending with a line end
 * @param given the delimiter; by default it follows from the file's name or the header
 * @returns the header, or `undefined` when the bytes end inside a quoted name
 * @throws InputError for an empty or repeated name, for numbers in place of names, and for text that is not UTF-8
 */
export function readHeader(source: string, bytes: Uint8Array, given?: string): TableHeader | undefined {
  const delimiter = (given === undefined ? delimiterOf(source, bytes) : checkDelimiter(given)).charCodeAt(0);
  const field: FieldText = { text: '', lines: 0 };
  const names: string[] = [];
  let position = -1;
  let nextLine = 2;
  do {
    const start = position + 1;
    position = readField(bytes, start, delimiter, field);
    if (position === UNCLOSED) {
      // Not read on to the end of the file: each further part would be searched from the start again.
      if (bytes.length - start <= MAX_FIELD_BYTES && bytes.length <= MAX_HEADER_BYTES) return undefined;
      throw unclosedHeader(source);
    }
    if (position === TRAILING_TEXT)
      throw new InputError(
        `${source}: header cell ${names.length + 1} must end at its closing quote; write a quote inside quotes twice`,
      );
    names.push(field.text.trim());
    nextLine += field.lines;
  } while (bytes[position] === delimiter);
  checkNames(source, names);
  return { names, delimiter, end: afterLineEnd(bytes, position), nextLine };
}

/** The error for a header that ends inside a quoted name. */
export function unclosedHeader(source: string): InputError {
  return new InputError(`${source}: the header must close each quote that it opens`);
}

function checkNames(source: string, names: readonly string[]): void {
  const noHeader = names.every(isDecimal) ? '; is the first line a row? The file needs a header of names' : '';
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const cell = `header cell ${index + 1} of ${names.length}`;
    if (name === '') {
      const pandas = index === 0 ? '; if pandas wrote it, save the table with index=False' : '';
      throw new InputError(`${source}: ${cell} must be a name; got an empty field${pandas}`);
    }
    if (name.includes('\ufffd'))
      throw new InputError(`${source}: ${cell} must be UTF-8 text; got "${name}"; save the file as UTF-8`);
    if (name.includes('\0')) throw new InputError(`${source}: ${cell} must be text; got zero bytes`);
    const before = first.get(name);
    if (before !== undefined)
      throw new InputError(
        `${source}: the header must name each column once; got "${name}" in cells ${before} and ${index + 1}${noHeader}`,
      );
    first.set(name, index + 1);
  }
  if (noHeader && names.some((name) => !/^\d+$/.test(name)))
    throw new InputError(`${source}: the header must hold names; got only numbers${noHeader}`);
}

function delimiterOf(source: string, bytes: Uint8Array): string {
  if (/\.(tsv|tab)(\.gz)?$/i.test(source)) return '\t';
  const codes = delimiters.map((delimiter) => delimiter.charCodeAt(0));
  const counts = codes.map(() => 0);
  let quoted = false;
  for (const byte of bytes) {
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) break;
    else if (codes.includes(byte)) counts[codes.indexOf(byte)] = (counts[codes.indexOf(byte)] as number) + 1;
  }
  return delimiters[counts.indexOf(Math.max(...counts))] as string;
}

function checkDelimiter(given: string): string {
  const delimiter = given === '\\t' || given === 'tab' ? '\t' : given;
  if (/^[\t !#-&()*,/:;<=>?@[-`{|}~]$/.test(delimiter)) return delimiter;
  throw notAllowed('delimiter', 'one character, such as ",", ";", "|" or "\\t"', given);
}
