import { columnIndex, type TableLayout } from '../../table.js';
import { isDecimal, isMissing, isNotFinite } from './field-value.js';

/**
 * The kinds of columns of a table that is read like another: a column that is numeric there is numeric here. Any other
 * column is text, also one that the other table does not have, because it may hold anything.
 *
 * @param names all columns
 * @param like the other table
 * @returns for each column 1 if it is text, 0 if it is numeric
 */
export function kindsLike(names: readonly string[], like: TableLayout): Uint8Array {
  const numbers = new Set(like.columns.filter(({ kind }) => kind === 'number').map(({ name }) => name));
  return Uint8Array.from(names, (name) => (numbers.has(name) ? 0 : 1));
}

/**
 * Infers which columns hold text: those the caller named, and those in which at most half of the values are numbers.
 * Missing values do not count, and a column without any other value is numeric.
 */
export class ColumnKinds {
  /** For each column 1 if the caller named it, otherwise 0. */
  readonly declared: Uint8Array;
  /** For each column the number of values that are not numbers. */
  readonly #words: Uint32Array;

  /**
   * @param source the file, for messages
   * @param names all columns
   * @param categorical the columns that the caller declares to be text
   * @param ignored columns that may hold anything
   * @throws InputError when one of them is not in the file
   */
  constructor(
    source: string,
    names: readonly string[],
    categorical: readonly string[],
    ignored: readonly string[] = [],
  ) {
    this.declared = new Uint8Array(names.length);
    this.#words = new Uint32Array(names.length);
    for (const name of categorical) this.declared[columnIndex(source, names, name, 'categorical')] = 1;
    for (const name of ignored) this.declared[columnIndex(source, names, name, 'ignore')] = 1;
  }

  /** A `RowFormat.cell` that counts words. It stores 0 for a number, NaN or infinity, and NaN for anything else. */
  readonly cell = (text: string, column: number): number => {
    if (isMissing(text)) return Number.NaN;
    if (isDecimal(text) || isNotFinite(text)) return 0;
    this.#words[column] = (this.#words[column] as number) + 1;
    return Number.NaN;
  };

  /**
   * Decides from rows that `cell` has stored.
   *
   * @param values the stored rows
   * @returns for each column 1 if it is text, 0 if it is numeric
   */
  decide(values: Float32Array): Uint8Array {
    const numbers = new Uint32Array(this.declared.length);
    for (let at = 0; at < values.length; at += numbers.length) {
      for (let column = 0; column < numbers.length; column++)
        if (!Number.isNaN(values[at + column])) numbers[column] = (numbers[column] as number) + 1;
    }
    return this.declared.map((declared, column) => {
      const words = this.#words[column] as number;
      return declared || (words > 0 && words >= (numbers[column] as number)) ? 1 : 0;
    });
  }
}
