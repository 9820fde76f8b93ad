import { seededRandom } from '@lrfind/core';
import type { PeakSchedule } from '@lrfind/core/schedules';
import { holdOut } from '@lrfind/data';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import { type RateSuggestion, suggestRate } from './learning-rate.js';
import { heldOutShare, TRIED_STEPS, verify } from './verify.js';

/** The training that a peak is for. */
export interface PeakTraining {
  readonly batchSize: number;
  readonly seed: number;
  /** Which rows to hold out. Default: some at random. */
  readonly split?: 'random' | 'last' | undefined;
  /** Its steps. */
  readonly length: number;
}

/**
 * Searches for the peak of a schedule, on the training rows alone: a search with the default options says where to begin, and trials
 * along the schedule in fewer steps say which peak does best on a share of the training rows that they do not train on.
 */
export async function suggestPeak(
  session: Session,
  optimizer: ModelOptimizer,
  schedule: PeakSchedule,
  { batchSize, seed, split, length }: PeakTraining,
  signal: AbortSignal | undefined,
): Promise<RateSuggestion> {
  const plain = await suggestRate(session, optimizer, { batchSize, seed }, signal);
  if (!plain.suggestion) return plain;
  const tried = await verify(withinTraining(session, split, seed), optimizer, {
    plain: plain.suggestion.learningRate,
    length: Math.min(length, TRIED_STEPS),
    target: length,
    schedule,
    batchSize,
    seed,
    signal,
  });
  if (!tried) return { suggestion: null, reason: `every training along ${schedule.text} diverged` };
  const { learningRate, low, high, verdict } = tried;
  return { suggestion: { learningRate, low, high, verdict }, reason: null };
}

/** The session with a share of its training rows held out, in place of the rows that judge the training itself. */
function withinTraining(session: Session, split: PeakTraining['split'], seed: number): Session {
  const { train } = session.data;
  const rows = holdOut(train.length, heldOutShare(train.length), split === 'last' ? null : seededRandom(seed, 'tried'));
  const pick = (indices: Int32Array) => indices.map((i) => train[i] as number);
  const data = { ...session.data, train: pick(rows.train), heldOut: pick(rows.heldOut) };
  return Object.defineProperty(Object.create(session) as Session, 'data', { value: data });
}
