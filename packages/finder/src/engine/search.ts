import { seededRandom } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import { analyse, type Conclusions, type SuggestionMethod, type SweepOptions, sweepRates } from '@lrfind/core/sweep';
import { checkBatchSize, endlessBatches } from '@lrfind/data';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import type { Session } from './session.js';
import { runSweep } from './sweep.js';

/** What `onStep` gets: a step of a sweep, and how far the search is. */
export interface StepEvent extends SweepStep {
  /** Seed of the sweep. */
  readonly seed: number;
  /** Number of the sweep, from 0, and how many there are. */
  readonly repeat: number;
  readonly repeats: number;
  /** Steps of a sweep, at most. */
  readonly steps: number;
}

/** How to search. */
export interface SearchOptions {
  readonly settings: SweepOptions;
  /** Methods of suggestion; the first gives the answer. */
  readonly methods: readonly SuggestionMethod[];
  /** Held-out rows on which the loss is measured too; `undefined` for none. */
  readonly heldOut?: Int32Array | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was measured, and what follows from it. */
export interface SearchOutcome {
  readonly sweeps: Sweep[];
  /** Time that the sweeps took, with the upload of the dataset and without the analysis. */
  readonly seconds: number;
  readonly conclusions: Conclusions;
}

/**
 * Sweeps over the rates with several seeds, and draws the conclusions. Only the training rows of the session are trained
 * on.
 *
 * @throws InputError when the training rows do not fill a batch; the signal's reason when it is aborted
 */
export async function search(
  session: Session,
  { rule, ...optimizer }: ResolvedOptimizer,
  { settings, methods, heldOut, onStep, signal }: SearchOptions,
): Promise<SearchOutcome> {
  const { train } = session.data;
  const { repeats, batchSize } = settings;
  checkBatchSize(train.length, batchSize);
  const rates = sweepRates(settings.startLr, settings.endLr, settings.steps, settings.spacing);
  const clock = performance.now();
  const step = session.step(
    { rule, ...optimizer },
    { metrics: [], rescaleVelocity: true, calls: rates.length * repeats },
  );
  try {
    const sweeps: Sweep[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const seed = settings.seed + repeat;
      await session.reset(seed);
      const positions = endlessBatches(
        train.length,
        batchSize,
        session.shuffles ? seededRandom(seed, 'batches') : null,
      );
      const onPoint = (point: SweepStep) => onStep?.({ ...point, seed, repeat, repeats, steps: rates.length });
      const random = seededRandom(seed, 'dropout');
      const batches = rowsAt(train, positions);
      sweeps.push(await runSweep({ seed, step, rates, batches, heldOut, random, onPoint, signal }));
    }
    const seconds = (performance.now() - clock) / 1000;
    return { sweeps, seconds, conclusions: analyse(rates, sweeps, methods, rule.usesMovingAverage) };
  } finally {
    step.dispose();
  }
}

/** Batches of positions in `rows` as batches of the rows themselves. */
function* rowsAt(rows: Int32Array, batches: Iterable<Int32Array>): Generator<Int32Array> {
  for (const positions of batches) yield positions.map((position) => rows[position] as number);
}
