import { InputError } from '@lrfind/core';

/**
 * Batches of rows in random order, without end. Each epoch is a fresh permutation. Rows at its end that do not fill a
 * batch are left out of that epoch, so that every batch has the same size.
 *
 * @param rows number of rows, at least a batch
 * @param batchSize rows in a batch, at least 1
 * @param random uniform numbers in [0, 1); nothing else decides the order
 * @returns batches of row indices, each in an array of its own
 * @throws InputError when there are fewer rows than a batch, or the size is not a whole number above 0
 */
export function endlessBatches(rows: number, batchSize: number, random: () => number): Generator<Int32Array, never> {
  checkBatchSize(rows, batchSize);
  return generateBatches(rows, batchSize, random);
}

/**
 * Checks that the rows fill a batch.
 *
 * @throws InputError when they do not, or the size is not a whole number above 0
 */
export function checkBatchSize(rows: number, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new InputError(`batchSize must be a whole number at least 1; got ${batchSize}`);
  if (rows < batchSize) throw new InputError(`batchSize must be at most the ${rows} rows to train on; got ${batchSize}`);
}

function* generateBatches(rows: number, batchSize: number, random: () => number): Generator<Int32Array, never> {
  for (;;) {
    const order = shuffled(rows, random);
    for (let end = batchSize; end <= rows; end += batchSize) yield order.slice(end - batchSize, end);
  }
}

/**
 * The batches of one epoch: each row once, in random order; the last batch holds the rest, as in Keras.
 *
 * @param rows row numbers
 * @param batchSize rows in a batch, at least 1
 * @param random uniform numbers in [0, 1)
 */
export function epochBatches(rows: Int32Array, batchSize: number, random: () => number): Int32Array[] {
  const order = shuffled(rows.length, random).map((position) => rows[position] as number);
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/** The numbers from 0 to rows − 1 in random order (Fisher and Yates's shuffle). */
export function shuffled(rows: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}
