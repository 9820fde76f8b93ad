import type { Sweep } from '../results/sweep.js';
import { type MovedRange, movedRange, movesNote } from './moved-range.js';
import type { SweepOptions } from './options.js';
import { sweepRates } from './rates.js';

/** A range that has neither descent nor divergence after so many moves is left as it is. */
const MOST_MOVES = 12;

/** The sweeps of a search, in the range where they ended up. */
export interface RangeSweeps {
  /** Of a whole sweep, rising; those between the ends in float32 precision, in which steps compute. */
  readonly rates: readonly number[];
  readonly sweeps: Sweep[];
  /** Training steps of all sweeps, those in ranges that were left too. */
  readonly steps: number;
  /** How the range moved, in a sentence; empty where it did not. */
  readonly notes: readonly string[];
}

/**
 * Sweeps over the rates with several seeds. With the range `auto`, sweeps with the first seed look for a range that shows the descent
 * and the divergence; the other seeds follow there, and the range moves on if all of them together do not show both.
 *
 * @param sweepAll sweeps over the rates with some of the repeats, from `first` to before `end`
 */
export async function sweepRange(
  settings: Pick<SweepOptions, 'startLr' | 'endLr' | 'steps' | 'range' | 'spacing' | 'repeats'>,
  sweepAll: (rates: readonly number[], first: number, end: number) => Promise<readonly Sweep[]>,
): Promise<RangeSweeps> {
  const { range, spacing, repeats } = settings;
  const ratesOf = ({ startLr, endLr, steps }: Pick<MovedRange, 'startLr' | 'endLr' | 'steps'>) =>
    sweepRates(startLr, endLr, steps, spacing);
  const moves: MovedRange[] = [];
  let rates = ratesOf(settings);
  let sweeps: Sweep[] = [];
  let steps = 0;
  while (sweeps.length < repeats) {
    // The first seed shows whether the range does; the others follow together.
    const more = await sweepAll(rates, sweeps.length, range === 'auto' && sweeps.length === 0 ? 1 : repeats);
    for (const { points } of more) steps += points.length;
    sweeps.push(...more);
    const moved = range === 'auto' && moves.length < MOST_MOVES ? movedRange(rates, sweeps, moves.at(-1)) : null;
    if (!moved) continue;
    moves.push(moved);
    rates = ratesOf(moved);
    sweeps = [];
  }
  return { rates, sweeps, steps, notes: moves.length > 0 ? [movesNote(settings, moves)] : [] };
}
