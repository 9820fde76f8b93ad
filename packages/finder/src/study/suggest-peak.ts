import { seededRandom } from '@lrfind/core';
import type { PeakSchedule } from '@lrfind/core/schedules';
import { nothingToGain } from '@lrfind/core/study';
import { holdOut } from '@lrfind/data';
import type { Session } from '../engine/session.js';
import type { ModelOptimizer } from '../optimizers/model-optimizer.js';
import type { TrainOptions } from '../options.js';
import { type RateSuggestion, suggestRate } from './learning-rate.js';
import { heldOutShare, lengthToTry, verify } from './verify.js';

/** The training that a rate is for. */
export interface PeakTraining {
  readonly batchSize: number;
  readonly seed: number;
  /** Which rows to hold out. Default: some at random. */
  readonly split?: 'random' | 'last' | undefined;
  /** Its steps. */
  readonly length: number;
}

/**
 * Searches for a constant rate or the peak of a schedule, on the training rows alone: a search with the default options says where
 * to begin, and trials in fewer steps say which rate does best on a share of the training rows that they do not train on. Where a
 * batch takes all training rows, the answer of the sweeps stands.
 *
 * @param schedule whose peak is wanted; undefined for a constant rate
 */
export async function suggestPeak(
  session: Session,
  optimizer: ModelOptimizer,
  schedule: PeakSchedule | undefined,
  { batchSize, seed, split, length }: PeakTraining,
  { onSearchStep, onTry, signal }: Pick<TrainOptions, 'onSearchStep' | 'onTry' | 'signal'>,
): Promise<RateSuggestion> {
  const { cost, ...plain } = await suggestRate(session, optimizer, { batchSize, seed }, { onSearchStep, signal });
  const within = withinTraining(session, split, batchSize, seed);
  if (!plain.suggestion || !within) return plain;
  const isWhole = schedule !== undefined && !schedule.isConstant;
  const tried = await verify(within, optimizer, {
    plain: plain.suggestion.learningRate,
    around: plain.suggestion.learningRate,
    length: lengthToTry(true, length, cost, { isWhole, hasWeights: session.hasWeights }),
    target: length,
    schedule,
    batchSize,
    seed,
    onTry,
    signal,
  });
  if (!tried)
    return {
      suggestion: null,
      reason: `every training ${schedule ? `along ${schedule.text}` : 'that tried it'} diverged`,
    };
  const nothing = nothingToGain(tried);
  if (nothing) return { suggestion: null, reason: nothing };
  const { learningRate, low, high, verdict } = tried;
  return { suggestion: { learningRate, low, high, verdict }, reason: null };
}

/**
 * The session with a share of its training rows held out, in place of the rows that judge the training itself; null where a batch
 * takes all training rows.
 */
function withinTraining(
  session: Session,
  split: PeakTraining['split'],
  batchSize: number,
  seed: number,
): Session | null {
  const { train } = session.data;
  const share = heldOutShare(train.length, batchSize);
  if (share === 0) return null;
  const rows = holdOut(train.length, share, split === 'last' ? null : seededRandom(seed, 'tried'));
  const pick = (indices: Int32Array) => indices.map((i) => train[i] as number);
  // Of rows in blocks, those that are in memory are enough for a search.
  const data = { ...session.data, train: pick(rows.train), heldOut: pick(rows.heldOut), epochs: undefined };
  return Object.defineProperty(Object.create(session) as Session, 'data', { value: data });
}
