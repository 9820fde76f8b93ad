import type { Sweep, SweepResult, SweepStep } from '../results/sweep.js';
import type { Verification } from '../results/verification.js';
import { divergenceRule } from '../sweep/divergence.js';
import { sweepRange } from '../sweep/sweep-range.js';
import { type BlackBox, blackBox, type LoopStep } from './black-box.js';
import { type LoopOptions, type LoopSettings, loopSettings, type Reading, readingOf } from './loop-options.js';
import { secondsSince, sweepResult, timed } from './result.js';
import { tryLoop } from './try-loop.js';

/**
 * Finds a learning rate for any training loop, given as a function that trains one batch. It calls it at rates that rise over many
 * decades, several times with different seeds, and suggests the best rate from the losses, by the same analysis as `findLearningRate`. With
 * `verify` it then trains for a short while at constant rates around the answer.
 *
 * Calls never overlap. At the end, whether this succeeds, throws or is aborted between two steps, `reset` has been called with the
 * first seed, so that the loop is ready to be trained.
 *
 * @param step trains one batch at a rate and returns its loss, or a promise of it
 * @param options `reset(seed)`, which puts weights, optimizer and data order back, and how to search
 * @returns everything that was measured, and the conclusions: the document that `findLearningRate` returns
 * @throws InputError for options that do not fit and for a step that returns no number; the signal's reason when it is aborted; whatever
 *   the caller's functions throw
 *
 * @example
 * let weight = 1;
 * const step = (rate) => {
 *   const loss = weight ** 2;
 *   weight -= rate * 2 * weight;
 *   return loss;
 * };
 * const { suggestion } = await findRate(step, { reset: () => { weight = 1; }, optimizer: 'sgd' });
 */
export async function findRate(step: LoopStep, options: LoopOptions): Promise<SweepResult> {
  const settings = loopSettings(options);
  const reading = readingOf(options, 'loop');
  const { signal } = options;
  const loop = blackBox(step, options, signal);
  signal?.throwIfAborted();
  let result: SweepResult;
  try {
    result = await search(loop, settings, reading, options);
  } catch (error) {
    // Why the search failed is to be heard, and not that the loop cannot be put back then. One that is still busy must not be called.
    if (!loop.isBusy) await (async () => options.reset(settings.seed))().catch(() => {});
    throw error;
  }
  await loop.reset(settings.seed);
  return result;
}

async function search(
  loop: BlackBox,
  settings: LoopSettings,
  reading: Reading,
  { onStep, onTry, signal }: LoopOptions,
): Promise<SweepResult> {
  const { seed, repeats } = settings;
  const started = new Date();
  const { rates, sweeps, steps, notes } = await sweepRange(settings, async (rates, first, end) => {
    const swept: Sweep[] = [];
    for (let repeat = first; repeat < end; repeat++) {
      const progress = { steps: rates.length, seed: seed + repeat, repeat, repeats };
      const onPoint = ({ step, rate, loss }: SweepStep) => onStep?.({ step, rate, loss, ...progress });
      swept.push(await sweepLoop(loop, rates, seed + repeat, onPoint));
    }
    return swept;
  });
  const seconds = secondsSince(started);
  const result = sweepResult({ rates, sweeps, backend: 'loop', notes, options: { ...settings }, started }, reading);
  const { suggestion, environment } = result;
  const plain = suggestion?.learningRate ?? null;
  if (settings.verify === false) return { ...result, environment: timed(environment, seconds, steps) };
  const tried = plain === null ? null : await tryLoop(loop, plain, settings, { steps, seconds }, { onTry, signal });
  const spent = tried ?? { steps: 0, seconds: 0 };
  return {
    ...result,
    ...(tried && { suggestion: triedRate(tried) }),
    verification: tried,
    environment: timed(environment, seconds + spent.seconds, steps + spent.steps),
  };
}

/** The rate that trainings favour, as a suggestion. */
function triedRate({ learningRate, low, high, verdict }: Verification): SweepResult['suggestion'] {
  return { learningRate, low, high, verdict, method: 'trainings' };
}

/** One sweep: a pass over the rates with one seed, until the last rate, a loss that is not finite, or divergence. */
async function sweepLoop(
  loop: BlackBox,
  rates: readonly number[],
  seed: number,
  onPoint: (point: SweepStep) => void,
): Promise<Sweep> {
  const points: SweepStep[] = [];
  const stopsAt = divergenceRule(rates.length);
  await loop.reset(seed);
  for (const [i, rate] of rates.entries()) {
    const point = { step: i, rate, loss: await loop.step(rate, seed) };
    points.push(point);
    onPoint(point);
    const stopped = stopsAt(point.loss);
    if (stopped) return { seed, points, stopped };
  }
  return { seed, points, stopped: 'end' };
}
