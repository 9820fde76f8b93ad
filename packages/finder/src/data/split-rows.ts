import { InputError } from '../errors.js';
import { seededRandom } from '../random.js';
import { holdOut } from './batches.js';
import type { DataSource } from './data-source.js';
import { joinSources } from './join-sources.js';

/** Rows of their own for validation and test, and how many are held out where there are none. */
export interface SplitOptions {
  readonly validation?: DataSource | undefined;
  readonly test?: DataSource | undefined;
  readonly validationSplit?: number | undefined;
  /** Decides which rows are held out. */
  readonly seed: number;
}

/** One table, and which of its rows are for what. */
export interface SplitRows {
  readonly source: DataSource;
  readonly train: Int32Array;
  /** Empty where none are held out. */
  readonly heldOut: Int32Array;
  /** Empty where there is no test. */
  readonly test: Int32Array;
  /** The training rows as a sweep takes them, which holds out the same ones. */
  readonly sweep: { readonly data: DataSource; readonly validationSplit: number };
}

/** Held out where nothing else is said. */
const defaultSplit = 0.2;

/**
 * Says which rows are trained on, held out and tested on.
 *
 * @throws InputError when a part is to be held out although there are rows of their own for it, and for shapes that differ
 */
export function splitRows(data: DataSource, { validation, test, validationSplit, seed }: SplitOptions): SplitRows {
  if (validation && validationSplit)
    throw new InputError(
      `validationSplit is ${validationSplit}, but there are rows of their own for validation: leave one out`,
    );
  const share = validationSplit ?? (validation ? 0 : defaultSplit);
  const { train, heldOut } = holdOut(data.rows, share, seededRandom(seed, 'held out'));
  const others = [validation, test].filter((source) => source !== undefined);
  const names = ['the training rows', ...(validation ? ['the validation rows'] : []), 'the test rows'];
  const from = (start: number, count = 0) => Int32Array.from({ length: count }, (_, i) => start + i);
  return {
    source: joinSources([data, ...others], names),
    train,
    heldOut: validation ? from(data.rows, validation.rows) : heldOut,
    test: from(data.rows + (validation?.rows ?? 0), test?.rows),
    sweep: { data, validationSplit: share },
  };
}
