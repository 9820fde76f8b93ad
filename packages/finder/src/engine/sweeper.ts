import { seededRandom } from '@lrfind/core';
import type { Sweep, SweepStep } from '@lrfind/core/results';
import { endlessBatches } from '@lrfind/data';
import type { RateGroup } from '../model/rate-groups.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import type { Session } from './session.js';
import { runSweep } from './sweep.js';
import type { TrainingStep } from './training-step.js';

/** How all sweeps of a search are made. */
export interface SweeperOptions {
  readonly batchSize: number;
  /** About how many steps there will be. */
  readonly calls: number;
  /** The group whose weights alone are updated, at the rates themselves. Default: all weights, at the rates of their groups. */
  readonly group?: RateGroup | undefined;
  /** Validation rows on which the loss is measured too; `undefined` for none. */
  readonly heldOut?: Int32Array | undefined;
}

/** One sweep. */
export interface SweepTask {
  readonly seed: number;
  /** Learning rate of each step. */
  readonly rates: readonly number[];
}

/** What hears of a sweep while it runs, and ends it. */
export interface SweepListener {
  /** Called after every measured step. */
  readonly onPoint: (point: SweepStep) => void;
  /** Called after every few steps, with their number so far. */
  readonly onRead?: ((steps: number) => Promise<void> | void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes sweeps with one optimizer, one at a time. */
export interface Sweeper {
  /** Its step, for whoever compares two sweepers. */
  readonly step: TrainingStep;
  /**
   * Puts the initial weights of the seed in place, and trains at the rates.
   *
   * @throws the signal's reason when it is aborted
   */
  sweep(task: SweepTask, listener: SweepListener): Promise<Sweep>;
  dispose(): void;
}

/** Makes a sweeper of a session; only the session's training rows are trained on. */
export function sweeper(
  session: Session,
  optimizer: ResolvedOptimizer,
  { batchSize, calls, group, heldOut }: SweeperOptions,
): Sweeper {
  const step = session.step(optimizer, { metrics: [], rescaleVelocity: true, calls, group });
  return {
    step,
    async sweep({ seed, rates }, listener) {
      await session.reset(seed);
      const batches = trainingBatches(session, batchSize, seed);
      const random = seededRandom(seed, 'dropout');
      return runSweep({ seed, step, rates, batches, heldOut, random, ...listener });
    },
    dispose: () => step.dispose(),
  };
}

/** The endless batches of a sweep: rows to train on, in the order that the seed gives. */
export function* trainingBatches(session: Session, batchSize: number, seed: number): Generator<Int32Array> {
  const { train } = session.data;
  const order = session.shuffles ? seededRandom(seed, 'batches') : null;
  for (const positions of endlessBatches(train.length, batchSize, order))
    yield positions.map((position) => train[position] as number);
}
