import type { Gain, TriedRate } from '@lrfind/core/results';
import { doubtfulRate, gainOf, VERIFICATION_SEEDS } from '@lrfind/core/study';
import type { Session } from '../engine/session.js';
import { runTraining } from '../engine/training-loop.js';
import type { TrainingStep } from '../engine/training-step.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { splitsBySeed } from './held-out-by-seed.js';

/** Seeds with which the best rate is trained once more: none that had a part in choosing it. */
const SEEDS = 3;

/** Equal parts of the rows that a seed holds out: at most and at least so many, of at least so many rows. */
const PARTS = { most: 8, least: 2, rows: 4 } as const;

/** What to measure. */
export interface GainOptions {
  readonly tried: readonly TriedRate[];
  /** Steps of the longest trainings. */
  readonly length: number;
  readonly batchSize: number;
  /** The first seed of the trainings that were tried. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** What was measured, and what it took. */
export interface MeasuredGain {
  /** Null where there is no doubt, and where the validation rows are too few to tell. */
  readonly gain: Gain | null;
  readonly steps: number;
  readonly seconds: number;
}

/**
 * Whether the best of the tried rates improves the model at all. The best of several is better than it looks: so it is trained again,
 * with other seeds, and the loss of each part of the validation rows is compared before and after. Each seed holds out rows of its own,
 * where it can.
 *
 * @throws the signal's reason when it is aborted
 */
export async function measureGain(
  session: Session,
  optimizer: ResolvedOptimizer,
  { tried, length, batchSize, seed, signal }: GainOptions,
): Promise<MeasuredGain> {
  const rate = doubtfulRate(tried);
  const splits = splitsBySeed(session, SEEDS, seed);
  if (rate === null || partsOf(session.data.heldOut).length < PARTS.least) return { gain: null, steps: 0, seconds: 0 };
  const clock = performance.now();
  const step = session.step(optimizer, { rescaleVelocity: false, calls: SEEDS * length });
  const measured: { readonly before: number[]; readonly after: number[] }[] = [];
  let steps = 0;
  for (let i = 0; i < SEEDS; i++) {
    const own = seed + VERIFICATION_SEEDS + i;
    const data = splits[i % splits.length] as Session['data'];
    const parts = partsOf(data.heldOut);
    await session.reset(own);
    step.reset(own);
    const before = await lossesOf(session, step, parts);
    const { losses } = await runTraining(Object.create(session, { data: { value: data } }), {
      step,
      seed: own,
      batchSize,
      from: 0,
      evaluateAt: [length],
      rateAt: () => ({ rate }),
      onEvaluation: () => {},
      signal,
    });
    steps += losses.length;
    measured.push({ before, after: await lossesOf(session, step, parts) });
  }
  const [first] = measured as [(typeof measured)[0]];
  const gain =
    splits.length > 1
      ? gainOf(
          rate,
          measured.flatMap(({ before }) => before),
          [measured.flatMap(({ after }) => after)],
        )
      : gainOf(
          rate,
          first.before,
          measured.map(({ after }) => after),
        );
  return { gain, steps, seconds: (performance.now() - clock) / 1000 };
}

/** Rows of equal parts, each spread over all rows, which may be sorted. */
function partsOf(rows: Int32Array): Int32Array[] {
  const count = Math.min(PARTS.most, Math.floor(rows.length / PARTS.rows));
  const used = rows.length - (rows.length % Math.max(1, count));
  return Array.from({ length: count }, (_, part) => rows.subarray(0, used).filter((_row, i) => i % count === part));
}

async function lossesOf(session: Session, step: TrainingStep, parts: readonly Int32Array[]): Promise<number[]> {
  const losses: number[] = [];
  for (const rows of parts) losses.push((await session.evaluate(step, rows)).loss ?? Number.POSITIVE_INFINITY);
  return losses;
}
