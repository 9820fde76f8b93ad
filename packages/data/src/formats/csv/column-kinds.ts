import { isDecimal, isMissing, isNotFinite } from './field-value.js';
import { columnIndex, type TableLayout } from '../../table.js';

/**
 * The kinds of a table that is read like another: what is a number there is one here. All else is text, also columns that
 * the other table does not have, since anything may stand in them.
 *
 * @param names all columns
 * @param like the other table
 * @returns 1 for each column that is text, 0 for a numeric one
 */
export function kindsLike(names: readonly string[], like: TableLayout): Uint8Array {
  const numbers = new Set(like.columns.filter(({ kind }) => kind === 'number').map(({ name }) => name));
  return Uint8Array.from(names, (name) => (numbers.has(name) ? 0 : 1));
}

/**
 * Finds out which columns hold text: those the caller named, and those in which at most half of the values that are
 * there are numbers. A column of nothing but missing values counts as numeric.
 */
export class ColumnKinds {
  /** 1 for each column that the caller named, 0 otherwise. */
  readonly named: Uint8Array;
  readonly #words: Uint32Array;

  /**
   * @param source the file, for messages
   * @param names all columns
   * @param categorical the columns that the caller wants to be text
   * @throws InputError when one of them is not in the file
   */
  constructor(source: string, names: readonly string[], categorical: readonly string[]) {
    this.named = new Uint8Array(names.length);
    this.#words = new Uint32Array(names.length);
    for (const name of categorical) this.named[columnIndex(source, names, name, 'categorical')] = 1;
  }

  /** A `RowFormat.cell` that stores 0 for what is or claims to be a number, NaN otherwise, and counts the words. */
  readonly cell = (text: string, column: number): number => {
    if (isMissing(text)) return Number.NaN;
    if (isDecimal(text) || isNotFinite(text)) return 0;
    this.#words[column] = (this.#words[column] as number) + 1;
    return Number.NaN;
  };

  /**
   * Decides, after rows were stored by `cell`.
   *
   * @param values the stored rows
   * @returns 1 for each column that is text, 0 for a numeric one
   */
  decide(values: Float32Array): Uint8Array {
    const numbers = new Uint32Array(this.named.length);
    for (let at = 0; at < values.length; at += numbers.length) {
      for (let column = 0; column < numbers.length; column++)
        if (!Number.isNaN(values[at + column])) numbers[column] = (numbers[column] as number) + 1;
    }
    return this.named.map((named, column) => {
      const words = this.#words[column] as number;
      return named || (words > 0 && words >= (numbers[column] as number)) ? 1 : 0;
    });
  }
}
