import { type Random, roundToFloat32, seededRandom, withMathRandom } from '@lrfind/core';
import type { Evaluation, Training } from '@lrfind/core/results';
import { type BlockEpochs, type DatasetRows, epochBatches, type SplitDataset } from '@lrfind/data';
import { checksum, weightVariables } from '../model/weights.js';
import type { TrainingHooks } from './callback-hooks.js';
import { meanMeasures } from './mean-measures.js';
import { READBACK_MS, readback, yieldToEvents } from './readback.js';
import type { Session } from './session.js';
import type { TrainingStep } from './training-step.js';

/** A training, or the part of one between two checkpoints. */
export interface TrainingPart {
  readonly step: TrainingStep;
  /** Decides the order of the batches, and what dropout draws. */
  readonly seed: number;
  readonly batchSize: number;
  /** Steps taken before this part. */
  readonly from: number;
  /** Numbers of steps after which it is evaluated, ascending; the part ends with the last. */
  readonly evaluateAt: readonly number[];
  /** Rate and momentum of a step, called once for each step, in order. */
  readonly rateAt: (step: number) => { readonly rate: number; readonly momentum?: number | undefined };
  /** Called for epochs and batches; may end the training. */
  readonly hooks?: TrainingHooks | undefined;
  /** Called for each step, once its loss is read. Default: nothing. */
  readonly onStep?: ((step: TrainedStep) => void) | undefined;
  /** Called each time that losses were read, before an evaluation, with the number of steps taken so far. Default: nothing. */
  readonly onRead?: ((steps: number) => Promise<void> | void) | undefined;
  readonly onEvaluation: (evaluation: Evaluation) => void;
  /** Called after each evaluation, once the hooks have seen it, with what was measured in this part so far. Default: nothing. */
  readonly onCheckpoint?: ((soFar: TrainedPart) => Promise<void>) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A step of a training. */
export interface TrainedStep {
  /** Number of the step, from 0. */
  readonly step: number;
  readonly rate: number;
  /** The loss of its batch before its update; null where it is not finite. */
  readonly loss: number | null;
}

/** What was measured in a part. */
export interface TrainedPart extends Pick<Training, 'evaluations' | 'divergedAt'> {
  /** Of every step; null where it was not finite. */
  readonly losses: (number | null)[];
  /** Of every step. */
  readonly rates: readonly number[];
  readonly outcome: 'finished' | 'stopped' | 'diverged';
  /** Whether a callback changed the weights when it saw a loss that was not finite. Default: false. */
  readonly putBack?: boolean;
}

/** Steps between two readbacks, at most. */
const READBACK_INTERVAL = 16;

/**
 * Trains until the last evaluation, until a hook ends it, or until a loss is not finite. The batches of an epoch depend on
 * the seed and the number of the epoch alone, whether its rows are in memory or in blocks, and what a step draws on the seed and the number of the step. So a saved
 * training resumes exactly.
 *
 * @throws the signal's reason when it is aborted
 */
export async function runTraining(session: Session, part: TrainingPart): Promise<TrainedPart> {
  const { data, shuffles, metrics, evaluate } = session;
  const { step, seed, batchSize, from, evaluateAt, rateAt, hooks, onStep, onEvaluation, onCheckpoint, signal } = part;
  const stepsPerEpoch = Math.ceil(rowsPerEpoch(data) / batchSize);
  const last = evaluateAt.at(-1) as number;
  const checkpoints = new Set(evaluateAt);
  const evaluations: Evaluation[] = [];
  const losses: (number | null)[] = [];
  const rates: number[] = [];
  const waiting = readback<number>();
  const average = meanMeasures(metrics);
  /** The first step after the last evaluation. */
  let since = from;
  let divergedAt: number | null = null;
  let clock = performance.now();
  let lastRead = clock;
  let seconds = 0;

  /** Reads the losses that wait; false when one is not finite. */
  const readLosses = async (): Promise<boolean> => {
    for (const { values, context: rows } of await waiting.read()) {
      const measured = values[0] as Float32Array;
      const loss = measured[0] as number;
      losses.push(Number.isFinite(loss) ? loss : null);
      const done = losses.length - 1;
      onStep?.({ step: from + done, rate: rates[done] as number, loss: losses[done] ?? null });
      if (!Number.isFinite(loss)) {
        divergedAt = from + losses.length - 1;
        return false;
      }
      average.add(measured, rows);
    }
    await yieldToEvents(signal);
    lastRead = performance.now();
    return true;
  };
  const ended = (outcome: TrainedPart['outcome']): TrainedPart => ({
    evaluations,
    losses,
    rates: rates.slice(0, losses.length),
    outcome,
    divergedAt,
  });

  let batches: Int32Array[] = [];
  let stream: ReturnType<BlockEpochs['batches']> | undefined;
  try {
    for (let at = from; at < last; at++) {
      const epoch = Math.floor(at / stepsPerEpoch);
      const batch = at % stepsPerEpoch;
      if (batch === 0 || at === from) {
        await stream?.return();
        stream = data.epochs?.batches({ batchSize, seed, epoch, shuffles, skip: batch });
        if (!stream)
          batches = epochBatches(data.train, batchSize, shuffles ? seededRandom(seed, 'batches', epoch) : null);
      }
      if (batch === 0) await hooks?.epochBegin(epoch);
      if (hooks) await hooks.batchBegin(batch);
      const rows = stream ? ((await stream.next()).value as DatasetRows) : (batches[batch] as Int32Array);
      const count = rows instanceof Int32Array ? rows.length : rows.rows;
      const { rate, momentum } = rateAt(at);
      rates.push(rate);
      waiting.add([withMathRandom(lazyRandom(seed, at), () => step.train(rows, rate, momentum))], count);
      const isCheckpoint = checkpoints.has(at + 1);
      const isDue = waiting.waiting === READBACK_INTERVAL || performance.now() - lastRead >= READBACK_MS;
      if (hooks?.needsBatchLosses || hooks?.stopped || isCheckpoint || isDue) {
        const finite = await readLosses();
        const weights = async () => (finite ? 0 : checksum(weightVariables(session.model)));
        const broken = await weights();
        if (hooks?.needsBatchLosses) await hooks.batchEnd(batch, count, losses.at(-1) ?? Number.NaN);
        if (!finite) return { ...ended('diverged'), putBack: (await weights()) !== broken };
        await part.onRead?.(at + 1);
      }
      // A training that ends within an epoch is evaluated there.
      if (isCheckpoint || hooks?.stopped) {
        const validation = data.heldOut.length > 0 ? await evaluate(step, data.heldOut) : null;
        const now = performance.now();
        seconds += (now - clock) / 1000;
        clock = now;
        const evaluation: Evaluation = {
          step: at + 1,
          epoch: (at + 1) / stepsPerEpoch,
          rate: roundToFloat32(rates[since - from] as number),
          training: average.take(),
          validation,
          seconds,
        };
        evaluations.push(evaluation);
        onEvaluation(evaluation);
        if (batch === stepsPerEpoch - 1 || hooks?.stopped) await hooks?.epochEnd(epoch, evaluation);
        await onCheckpoint?.(ended(hooks?.stopped ? 'stopped' : 'finished'));
        since = at + 1;
      }
      if (hooks?.stopped) return ended('stopped');
    }
    return ended('finished');
  } finally {
    waiting.dispose();
    await stream?.return();
  }
}

/** Rows that are trained on in an epoch. */
export function rowsPerEpoch({ train, epochs }: SplitDataset): number {
  return epochs?.rows ?? train.length;
}

/** What layers draw from that use `Math.random` in a step. Hardly any does, so the stream is made at the first draw. */
function lazyRandom(seed: number, step: number): Random {
  let stream: Random | undefined;
  return () => {
    stream ??= seededRandom(seed, 'dropout', step);
    return stream();
  };
}
