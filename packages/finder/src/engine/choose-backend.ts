import { backendInUse, fasterCandidate, settleBackend, useBackend } from '@lrfind/backends';
import type { Tensor } from '@tensorflow/tfjs-core';
import { lanesWorth } from '#workers';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { isWorthMoving, measurePace, measuringBudget } from './pace.js';
import { openSession, type Session } from './session.js';
import { modelOfCopy, type SessionCopy } from './workers/session-copy.js';

/** What will be trained. */
export interface ExpectedWork {
  readonly optimizer: ResolvedOptimizer;
  readonly batchSize: number;
  /** About how many steps. */
  readonly steps: number;
  /** How many trainings may run side by side. */
  readonly trainings: number;
}

/** Milliseconds for which the present backend is measured at most. */
const PRESENT_BUDGET = 500;

/** A rate at which no weight goes astray in the steps that are measured. */
const RATE = 1e-5;

/**
 * Moves sessions to a graphics processor where a short measurement says that their steps are faster there: some steps of a copy of the
 * model on each. Only where `auto` chose the backend and may choose by pace, this machine has such a processor, and the work is long
 * enough. The sessions say what was measured in their notes. Call it before anything is trained.
 *
 * @param sessions of one search, training or comparison, with about the same share of the work each
 */
export async function chooseBackend(sessions: readonly Session[], work: ExpectedWork): Promise<void> {
  const before = backendInUse();
  const candidate = await fasterCandidate();
  const distinct = [...new Set(sessions)];
  const { wanted } = (distinct[0] as Session).lanes;
  // Workers that were asked for are threads, which a graphics processor has no use for.
  if (!before || candidate === undefined || (wanted !== 'auto' && wanted > 1)) return;
  const copies = distinct.map((session) => session.copyOfRows(work.batchSize));
  if (copies.includes(null)) return;
  const pace = async (budget: number) => {
    const end = performance.now() + budget;
    let sum = 0;
    for (const copy of copies) {
      const one = await paceOf(copy as SessionCopy, work, end - performance.now());
      if (one === null) return null;
      sum += one;
    }
    return sum / copies.length;
  };
  const present = await pace(PRESENT_BUDGET * copies.length);
  const budget = present === null ? 0 : measuringBudget(present * work.steps);
  if (present === null || budget === 0) return;
  const start = performance.now();
  let other: number | null = null;
  let problem = 'its first steps took too long';
  let device: string | undefined;
  try {
    device = (await useBackend(candidate)).device;
    other = await pace(budget - (performance.now() - start));
    const failure = await settleBackend();
    if (failure) throw failure.error;
  } catch (error) {
    other = null;
    problem = (error as Error).message;
  }
  const lanes = wanted === 1 ? 1 : Math.min(work.trainings, lanesWorth(present * work.steps, before));
  const moves = isWorthMoving(present, other, lanes);
  if (!moves) await useBackend(before.name);
  const here = `${milliseconds(present)} on ${before.name}${lanes > 1 ? `, ${lanes} trainings side by side` : ''}`;
  const there = other === null ? `not measured on ${candidate}: ${problem}` : `${milliseconds(other)} on ${candidate}`;
  const note = `backend ${moves ? candidate : before.name}, by measurement: a step takes ${here}; ${there}`;
  for (const session of distinct) session.backendChosen(moves ? (device as string) : before.device, note);
}

const milliseconds = (value: number) => `${Number(value.toPrecision(2))} ms`;

/** Milliseconds of a step of a copied session on the current backend; null where the budget does not suffice. */
async function paceOf(
  copy: SessionCopy,
  { optimizer, batchSize, steps }: ExpectedWork,
  budget: number,
): Promise<number | null> {
  const end = performance.now() + budget;
  const model = await modelOfCopy(copy);
  try {
    const session = await openSession(model, copy.rows.dataset, copy.options);
    try {
      const step = session.step(optimizer, { metrics: [], rescaleVelocity: false, calls: steps });
      await session.reset(copy.options.seed);
      step.reset(copy.options.seed);
      const rows = Int32Array.from({ length: batchSize }, (_, i) => i % copy.rows.dataset.rows);
      const run = async (count: number) => {
        const losses: Tensor[] = [];
        try {
          for (let i = 0; i < count; i++) losses.push(step.train(rows, RATE));
          await Promise.all(losses.map((loss) => loss.data()));
        } finally {
          for (const loss of losses) loss.dispose();
        }
      };
      return await measurePace(run, end - performance.now());
    } finally {
      session.commit();
    }
  } finally {
    model.dispose();
  }
}
