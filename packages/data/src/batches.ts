import { InputError } from '@lrfind/core';

/**
 * An endless sequence of batches. Each epoch is a fresh permutation of the rows, or all rows in their order. An epoch
 * leaves out the rows at its end that do not fill a batch, so every batch has the same size.
 *
 * @param rows number of rows, at least `batchSize`
 * @param batchSize rows in a batch, at least 1
 * @param random uniform numbers in [0, 1); nothing else decides the order; null keeps the rows in order
 * @returns batches of row indices, each in its own array
 * @throws InputError when there are fewer rows than a batch, or the size is not a whole number above 0
 */
export function endlessBatches(
  rows: number,
  batchSize: number,
  random: (() => number) | null,
): Generator<Int32Array, never> {
  checkBatchSize(rows, batchSize);
  return generateBatches(rows, batchSize, random);
}

/**
 * Checks that the rows fill at least one batch.
 *
 * @param rows number of rows
 * @param batchSize rows in a batch
 * @throws InputError when there are fewer rows than a batch, or the size is not a whole number above 0
 */
export function checkBatchSize(rows: number, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new InputError(`batchSize must be a whole number at least 1; got ${batchSize}`);
  if (rows < batchSize)
    throw new InputError(
      `batchSize must be at most the ${rows} row${rows === 1 ? '' : 's'} to train on; got ${batchSize}`,
    );
}

function* generateBatches(
  rows: number,
  batchSize: number,
  random: (() => number) | null,
): Generator<Int32Array, never> {
  for (;;) {
    const order = random ? shuffled(rows, random) : inOrder(rows);
    for (let end = batchSize; end <= rows; end += batchSize) yield order.slice(end - batchSize, end);
  }
}

/**
 * The batches of one epoch: each row once, in random order or in theirs. The last batch may be smaller, as in Keras.
 *
 * @param rows row indices
 * @param batchSize rows in a batch, at least 1
 * @param random uniform numbers in [0, 1); nothing else decides the order; null keeps the rows in order
 */
export function epochBatches(rows: Int32Array, batchSize: number, random: (() => number) | null): Int32Array[] {
  const order = random ? shuffled(rows.length, random).map((position) => rows[position] as number) : rows;
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/**
 * The numbers from 0 to `rows` − 1 in random order (the Fisher–Yates shuffle).
 *
 * @param random uniform numbers in [0, 1)
 */
export function shuffled(rows: number, random: () => number): Int32Array {
  const order = inOrder(rows);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

function inOrder(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
