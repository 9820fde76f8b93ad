import { seededRandom } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import {
  analyse,
  type Conclusions,
  type MovedRange,
  movedRange,
  movesNote,
  type SuggestionMethod,
  type SweepOptions,
  sweepRates,
} from '@lrfind/core/sweep';
import { checkBatchSize, endlessBatches } from '@lrfind/data';
import type { RateGroup } from '../model/rate-groups.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import type { Session } from './session.js';
import { runSweep } from './sweep.js';

/** A step of a sweep, and how far the sweeps over these rates are. */
export interface SearchStep extends SweepStep {
  /** Seed of the sweep. */
  readonly seed: number;
  /** Number of the sweep, from 0, and how many there are. */
  readonly repeat: number;
  readonly repeats: number;
  /** Steps of a sweep, at most; another number once the range has moved, which begins with the first sweep again. */
  readonly steps: number;
}

/** How to search. */
export interface SearchOptions {
  readonly settings: SweepOptions;
  /** Methods of suggestion; the first gives the answer. */
  readonly methods: readonly SuggestionMethod[];
  /** The group whose weights alone are updated, at the rates themselves. Default: all weights, at the rates of their groups. */
  readonly group?: RateGroup | undefined;
  /** Validation rows on which the loss is measured too; `undefined` for none. */
  readonly heldOut?: Int32Array | undefined;
  readonly onStep?: ((step: SearchStep) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was measured, and what follows from it. */
export interface SearchOutcome {
  readonly sweeps: Sweep[];
  /** Training steps of all sweeps, those in ranges that were left too. */
  readonly steps: number;
  /** How the range moved, in a sentence; empty where it did not. */
  readonly notes: readonly string[];
  /** Time that the sweeps took, with the upload of the dataset and without the analysis. */
  readonly seconds: number;
  readonly conclusions: Conclusions;
}

/** A range that has neither descent nor divergence after so many moves is left as it is. */
const MOST_MOVES = 12;

/**
 * Sweeps over the rates with several seeds, and draws the conclusions. Only the training rows of the session are trained
 * on. With the range `auto`, sweeps with the first seed look for a range that shows the descent and the divergence; the
 * other seeds follow there, and the range moves on if all of them together do not show both.
 *
 * @throws InputError when the training rows do not fill a batch; the signal's reason when it is aborted
 */
export async function search(
  session: Session,
  { rule, ...optimizer }: ResolvedOptimizer,
  { settings, methods, group, heldOut, onStep, signal }: SearchOptions,
): Promise<SearchOutcome> {
  const { train } = session.data;
  const { repeats, batchSize, spacing, range } = settings;
  checkBatchSize(train.length, batchSize);
  const clock = performance.now();
  const step = session.step(
    { rule, ...optimizer },
    { metrics: [], rescaleVelocity: true, calls: settings.steps * repeats, group },
  );
  const sweepOver = async (rates: readonly number[], repeat: number): Promise<Sweep> => {
    const seed = settings.seed + repeat;
    await session.reset(seed);
    const batches = trainingBatches(session, batchSize, seed);
    const onPoint = (point: SweepStep) => onStep?.({ ...point, seed, repeat, repeats, steps: rates.length });
    const random = seededRandom(seed, 'dropout');
    return runSweep({ seed, step, rates, batches, heldOut, random, onPoint, signal });
  };
  const ratesOf = ({ startLr, endLr, steps }: Pick<MovedRange, 'startLr' | 'endLr' | 'steps'>) =>
    sweepRates(startLr, endLr, steps, spacing);
  try {
    const moves: MovedRange[] = [];
    let rates = ratesOf(settings);
    let sweeps: Sweep[] = [];
    let steps = 0;
    while (sweeps.length < repeats) {
      const sweep = await sweepOver(rates, sweeps.length);
      steps += sweep.points.length;
      sweeps.push(sweep);
      const decides = sweeps.length === 1 || sweeps.length === repeats;
      const moved =
        range === 'auto' && decides && moves.length < MOST_MOVES ? movedRange(rates, sweeps, moves.at(-1)) : null;
      if (!moved) continue;
      moves.push(moved);
      rates = ratesOf(moved);
      sweeps = [];
    }
    const seconds = (performance.now() - clock) / 1000;
    const swept = { averaging: rule.usesMovingAverage, usualRate: optimizer.kind.usualRate };
    const conclusions = analyse(rates, sweeps, methods, swept);
    return { sweeps, steps, notes: moves.length > 0 ? [movesNote(settings, moves)] : [], seconds, conclusions };
  } finally {
    step.dispose();
  }
}

/** The endless batches of a sweep: rows to train on, in the order that the seed gives. */
export function* trainingBatches(session: Session, batchSize: number, seed: number): Generator<Int32Array> {
  const { train } = session.data;
  const order = session.shuffles ? seededRandom(seed, 'batches') : null;
  for (const positions of endlessBatches(train.length, batchSize, order))
    yield positions.map((position) => train[position] as number);
}
