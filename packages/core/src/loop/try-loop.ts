import { roundToFloat32 } from '../float32.js';
import type { TrialTraining } from '../results/comparison.js';
import type { Evaluation } from '../results/training.js';
import type { Verification } from '../results/verification.js';
import { mean } from '../statistics.js';
import { triedSensitivity } from '../study/sensitivity.js';
import type { Executor } from '../study/trial.js';
import { RATE_SPACING_DECADES, tryRates, verificationSteps } from '../study/try-rates.js';
import { verifiedRate } from '../study/verified-rate.js';
import type { BlackBox, LoopSignal } from './black-box.js';
import type { LoopOptions, LoopSettings } from './loop-options.js';
import { secondsSince } from './result.js';

/** Rates are tried up to this many decades below and above the answer of the sweeps. */
const REACH_DECADES = 3;

/**
 * What the trainings cost, in steps for each step of the longest: a loop cannot be stored, so that a training which may have to go on
 * is trained to its end at once. 11 to 15 in searches with three small networks, the mean of which this is.
 */
const COST_IN_LENGTHS = 13;

/** What the trainings may cost by default, in times the steps of the sweeps. */
const TIMES_THE_SWEEPS = 2;

/** The share of a training whose batches give its loss where there is nothing to evaluate on, and their least number. */
const LAST_BATCHES = { share: 0.1, least: 10 } as const;

/** The length of the longest trainings. */
function lengthToTry(
  { verify, trainingSteps }: Pick<LoopSettings, 'verify' | 'trainingSteps'>,
  sweeps: { readonly steps: number; readonly seconds: number },
): number {
  const budget =
    typeof verify === 'number'
      ? verify
      : typeof verify === 'string'
        ? (Number.parseFloat(verify) * sweeps.steps) / sweeps.seconds
        : TIMES_THE_SWEEPS * sweeps.steps;
  // A loop of no measurable time has no pace.
  const most = Number.isFinite(budget) ? budget : TIMES_THE_SWEEPS * sweeps.steps;
  const length = Math.max(1, Math.round(most / COST_IN_LENGTHS));
  return Math.min(trainingSteps ?? length, length);
}

/**
 * Tries an answer: trains at constant rates around it, each from the reset of its seed on, and judges them by the loop's own evaluation, or
 * by the losses of the last batches.
 *
 * @param plain the answer of the sweeps
 * @param sweeps what they took
 * @returns null when every training diverged
 */
export async function tryLoop(
  loop: BlackBox,
  plain: number,
  settings: Pick<LoopSettings, 'verify' | 'trainingSteps' | 'seed'>,
  sweeps: { readonly steps: number; readonly seconds: number },
  { onTry, signal }: Pick<LoopOptions, 'onTry'> & { readonly signal: LoopSignal | undefined },
): Promise<Verification | null> {
  const { seed, trainingSteps: target = null } = settings;
  const length = lengthToTry(settings, sweeps);
  const each = Math.round(REACH_DECADES / RATE_SPACING_DECADES);
  const rates = Array.from({ length: 2 * each + 1 }, (_, i) =>
    roundToFloat32(plain * 10 ** ((i - each) * RATE_SPACING_DECADES)),
  );
  const evaluateAt = verificationSteps(length);
  const started = new Date();
  const executor = loopExecutor(loop, evaluateAt);
  const { tried } = await tryRates({
    trials: rates.map((rate) => ({ ...PLACEHOLDERS, trial: String(rate), rate, evaluateAt })),
    plain: each,
    seed,
    executor,
    onEvaluation: (trial, seed, { step, validation }) =>
      onTry?.({ rate: Number(trial), seed, step, length, loss: validation?.loss ?? null }),
    signal,
  });
  const verified = verifiedRate(tried, roundToFloat32(plain), length, target);
  if (!verified) return null;
  return {
    ...(!loop.evaluate && { comparedBy: 'batches' as const }),
    ...verified,
    plain,
    tried,
    length,
    target,
    sensitivity: triedSensitivity(tried),
    steps: executor.steps,
    seconds: secondsSince(started),
  };
}

/** What trials of lrfind's own trainings say, and a loop does not need. */
const PLACEHOLDERS = {
  model: { ref: 'loop', hash: 0 },
  data: { ref: 'loop', hash: 0 },
  recipe: { optimizer: { name: 'loop' }, batchSize: 1, schedule: { ref: 'loop', hash: 0 } },
};

/**
 * Runs trainings one after the other. Each is trained to its end at once, and its later part is handed out when it is asked for, since
 * the state of a loop cannot be stored.
 */
function loopExecutor(loop: BlackBox, evaluateAt: readonly number[]): Executor & { readonly steps: number } {
  const trainings = new Map<string, Promise<TrialTraining>>();
  let last: Promise<unknown> = Promise.resolve();
  let steps = 0;
  const begin = (rate: number, seed: number): Promise<TrialTraining> => {
    const training = last.then(() => trainLoop(loop, rate, seed, evaluateAt, () => (steps += 1)));
    last = training;
    return training;
  };
  return {
    async run({ trial, seed, evaluateAt: part, from }, { onEvaluation }) {
      const key = `${trial} ${seed}`;
      const whole = trainings.get(key) ?? begin(Number(trial), seed);
      trainings.set(key, whole);
      const training = await whole;
      const until = part.at(-1) as number;
      const evaluations = training.evaluations.filter(({ step }) => step <= until);
      for (const evaluation of evaluations.slice(from?.training.evaluations.length ?? 0)) onEvaluation?.(evaluation);
      const isWhole = until === evaluateAt.at(-1);
      const diverged = training.divergedAt !== null && training.divergedAt < until;
      const shown: TrialTraining = diverged
        ? training
        : { ...training, evaluations, outcome: 'finished', divergedAt: null };
      const state = isWhole || diverged ? null : { seed, steps: until, lastRate: Number(trial), values: [] };
      return { training: shown, seconds: evaluations.at(-1)?.seconds ?? 0, state };
    },
    get steps() {
      return steps;
    },
  };
}

/** One training at a constant rate, from its reset on, until its last evaluation or a loss that is not finite. */
async function trainLoop(
  loop: BlackBox,
  rate: number,
  seed: number,
  evaluateAt: readonly number[],
  onStep: () => void,
): Promise<TrialTraining> {
  const started = new Date();
  const length = evaluateAt.at(-1) as number;
  const window = Math.max(LAST_BATCHES.least, Math.round(LAST_BATCHES.share * length));
  const measures = (loss: number | null) => ({ loss, metrics: {} });
  const losses: number[] = [];
  const evaluations: Evaluation[] = [];
  let before = 0;
  await loop.reset(seed);
  let start = loop.evaluate ? await loop.evaluate(seed) : null;
  for (let step = 0; step < length; step++) {
    const loss = await loop.step(rate, seed);
    onStep();
    // The first batch is measured before any update.
    if (step === 0 && !loop.evaluate) start = loss;
    if (loss === null) return ended(step);
    losses.push(loss);
    if (!evaluateAt.includes(step + 1)) continue;
    const reached = loop.evaluate ? await loop.evaluate(seed) : mean(losses.slice(-window));
    if (reached === null) return ended(step + 1);
    evaluations.push({
      step: step + 1,
      epoch: 0,
      rate,
      training: measures(mean(losses.slice(before))),
      validation: measures(reached),
      seconds: secondsSince(started),
    });
    before = losses.length;
  }
  return ended(null);

  function ended(divergedAt: number | null): TrialTraining {
    const outcome = divergedAt === null ? 'finished' : 'diverged';
    return { seed, start: start === null ? null : measures(start), evaluations, outcome, divergedAt };
  }
}
