import { InputError } from '../errors.js';

/** A point of the training at which only the better half goes on. */
export interface Rung {
  /** how many of the points of the whole training are behind */
  readonly points: number;
  /** how many runs go on */
  readonly survivors: number;
}

/**
 * When successive halving gives up runs (Jamieson and Talwalkar, 2016): the field is halved until two are left, the last time
 * half-way through the training, each time before that at half the way.
 *
 * @param runs how many begin, at least 1
 * @param points at how many points of the training the loss is measured
 * @returns none for one run or two
 * @throws InputError when there are too few points for as many halvings
 */
export function rungs(runs: number, points: number): Rung[] {
  const survivors: number[] = [];
  for (let left = runs; left > 2; ) {
    left = Math.ceil(left / 2);
    survivors.push(left);
  }
  const found = survivors.map((left, i) => ({
    points: Math.round(points / 2 ** (survivors.length - i)),
    survivors: left,
  }));
  const needed = 2 ** survivors.length;
  if (points < needed) {
    throw new InputError(
      `halving: ${runs} runs are halved ${survivors.length === 1 ? 'once' : `${survivors.length} times`}, for which the training must be measured ${needed} times; it is measured ${points} times`,
    );
  }
  return found;
}
