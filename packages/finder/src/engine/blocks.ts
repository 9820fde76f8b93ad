import { checksumOf, counted } from '@lrfind/core';
import type { DatasetRows, RowBlocks, SplitDataset } from '@lrfind/data';
import { yieldToEvents } from './readback.js';

/**
 * Reads all rows in blocks once, before anything is trained: a value that does not fit is found now and not in the middle of an
 * epoch.
 *
 * @param check checks a block
 * @returns a checksum of all rows
 * @throws InputError for a value that does not fit; what `check` throws
 */
export async function checkBlocks(blocks: RowBlocks, check: (rows: DatasetRows) => void): Promise<Int32Array> {
  const checksums = new Int32Array(blocks.lengths.length);
  for (const block of checksums.keys()) {
    const rows = await blocks.read(block);
    check(rows);
    const { inputs, targets, weights } = rows;
    const columns = [...inputs, ...targets].map(({ values }) => values);
    checksums[block] = checksumOf(weights ? [...columns, weights] : columns);
    await yieldToEvents(undefined);
  }
  return checksums;
}

/** How a training goes over rows in blocks, in a sentence; empty where they are in memory. */
export function blockNotes({ epochs, heldOut }: SplitDataset): string[] {
  if (!epochs) return [];
  const all = epochs.rows.toLocaleString('en-US');
  const measured =
    heldOut.length > 0 ? `; validation losses are those of ${counted(heldOut.length, 'sampled row')}` : '';
  return [`trained on ${all} rows in blocks on the disk, shuffled by the seed${measured}`];
}
