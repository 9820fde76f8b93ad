// What a rate costs a network of the outside table, by other people's trainings.

/**
 * @typedef {{
 *   number: number, split: string, set: string, alpha: number, batch: number, depth: number, width: number,
 *   scores: number[][], others: Record<string, number>,
 * }} Cell `scores` by rate and seed
 */

/** The rates and their cells, as cells.py wrote them. @typedef {{ seed: number, rates: number[], cells: Cell[] }} Table */

/** The first of the seeds that judge; the ones before are those that some ways of choosing have seen. */
const JUDGES_FROM = 2;

/** @param {readonly number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * How much of the range of scores a rate loses: (best − at the rate) / (best − worst), of means over the judging seeds, linear in the
 * logarithm of the rate between those of the table. A rate beyond the table's counts as its first or last.
 *
 * @param {readonly number[]} rates @param {Cell} cell @param {number} rate
 */
export function regretAt(rates, { scores }, rate) {
  const levels = scores.map((seeds) => mean(seeds.slice(JUDGES_FROM)));
  const logs = rates.map(Math.log10);
  const at = Math.min(Math.max(Math.log10(rate), Number(logs[0])), Number(logs.at(-1)));
  const i = Math.min(
    logs.findLastIndex((each) => each <= at),
    logs.length - 2,
  );
  const [left, right] = /** @type {[number, number]} */ (logs.slice(i, i + 2));
  const [low, high] = /** @type {[number, number]} */ (levels.slice(i, i + 2));
  const level = low + ((high - low) * (at - left)) / (right - left);
  const best = Math.max(...levels);
  return (best - level) / (best - Math.min(...levels));
}

/**
 * Where the parabola through the highest of some points and its neighbours is highest; the highest itself at an end.
 *
 * @param {readonly number[]} xs rising, evenly spaced @param {readonly number[]} ys
 */
export function topOf(xs, ys) {
  const i = ys.indexOf(Math.max(...ys));
  const at = /** @type {number} */ (xs[i]);
  if (i === 0 || i === ys.length - 1) return at;
  const [y0, y1, y2] = /** @type {[number, number, number]} */ (ys.slice(i - 1, i + 2));
  const spacing = /** @type {number} */ (xs[i + 1]) - at;
  return at + (spacing / 2) * ((y0 - y2) / (y0 - 2 * y1 + y2));
}

/**
 * The logarithm of the table's best rate, by all its seeds.
 *
 * @param {readonly number[]} rates @param {Cell} cell
 */
export function bestLogRate(rates, { scores }) {
  return topOf(rates.map(Math.log10), scores.map(mean));
}
