import { InputError } from '../errors.js';

/** An intermediate checkpoint at which only the better trials continue. */
export interface Rung {
  /** Evaluations of the whole training that are done by then. */
  readonly evaluations: number;
  /** Trials that continue. */
  readonly survivors: number;
}

/**
 * The checkpoints of successive halving (Jamieson and Talwalkar, 2016). The trials are halved until two are left: the
 * last time half-way through the training, and each time before that at half of the way.
 *
 * @param trials how many start, at least 1
 * @param evaluations how often each training is evaluated
 * @returns none for one trial or two
 * @throws InputError when there are too few evaluations for the halvings
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
