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
 * are left. The last checkpoint is half-way through the training, and each earlier one half-way to the next.
 *
 * @param trials number of trials, at least 1
 * @param evaluations number of evaluations of each training
 * @returns the checkpoints in order; none for one or two trials
 * @throws InputError when there are too few evaluations for that many halvings
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
  const needed = 2 ** survivors.length;
  if (evaluations < needed) {
    throw new InputError(
      `halving: ${trials} trials are halved ${survivors.length === 1 ? 'once' : `${survivors.length} times`}, which needs at least ${needed} evaluations; got ${evaluations}`,
    );
  }
  return survivors.map((remaining, i) => ({
    evaluations: Math.round(evaluations / 2 ** (survivors.length - i)),
    survivors: remaining,
  }));
}
