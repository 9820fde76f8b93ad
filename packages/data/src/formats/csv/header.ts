import { InputError, notAllowed } from '@lrfind/core';
import { afterLineEnd, type FieldText, readField, TRAILING_TEXT, UNCLOSED } from './field.js';
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

const QUOTE = '"';
/** In this order: the first wins a tie, also when a table of one column contains none of them. */
const delimiters = [',', '\t', ';'];

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
    position = readField(bytes, position + 1, delimiter, field);
    if (position === UNCLOSED) return undefined;
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
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === QUOTE) quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted && counts.has(character)) counts.set(character, (counts.get(character) as number) + 1);
  }
  return [...counts].reduce((best, other) => (other[1] > best[1] ? other : best))[0];
}

function checkDelimiter(given: string): string {
  const delimiter = given === '\\t' || given === 'tab' ? '\t' : given;
  if (/^[\t !#-&()*,/:;<=>?@[-`{|}~]$/.test(delimiter)) return delimiter;
  throw notAllowed('delimiter', 'one character, such as ",", ";", "|" or "\\t"', given);
}
