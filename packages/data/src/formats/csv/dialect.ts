import { InputError, notAllowed } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import { afterLineEnd, isLineEnd } from './field.js';

/** How the fields of a text are separated, and where its table starts. */
export interface Dialect {
  /** The byte between two fields; a space where `blanks` is set. */
  readonly delimiter: number;
  /** Whether runs of blanks separate the fields. */
  readonly blanks: boolean;
  /** Position of the first line of the table. */
  readonly start: number;
  /** Number of that line, from 1. */
  readonly line: number;
  /** Position of the last line above it that begins with `#`, which may hold the names; −1 for none. */
  readonly comment: number;
  /** Lines that were skipped, in a sentence. */
  readonly notes: readonly string[];
}

const QUOTE = 34;
const SPACE = 32;
const TAB = 9;
const COMMA = 44;
const HASH = 35;
/** In this order: of two that fit equally well, the one that is rarer in texts and numbers is meant. */
const candidates = ['\t', ';', '|', ','];
const codes = candidates.map((each) => each.charCodeAt(0));
/** For each byte the index of the candidate that it is; −1 for any other. */
const candidateOf = Int8Array.from({ length: 256 }, (_, byte) => codes.indexOf(byte));
/** Lines from which the delimiter follows; fewer where they are long. */
const SAMPLE_LINES = 100;
const SAMPLE_BYTES = 1 << 15;
const LEAST_LINES = 5;
/** More lines than these above a header are no title. */
const MOST_TITLE_LINES = 30;

/** A line of the sample: where it is, and how many fields it has with each candidate and with runs of blanks. */
interface SampleLine {
  readonly start: number;
  readonly end: number;
  readonly lines: number;
  /** One for each candidate, then one for blanks. */
  readonly fields: readonly number[];
}

/**
 * Recognises how a text is separated and what stands above its table.
 *
 * @param source the file, for messages and its extension
 * @param bytes its first lines
 * @param given options of the caller, which go first
 * @throws InputError for a delimiter that cannot be one, and when fewer lines than are to be skipped follow
 */
export function recogniseDialect(
  source: string,
  bytes: Uint8Array,
  given: { readonly delimiter?: string | undefined; readonly skip?: number | undefined },
): Dialect {
  const chosen = given.delimiter === undefined ? undefined : checkDelimiter(given.delimiter);
  if (given.skip !== undefined) {
    const start = startOfLine(source, bytes, given.skip);
    const sample = sampleLines(bytes, start.position);
    return {
      ...separator(source, bytes, sample, chosen),
      start: start.position,
      line: given.skip + 1,
      comment: -1,
      notes: [],
    };
  }
  let position = 0;
  let line = 1;
  const skipped: string[] = [];
  let named: string | undefined;
  let comment = -1;
  while (position < bytes.length) {
    const end = endOfLine(bytes, position);
    const text = decodeText(bytes, position, Math.min(end, position + 200)).trim();
    const sep = line === 1 ? /^"?sep=(.)"?$/i.exec(text)?.[1] : undefined;
    if (sep !== undefined) named = checkDelimiter(sep);
    else if (bytes[position] === HASH && text.length > 1 && !isWholeName(text)) comment = position;
    else if (text !== '') break;
    if (text !== '') skipped.push(text);
    position = afterLineEnd(bytes, end);
    line += 1;
  }
  const sample = sampleLines(bytes, position);
  const by = separator(source, bytes, sample, chosen ?? named);
  const title = titleLines(sample, by);
  for (const each of sample.slice(0, title)) {
    skipped.push(decodeText(bytes, each.start, Math.min(each.end, each.start + 200)).trim());
    line += each.lines;
  }
  const first = title > 0 ? (sample[title] as SampleLine) : undefined;
  return {
    ...by,
    start: first ? first.start : position,
    line: first ? line + blankLines(bytes, sample, title) : line,
    comment,
    notes: skippedNote(skipped),
  };
}

/** A header such as `#,Name,Type`, whose first name is the mark itself, is no comment. */
function isWholeName(text: string): boolean {
  return /^#\s*[\t;|,]/.test(text);
}

function skippedNote(skipped: readonly string[]): string[] {
  const lines = skipped.filter((text) => text !== '');
  if (lines.length === 0) return [];
  const shown = lines.slice(0, 2).map((text) => JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text));
  const more = lines.length > 2 ? ', …' : '';
  return [
    `skipped ${lines.length === 1 ? 'a line' : `${lines.length} lines`} above the table: ${shown.join(', ')}${more}`,
  ];
}

function endOfLine(bytes: Uint8Array, start: number): number {
  let end = start;
  while (!isLineEnd(bytes[end])) end++;
  return end;
}

function startOfLine(source: string, bytes: Uint8Array, skip: number): { position: number } {
  let position = 0;
  for (let line = 0; line < skip; line++) {
    if (position >= bytes.length)
      throw new InputError(`skip must be fewer than the lines at the start of ${source}, ${line}; got ${skip}`);
    position = afterLineEnd(bytes, endOfLine(bytes, position));
  }
  return { position };
}

/** Empty lines between the title and the table, which the sample leaves out. */
function blankLines(bytes: Uint8Array, sample: readonly SampleLine[], title: number): number {
  let blank = 0;
  for (let i = 1; i <= title; i++) {
    let position = afterLineEnd(bytes, (sample[i - 1] as SampleLine).end);
    while (position < (sample[i] as SampleLine).start) {
      position = afterLineEnd(bytes, endOfLine(bytes, position));
      blank += 1;
    }
  }
  return blank;
}

/** The first lines that are not empty; the last one may end within quotes. */
function sampleLines(bytes: Uint8Array, start: number): SampleLine[] {
  const found: SampleLine[] = [];
  let position = start;
  const isEnough = () => found.length >= (position - start < SAMPLE_BYTES ? SAMPLE_LINES : LEAST_LINES);
  while (!isEnough() && position < bytes.length) {
    const line = sampleLine(bytes, position);
    if (line.end > position) found.push(line);
    position = afterLineEnd(bytes, line.end);
  }
  return found;
}

function sampleLine(bytes: Uint8Array, start: number): SampleLine {
  const fields = [...codes.map(() => 1), 0];
  const blank = codes.length;
  let quoted = false;
  let lines = 1;
  let before = -1;
  let position = start;
  for (; position < bytes.length; position++) {
    const byte = bytes[position] as number;
    const isBlank = byte === SPACE || byte === TAB;
    const inside = quoted;
    if (quoted) {
      if (byte === 10) lines += 1;
      if (byte === QUOTE) quoted = false;
    } else if (isLineEnd(byte)) break;
    else if (byte === QUOTE && (before < 0 || before === SPACE || before === QUOTE || codes.includes(before)))
      quoted = true;
    const at = quoted ? -1 : (candidateOf[byte] as number);
    if (at >= 0) fields[at] = (fields[at] as number) + 1;
    if (!isBlank && !inside && (before < 0 || before === SPACE || before === TAB))
      fields[blank] = (fields[blank] as number) + 1;
    before = byte;
  }
  return { start, end: position, lines, fields };
}

function separator(
  source: string,
  bytes: Uint8Array,
  sample: readonly SampleLine[],
  chosen: string | undefined,
): Pick<Dialect, 'delimiter' | 'blanks'> {
  if (chosen === 'blanks') return { delimiter: SPACE, blanks: true };
  if (chosen !== undefined) return { delimiter: chosen.charCodeAt(0), blanks: false };
  if (/\.(tsv|tab)(\.gz)?$/i.test(source)) {
    const [first] = sample;
    if (!first || (first.fields[0] as number) > 1 || first.fields.every((count) => count <= 1))
      return { delimiter: TAB, blanks: false };
  }
  const fits = [...codes, SPACE].map((_, c) => fit(sample, c));
  const best = Math.max(...fits.slice(0, codes.length));
  const at = fits.indexOf(best);
  const delimiter = codes[at] as number;
  const byBlanks = fits[codes.length] === 1 || isShorterHeader(sample, codes.length);
  const isOfTexts = !agreeBelow(sample, at) || (delimiter === COMMA && hasDecimalCommas(bytes, sample));
  if (best > 0 && !(byBlanks && isOfTexts)) return { delimiter, blanks: false };
  if (byBlanks) return { delimiter: SPACE, blanks: true };
  // A table of one column, or one whose lines disagree: what its first line has most of.
  const first = sample[0]?.fields.slice(0, codes.length) ?? [];
  const most = Math.max(...first, 1);
  return { delimiter: most > 1 ? (codes[first.indexOf(most)] as number) : (codes.at(-1) as number), blanks: false };
}

/** Whether all lines from the first with the usual number of fields on have as many; those above may be a title. */
function agreeBelow(sample: readonly SampleLine[], candidate: number): boolean {
  const usual = usualFields(sample, candidate);
  const counts = sample.map(({ fields }) => fields[candidate]);
  return counts.slice(counts.indexOf(usual)).every((count) => count === usual);
}

/** Whether every comma between blanks is that of a number, such as `1,5` or `1.234,5e-3`. */
function hasDecimalCommas(bytes: Uint8Array, sample: readonly SampleLine[]): boolean {
  return sample.every(({ start, end }) =>
    decodeText(bytes, start, end)
      .replace(/"(?:[^"]|"")*"/g, '')
      .split(/[ \t]+/)
      .every((field) => !field.includes(',') || /^[+-]?[\d.]*\d,\d+(e[+-]?\d+)?$/i.test(field)),
  );
}

/** Whether all lines but the first, which is one shorter, agree: a table that R writes. */
function isShorterHeader([first, ...others]: readonly SampleLine[], candidate: number): boolean {
  const width = (first?.fields[candidate] ?? 0) + 1;
  return width > 2 && others.length > 0 && others.every(({ fields }) => fields[candidate] === width);
}

/** The share of the lines that have the usual number of fields, if that is two or more. */
function fit(sample: readonly SampleLine[], candidate: number): number {
  const usual = usualFields(sample, candidate);
  return usual < 2 ? 0 : sample.filter(({ fields }) => fields[candidate] === usual).length / sample.length;
}

/** The number of fields that most lines have; of two equally many, the larger. */
function usualFields(sample: readonly SampleLine[], candidate: number): number {
  const counts = new Map<number, number>();
  for (const { fields } of sample)
    counts.set(fields[candidate] as number, (counts.get(fields[candidate] as number) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Math.max(...[...counts].filter(([, count]) => count === most).map(([fields]) => fields), 0);
}

/** The lines at the start that belong to no table: shorter than its rows by more than the name of an index. */
function titleLines(
  sample: readonly SampleLine[],
  { delimiter, blanks }: Pick<Dialect, 'delimiter' | 'blanks'>,
): number {
  const candidate = blanks ? codes.length : codes.indexOf(delimiter);
  if (candidate < 0) return 0;
  const usual = usualFields(sample, candidate);
  const first = sample.findIndex(({ fields }) => (fields[candidate] as number) >= usual - (usual > 2 ? 1 : 0));
  const following = sample.slice(first).filter(({ fields }) => fields[candidate] === usual).length;
  return usual >= 2 && first > 0 && first <= MOST_TITLE_LINES && following >= 2 && following > first ? first : 0;
}

/** @returns the character, or `blanks` */
function checkDelimiter(given: string): string {
  if (given === 'blanks' || given === '\\s+') return 'blanks';
  const delimiter = given === '\\t' || given === 'tab' ? '\t' : given;
  if (/^[\t !#-&()*,/:;<=>?@[-`{|}~]$/.test(delimiter)) return delimiter;
  throw notAllowed('delimiter', 'one character, such as ",", ";", "|" or "\\t", or blanks', given);
}
