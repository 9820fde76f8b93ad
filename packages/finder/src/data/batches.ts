import { InputError } from '../errors.js';

/**
 * Rows in random order, batch after batch, without end. Each epoch is a fresh permutation; the rows at its end that
 * do not fill a batch are left out of that epoch, so that every batch has the same size.
 *
 * @param rows number of rows, at least a batch
 * @param batchSize rows in a batch, from 1
 * @param random uniform numbers from 0 (included) to 1 (not included); decides the order alone
 * @returns batches of row indices, each an array of its own
 * @throws InputError when there are fewer rows than a batch, or the size is no whole number above 0
 */
export function batchOrder(rows: number, batchSize: number, random: () => number): Generator<Int32Array, never> {
  checkBatchSize(rows, batchSize);
  return endlessBatches(rows, batchSize, random);
}

/**
 * Checks that there are rows enough for a batch.
 *
 * @throws InputError when there are fewer, or the size is no whole number above 0
 */
export function checkBatchSize(rows: number, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new InputError(`batch size: a whole number above 0 is needed, not ${batchSize}`);
  if (rows < batchSize)
    throw new InputError(`batch size: ${batchSize} is more than the ${rows} rows there are to train on`);
}

function* endlessBatches(rows: number, batchSize: number, random: () => number): Generator<Int32Array, never> {
  for (;;) {
    const order = shuffled(rows, random);
    for (let end = batchSize; end <= rows; end += batchSize) yield order.slice(end - batchSize, end);
  }
}

/**
 * Sets rows aside, chosen at random.
 *
 * @param rows number of rows
 * @param fraction the part held out, from 0 to below 1; above 0 at least one row is held out and one is left
 * @param random uniform numbers from 0 (included) to 1 (not included)
 * @returns indices of the rows to train on and of those held out, each ascending
 * @throws InputError when the fraction is out of range or there are not enough rows
 */
export function holdOut(
  rows: number,
  fraction: number,
  random: () => number,
): { readonly train: Int32Array; readonly heldOut: Int32Array } {
  if (!(fraction >= 0 && fraction < 1))
    throw new InputError(`held-out part: a number from 0 to below 1 is needed, not ${fraction}`);
  if (fraction > 0 && rows < 2) throw new InputError(`held-out part: nothing can be held out of ${rows} rows`);
  const count = fraction === 0 ? 0 : Math.min(rows - 1, Math.max(1, Math.round(rows * fraction)));
  const order = shuffled(rows, random);
  return { train: order.slice(count).sort(), heldOut: order.slice(0, count).sort() };
}

/**
 * The batches of one epoch: each row once, in random order; the last batch holds the rest, as in Keras.
 *
 * @param rows row numbers
 * @param batchSize rows in a batch, from 1
 * @param random uniform numbers from 0 (included) to 1 (not included)
 */
export function epochBatches(rows: Int32Array, batchSize: number, random: () => number): Int32Array[] {
  const order = shuffled(rows.length, random).map((position) => rows[position] as number);
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/** The numbers from 0 to rows − 1 in random order (Fisher and Yates's shuffle). */
function shuffled(rows: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}
