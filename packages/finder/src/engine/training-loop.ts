import { dispose, nextFrame, type Tensor } from '@tensorflow/tfjs-core';
import { epochBatches } from '@lrfind/data';
import { type Random, seededRandom, withMathRandom } from '@lrfind/core';
import type { Measures, Evaluation } from '@lrfind/core/results';
import type { TrainingStep } from './training-step.js';
import type { EpochHooks } from './epoch-hooks.js';
import { evaluateRows } from './evaluate.js';
import { measures } from '@lrfind/core/study';

/** A training, or the part of one between two of its points. */
export interface TrainingPart {
  readonly step: TrainingStep;
  /** Decides the order of the batches and what is drawn. */
  readonly seed: number;
  /** Rows that are trained on. */
  readonly rows: Int32Array;
  /** Rows on which loss and metrics are measured at every point, or `undefined`. */
  readonly heldOut: Int32Array | undefined;
  readonly batchSize: number;
  /** Steps taken before. */
  readonly from: number;
  /** Numbers of steps after which it is measured, ascending; it ends with the last. */
  readonly points: readonly number[];
  /** Names of the metrics, in the order in which the step measures them. */
  readonly metrics: readonly string[];
  /** Rate and momentum of a step, asked for once and in order. */
  readonly rateAt: (step: number) => { readonly rate: number; readonly momentum?: number | undefined };
  /** Told of epochs and batches; may end the training. */
  readonly hooks?: EpochHooks | undefined;
  readonly onPoint: (point: Evaluation) => void;
  readonly signal: AbortSignal | undefined;
}

/** What came of it. */
export interface TrainedPart {
  readonly points: readonly Evaluation[];
  /** Of every step; null where it was not finite. */
  readonly losses: readonly (number | null)[];
  /** Of every step. */
  readonly rates: readonly number[];
  readonly outcome: 'finished' | 'stopped' | 'diverged';
  /** The step whose loss was not finite. */
  readonly divergedAt: number | null;
}

/** Losses wait on the device and are fetched so many at a time: on a GPU a look at each would cost more than the step. */
const STEPS_PER_LOOK = 16;

/**
 * Trains until the last point, a hook ends it or a loss is not finite. An epoch's batches depend on the seed and the epoch's number
 * alone, and what a step draws on the seed and the step's number, so a training that was saved goes on as if it had never been left.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runTraining(part: TrainingPart): Promise<TrainedPart> {
  const { step, seed, rows, heldOut, batchSize, from, metrics, rateAt, hooks, onPoint, signal } = part;
  const perEpoch = Math.ceil(rows.length / batchSize);
  const last = part.points.at(-1) as number;
  const ends = new Set(part.points);
  const points: Evaluation[] = [];
  const losses: (number | null)[] = [];
  const rates: number[] = [];
  let waiting: { readonly measured: Tensor; readonly rows: number }[] = [];
  let sums = new Array<number>(1 + metrics.length).fill(0);
  let seen = 0;
  let begun = from;
  let divergedAt: number | null = null;
  let clock = performance.now();
  let seconds = 0;

  /** Fetches what is waiting; false when a loss is not finite. */
  const look = async (): Promise<boolean> => {
    const taken = waiting;
    waiting = [];
    const values = await Promise.all(taken.map(({ measured }) => measured.data()));
    dispose(taken.map(({ measured }) => measured));
    for (const [i, each] of values.entries()) {
      const loss = each[0] as number;
      losses.push(Number.isFinite(loss) ? loss : null);
      if (!Number.isFinite(loss)) {
        divergedAt = from + losses.length - 1;
        return false;
      }
      const weight = (taken[i] as { rows: number }).rows;
      seen += weight;
      for (const [k, value] of each.entries()) sums[k] = (sums[k] as number) + value * weight;
    }
    // A breath for the event loop: progress, Ctrl-C and abort signals.
    await nextFrame();
    signal?.throwIfAborted();
    return true;
  };
  const mean = (): Measures =>
    measures(
      sums.map((sum) => sum / seen),
      metrics,
    );
  const done = (outcome: TrainedPart['outcome']): TrainedPart => ({
    points,
    losses,
    rates: rates.slice(0, losses.length),
    outcome,
    divergedAt,
  });

  let batches: Int32Array[] = [];
  try {
    for (let at = from; at < last; at++) {
      const epoch = Math.floor(at / perEpoch);
      const batch = at % perEpoch;
      if (batch === 0 || at === from) batches = epochBatches(rows, batchSize, seededRandom(seed, 'batches', epoch));
      if (batch === 0) await hooks?.epochBegin(epoch);
      if (hooks) await hooks.batchBegin(batch);
      const chosen = batches[batch] as Int32Array;
      const { rate, momentum } = rateAt(at);
      rates.push(rate);
      waiting.push({
        measured: withMathRandom(randomOf(seed, at), () => step.train(chosen, rate, momentum)),
        rows: chosen.length,
      });
      const isPoint = ends.has(at + 1);
      if (hooks?.looksAtBatches || hooks?.stopped || isPoint || waiting.length === STEPS_PER_LOOK) {
        const finite = await look();
        if (hooks?.looksAtBatches) await hooks.batchEnd(batch, chosen.length, losses.at(-1) ?? Number.NaN);
        if (!finite) return done('diverged');
      }
      // A training that ends in the middle of an epoch is measured there.
      if (isPoint || hooks?.stopped) {
        const validation = heldOut ? await evaluateRows(step, heldOut, metrics) : null;
        const now = performance.now();
        seconds += (now - clock) / 1000;
        clock = now;
        const point: Evaluation = {
          step: at + 1,
          epoch: (at + 1) / perEpoch,
          rate: rates[begun - from] as number,
          training: mean(),
          validation,
          seconds,
        };
        points.push(point);
        onPoint(point);
        if (batch === perEpoch - 1 || hooks?.stopped) await hooks?.epochEnd(epoch, point);
        sums = sums.map(() => 0);
        seen = 0;
        begun = at + 1;
      }
      if (hooks?.stopped) return done('stopped');
    }
    return done('finished');
  } finally {
    dispose(waiting.map(({ measured }) => measured));
  }
}

/** What layers draw from in a step that use `Math.random`. Hardly any does, so the stream is made when it is first asked. */
function randomOf(seed: number, step: number): Random {
  let stream: Random | undefined;
  return () => {
    stream ??= seededRandom(seed, 'dropout', step);
    return stream();
  };
}
