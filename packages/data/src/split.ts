import { InputError, seededRandom } from '@lrfind/core';
import { shuffled } from './batches.js';
import { type BlockEpochs, concatDatasets, type Dataset } from './dataset.js';

/** Rows for validation and test, or the share of the training rows to hold out. */
export interface SplitOptions {
  /** Rows to validate on. Default: rows held out of the training rows. */
  readonly validation?: Dataset | undefined;
  /** Rows to test on after the training. Default: none. */
  readonly test?: Dataset | undefined;
  /**
   * Share of the training rows to hold out, from 0 to below 1, or a function that says it for a number of rows. Default: 0.2,
   * or 0 when there are validation rows.
   */
  readonly validationSplit?: number | ((rows: number) => number) | undefined;
  /** Which rows are held out: some at `random` (default), or the `last`, as for rows in the order of time. */
  readonly split?: 'random' | 'last' | undefined;
  /** Decides which rows are held out at random. */
  readonly seed: number;
}

/** One dataset of all rows, and what each row is used for. */
export interface SplitDataset {
  /** Training rows, then validation rows, then test rows. */
  readonly dataset: Dataset;
  /** Indices of the rows to train on, ascending. */
  readonly train: Int32Array;
  /** Indices of the rows to validate on, ascending; empty when there are none. */
  readonly heldOut: Int32Array;
  /** Indices of the rows to test on, ascending; empty when there are none. */
  readonly test: Int32Array;
  /**
   * Where an epoch goes over rows that are not in memory: those. `train` then has the rows in memory that are among them, and
   * `heldOut` a sample of the validation rows.
   */
  readonly epochs?: BlockEpochs | undefined;
}

/** Share of the rows that is held out by default. */
const DEFAULT_SPLIT = 0.2;

/**
 * Decides which rows are trained on, validated on and tested on.
 *
 * @throws InputError when both validation rows and a share to hold out are given, when a share of windows of a series would be
 *   held out, when there are too few rows to hold
 *   any out, and when the shapes of the datasets differ
 */
export function splitDataset(data: Dataset, options: SplitOptions): SplitDataset {
  const { split, seed } = options;
  const share = shareOf(data.rows, options);
  if (share > 0 && data.inputs.some(({ windows }) => windows))
    throw new InputError(
      'validation must be the windows that encodeTable held out, or validationSplit must be 0, because windows of a series overlap; got none',
    );
  return joined(data, options, holdOut(data.rows, share, split === 'last' ? null : seededRandom(seed, 'held out')));
}

/**
 * The share of rows that options hold out.
 *
 * @throws InputError when both validation rows and a share are given
 */
export function shareOf(rows: number, { validation, validationSplit: wanted }: SplitOptions): number {
  const validationSplit = typeof wanted === 'function' ? wanted(rows) : wanted;
  if (validation && validationSplit)
    throw new InputError(`validationSplit must be left out when validation rows are given; got ${validationSplit}`);
  return validationSplit ?? (validation ? 0 : DEFAULT_SPLIT);
}

/** Training, validation and test rows in one dataset. */
export function joined(
  data: Dataset,
  { validation, test }: SplitOptions,
  { train, heldOut }: Pick<SplitDataset, 'train' | 'heldOut'>,
): SplitDataset {
  const others = [validation, test].filter((dataset) => dataset !== undefined);
  const names = ['the training rows', ...(validation ? ['the validation rows'] : []), 'the test rows'];
  const from = (start: number, count = 0) => Int32Array.from({ length: count }, (_, i) => start + i);
  return {
    dataset: concatDatasets([data, ...others], names),
    train,
    heldOut: validation ? from(data.rows, validation.rows) : heldOut,
    test: from(data.rows + (validation?.rows ?? 0), test?.rows),
  };
}

/** The error about a share that is out of range. */
export function wrongShare(share: number): InputError {
  return new InputError(`the share of validation rows must be a number at least 0 and below 1; got ${share}`);
}

/**
 * Chooses rows to hold out, at random or the last.
 *
 * @param rows number of rows
 * @param share of the rows to hold out, from 0 to below 1; if it is above 0, at least one row is held out and one left
 * @param random uniform numbers in [0, 1); null holds out the last rows
 * @returns indices of the rows to train on and of the validation rows, each ascending
 * @throws InputError when the share is out of range or there are not enough rows
 */
export function holdOut(
  rows: number,
  share: number,
  random: (() => number) | null,
): { readonly train: Int32Array; readonly heldOut: Int32Array } {
  if (!(share >= 0 && share < 1)) throw wrongShare(share);
  if (share > 0 && rows < 2) throw new InputError(`holding rows out needs at least 2 rows; got ${rows}`);
  const count = share === 0 ? 0 : Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
  if (!random || count === 0) {
    const order = new Int32Array(rows);
    for (let row = 0; row < rows; row++) order[row] = row;
    return { train: order.slice(0, rows - count), heldOut: order.slice(rows - count) };
  }
  const order = shuffled(rows, random);
  return { train: order.slice(count).sort(), heldOut: order.slice(0, count).sort() };
}
