import { InputError } from '../errors.js';

/** A checkpoint of successive halving, after which only the better trials continue. */
export interface Rung {
  /** The number of evaluations before the checkpoint. */
  readonly evaluations: number;
  /** The number of trials that continue. */
  readonly survivors: number;
}

/**
 * The checkpoints of successive halving (Jamieson and Talwalkar, 2016). Each checkpoint halves the trials, until two
 * are left, or as often as there are evaluations for. The last checkpoint is half-way through the training, and each earlier one half-way
 * to the next.
 *
 * @param trials number of trials, at least 1
 * @param evaluations number of evaluations of each training
 * @returns the checkpoints in order; none for one or two trials
 * @throws InputError when there is nothing to halve by: one evaluation, at the end
 *
 * @example
 * rungs(8, 16); // [{ evaluations: 4, survivors: 4 }, { evaluations: 8, survivors: 2 }]
 */
export function rungs(trials: number, evaluations: number): Rung[] {
  const survivors: number[] = [];
  for (let remaining = trials; remaining > 2; ) {
    remaining = Math.ceil(remaining / 2);
    survivors.push(remaining);
  }
  const halvings = halvingsWithin(survivors.length, evaluations);
  return survivors.slice(0, halvings).map((remaining, i) => ({
    evaluations: Math.round(evaluations / 2 ** (halvings - i)),
    survivors: remaining,
  }));
}

/**
 * How often trials can be halved, at evaluations that are half-way to the next one each.
 *
 * @param wanted how often it would be if there were enough evaluations
 * @param evaluations number of evaluations of each training
 * @throws InputError when there is only one evaluation
 */
export function halvingsWithin(wanted: number, evaluations: number): number {
  if (wanted > 0 && evaluations < 2)
    throw new InputError(
      `halving needs at least 2 evaluations of each training, to drop trials before the last; got ${evaluations}`,
    );
  return Math.min(wanted, Math.floor(Math.log2(evaluations)));
}
