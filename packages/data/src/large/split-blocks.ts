import { InputError } from '@lrfind/core';
import type { Dataset, RowBlocks, WholeRows } from '../dataset.js';
import { joined, type SplitDataset, type SplitOptions, shareOf, wrongShare } from '../split.js';
import { blockEpochs } from './block-epochs.js';
import { rowKeys } from './row-keys.js';

/**
 * Decides which rows are used for what where the dataset is a sample of rows in blocks: they are trained on, but for the share that is held out. Which rows
 * these are depends on the seed and their numbers. Their loss is measured on those of them that are in the sample.
 *
 * @throws InputError as `splitDataset` does, and when the share is so small or so large that the sample has no row on either side
 */
export function splitBlocks(data: Dataset, { rows, numbers, blocks }: WholeRows, options: SplitOptions): SplitDataset {
  const { split, seed } = options;
  const share = shareOf(rows, options);
  if (!(share >= 0 && share < 1)) throw wrongShare(share);
  const key = rowKeys(seed, 'held out');
  const firstHeldOut = rows - Math.round(rows * share);
  const isHeldOut = split === 'last' ? (row: number) => row >= firstHeldOut : (row: number) => key(row) < share;
  const sampled = Int32Array.from({ length: data.rows }, (_, i) => i);
  const heldOut = sampled.filter((i) => isHeldOut(numbers[i] as number));
  const train = sampled.filter((i) => !isHeldOut(numbers[i] as number));
  if (train.length === 0 || (share > 0 && heldOut.length === 0))
    throw new InputError(
      `the share of validation rows must leave rows on both sides of a sample of ${data.rows}; got ${share}: sample more rows`,
    );
  const epochs = blockEpochs(blocks as RowBlocks, (row) => !isHeldOut(row));
  return { ...joined(data, options, { train, heldOut }), epochs };
}
