import { quotedList } from '@lrfind/core';
import { booleanSpelling } from '../../booleans.js';
import type { ByteChunk } from '../../bytes.js';
import type { NumberFormat, TableLayout } from '../../table.js';
import {
  allowedFormats,
  areTruths,
  type ColumnForm,
  chooseFormat,
  declaredText,
  eitherNumber,
  type FormatChoice,
  formsLike,
  isPlain,
  type NumberOptions,
  pointsMayBeThousands,
  type TextCounts,
} from './column-forms.js';
import { isDecimal, isNotFinite } from './field-value.js';
import type { TableHeader } from './header.js';
import { isSomeNumber, parseNumber } from './number-format.js';
import { RowStore } from './row-store.js';
import { DelimitedRows } from './rows.js';

/** The kind of a column follows from this many rows at the start. */
const INFERENCE_ROWS = 1000;
/** Numbers that a store has room for at the start: rows of more than 16,000 columns start with fewer of them. */
const FIRST_NUMBERS = 1 << 24;

/** How many rows a store of this width starts with. */
export function firstRows(columns: number): number {
  return Math.max(1, Math.min(INFERENCE_ROWS, Math.floor(FIRST_NUMBERS / columns)));
}

/** What the caller says about the columns. */
export interface FormOptions extends NumberOptions {
  readonly categorical?: readonly string[] | undefined;
  readonly like?: TableLayout | undefined;
}

/** The forms of the columns, and what was recognised, in sentences. */
export interface InferredForms {
  readonly forms: readonly ColumnForm[];
  readonly notes: readonly string[];
}

/**
 * Infers how the columns of a delimited text are read, from its first rows. A column is numeric if more than half of its
 * values are numbers in one format; otherwise it is text.
 *
 * @param source the file, for messages
 * @param header its columns
 * @param blocks the first rows, whole lines
 * @param missing the texts that stand for a missing value
 * @throws InputError for an unknown categorical column, a row with too few or too many fields, and numbers that can be read in
 *   two ways
 */
export function inferForms(
  source: string,
  header: TableHeader,
  blocks: readonly ByteChunk[],
  missing: ReadonlySet<string>,
  options: FormOptions,
): InferredForms {
  const { names, fields } = header;
  const declared = options.like ? new Set<number>() : declaredText(source, names, options.categorical ?? []);
  const known = options.like ? formsLike(names, options.like) : [];
  const forms = names.map((_, column): ColumnForm | undefined => {
    const field = fields[column];
    if (field === 'index' || field === 'empty') return { kind: field };
    return declared.has(column) ? { kind: 'text' } : known[column];
  });
  const formats = allowedFormats(options);
  const told = options.decimal !== undefined || options.thousands !== undefined;
  const sample = new FirstRows(source, header, blocks, missing);
  const first = sample.read((column) => forms[column] !== undefined);
  const open = [...names.keys()].filter((column) => forms[column] === undefined);
  const odd = open.filter((column) => told || [...(first.words[column]?.keys() ?? [])].some(isSomeNumber));
  for (const column of open)
    if (!odd.includes(column)) forms[column] = formOf(first, column, options.like !== undefined);
  if (odd.length === 0) return { forms: forms as ColumnForm[], notes: [] };

  const again = sample.texts(odd);
  const choices = new Map(odd.map((column) => [column, chooseFormat(again.get(column) as TextCounts, formats)]));
  const points =
    names.some((_, column) => forms[column]?.kind === 'number' && first.hasFractions(column)) ||
    [...choices.values()].some((each) => each?.either === false && isPointed(each));
  const commas = [...choices.values()].some((each) => each?.either === false && each.written.decimal === ',');
  const unsure: string[] = [];
  const read = new Map<number, FormatChoice>();
  for (const [column, found] of choices) {
    if (found === undefined) {
      forms[column] = options.like ? { kind: 'number' } : formOf(first, column, false);
      continue;
    }
    const choice = found.either && commas && !points ? commaChoice(again.get(column) as TextCounts, formats) : found;
    if (found.either && commas === points) unsure.push(names[column] as string);
    forms[column] = isPlain(choice.written) ? { kind: 'number' } : { kind: 'number', written: choice.written };
    if (choice.example !== undefined) read.set(column, choice);
  }
  if (unsure.length > 0) throw eitherNumber(source, unsure);
  if (!told && [...read.values()].some(({ written }) => written.decimal === ','))
    for (const [column, choice] of pointedColumns(sample, forms)) {
      forms[column] = { kind: 'number', written: choice.written };
      read.set(column, choice);
    }
  return { forms: forms as ColumnForm[], notes: formatNotes(names, read) };
}

function formOf(first: FirstPass, column: number, isNumber: boolean): ColumnForm {
  const counts = first.words[column];
  // Counting the numbers of a wide table takes as long as reading its first rows.
  if (counts === undefined) return { kind: 'number' };
  const words = [...counts.keys()];
  const numbers = first.numberCount(column);
  if (numbers === 0 && areTruths(words)) return { kind: 'number', truth: true };
  if (isNumber || first.wordCount(column) < numbers) return { kind: 'number' };
  const spelling = numbers === 0 ? booleanSpelling(words) : undefined;
  return { kind: 'text', ...(spelling && { spelling }) };
}

function commaChoice(texts: TextCounts, formats: readonly NumberFormat[]): FormatChoice {
  return chooseFormat(
    texts,
    formats.filter(({ decimal }) => decimal === ','),
  ) as FormatChoice;
}

function isPointed({ written, example }: FormatChoice): boolean {
  return written.decimal === '.' && (example?.includes('.') ?? false);
}

/** Columns of numbers such as 1.234 in a table with decimal commas: their points separate thousands. */
function pointedColumns(sample: FirstRows, forms: readonly (ColumnForm | undefined)[]): [number, FormatChoice][] {
  const plain = [...forms.keys()].filter((column) => {
    const form = forms[column];
    return form?.kind === 'number' && form.written === undefined;
  });
  const texts = sample.texts(plain);
  return plain.flatMap((column): [number, FormatChoice][] => {
    const own = texts.get(column) as TextCounts;
    const written = { decimal: ',', thousands: '.' } as const;
    const example = [...own.keys()].find((text) => text.includes('.'));
    return pointsMayBeThousands(own) ? [[column, { written, example, either: false }]] : [];
  });
}

function formatNotes(names: readonly string[], read: ReadonlyMap<number, FormatChoice>): string[] {
  const groups = new Map<string, [number, FormatChoice][]>();
  for (const each of read) {
    const key = `${each[1].written.decimal}${each[1].written.thousands}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const [[, { written, example = '' }]] = group as [[number, FormatChoice]];
    const columns = quotedList(group.map(([column]) => names[column] as string));
    const value = parseNumber(example, written);
    const options = `--decimal ${written.decimal}${written.thousands ? ` --thousands ${written.thousands}` : ''}`;
    return `numbers of ${columns} recognised: ${JSON.stringify(example)} is ${value} (${options})`;
  });
}

/** For each column its words, and the numbers of a first reading. */
class FirstPass {
  constructor(
    readonly words: readonly (Map<string, number> | undefined)[],
    readonly store: RowStore,
  ) {}

  wordCount(column: number): number {
    return [...(this.words[column]?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  numberCount(column: number): number {
    return this.#count(column, (value) => !Number.isNaN(value));
  }

  hasFractions(column: number): boolean {
    return this.#count(column, (value) => !Number.isNaN(value) && !Number.isInteger(value)) > 0;
  }

  #count(column: number, counts: (value: number) => boolean): number {
    const { values, rows, width } = this.store;
    let count = 0;
    for (let at = column; at < rows * width; at += width) if (counts(values[at] as number)) count += 1;
    return count;
  }
}

/** The first rows of a text, which may be read several times. */
class FirstRows {
  constructor(
    readonly source: string,
    readonly header: TableHeader,
    readonly blocks: readonly ByteChunk[],
    readonly missing: ReadonlySet<string>,
  ) {}

  /** Reads numbers, and counts the words of each column. @param skipped columns that are of no interest */
  read(skipped: (column: number) => boolean): FirstPass {
    const { names } = this.header;
    const words: (Map<string, number> | undefined)[] = names.map(() => undefined);
    const isText = Uint8Array.from(names, (_, column) => (skipped(column) ? 1 : 0));
    const store = this.#parse(isText, (text, column) => {
      if (isText[column] || this.missing.has(text)) return Number.NaN;
      if (isDecimal(text)) return Number(text);
      if (isNotFinite(text)) return 0;
      words[column] ??= new Map();
      const counts = words[column] as Map<string, number>;
      counts.set(text, (counts.get(text) ?? 0) + 1);
      return Number.NaN;
    });
    return new FirstPass(words, store);
  }

  /** The texts of some columns that are not missing. */
  texts(columns: readonly number[]): ReadonlyMap<number, TextCounts> {
    const found = new Map(columns.map((column) => [column, new Map<string, number>()]));
    const isText = Uint8Array.from(this.header.names, () => 1);
    this.#parse(isText, (text, column) => {
      const counts = found.get(column);
      if (counts && !this.missing.has(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
      return Number.NaN;
    });
    return found;
  }

  #parse(isText: Uint8Array, cell: (text: string, column: number) => number): RowStore {
    const { names, delimiter, nextLine } = this.header;
    const store = new RowStore(names.length, firstRows(names.length));
    const rows = new DelimitedRows({ source: this.source, delimiter, isText, cell }, store, nextLine);
    for (const { bytes } of this.blocks) {
      if (store.rows >= store.capacity) break;
      rows.push(bytes);
    }
    return store;
  }
}
