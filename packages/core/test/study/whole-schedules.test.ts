import { describe, expect, test } from 'vitest';
import type { TriedRate, Verification } from '../../src/results/verification.js';
import { rankSchedules } from '../../src/study/rank-schedules.js';
import { schedulesText } from '../../src/study/schedules-text.js';
import type { Executor, TrialSpec } from '../../src/study/trial.js';
import { tryRates, verificationSteps } from '../../src/study/try-rates.js';
import { verifiedRate } from '../../src/study/verified-rate.js';
import { stepsOfWholeSchedules, wholeSchedules } from '../../src/study/whole-schedules.js';

const LENGTH = 120;
const measures = (loss: number) => ({ loss, metrics: {} });

/** An executor whose losses are a formula of the peak and the steps of the training; NaN diverges at half its steps. */
function formula(lossAt: (rate: number, steps: number) => number) {
  const specs: TrialSpec[] = [];
  const executor: Executor = {
    run: async (spec) => {
      specs.push(spec);
      const [step = 0] = spec.evaluateAt;
      const loss = lossAt(Number(spec.trial), step);
      const whole = Number.isFinite(loss);
      return {
        training: {
          seed: spec.seed,
          start: measures(2),
          evaluations: whole
            ? [{ step, epoch: step, rate: 0, training: measures(loss), validation: measures(loss), seconds: 0 }]
            : [],
          outcome: whole ? 'finished' : 'diverged',
          divergedAt: whole ? null : step / 2,
        },
        seconds: 1,
        state: null,
      };
    },
  };
  return { executor, specs };
}

const scheduleFor = (trial: string, steps: number) => ({ name: 'cosine', rate: Number(trial), steps });

async function tried(lossAt: (rate: number, steps: number) => number, centre?: number) {
  const { executor, specs } = formula(lossAt);
  const rates = Array.from({ length: 25 }, (_, i) => 1e-2 * 10 ** ((i - 12) / 2));
  const found = await tryRates({
    trials: rates.map((rate) => ({
      trial: String(rate),
      rate,
      model: { ref: 'm', hash: 0 },
      data: { ref: 'd', hash: 0 },
      recipe: { optimizer: { name: 'sgd' }, batchSize: 32, schedule: { name: 'none' } },
      evaluateAt: verificationSteps(LENGTH),
    })),
    plain: 12,
    centre,
    seed: 0,
    executor: wholeSchedules(executor, scheduleFor),
  });
  return { specs, ...found };
}

/** A valley whose bottom is at a rate, in units of a square of decades. */
const valley = (bottom: number) => (rate: number) => 1 + Math.log10(rate / bottom) ** 2;

describe('along a schedule', () => {
  test('each stage trains from the first step along the whole schedule, in its own number of steps', async () => {
    const { specs } = await tried(valley(0.02));
    for (const { evaluateAt, length, from, recipe, trial } of specs) {
      expect(from).toBeNull();
      expect(evaluateAt).toEqual([length]);
      expect(recipe.schedule).toEqual(scheduleFor(trial, length));
    }
    expect(new Set(specs.map(({ length }) => length))).toEqual(new Set([40, 80, 120]));
    const keys = specs.map(({ trial, seed, length }) => `${trial} ${seed} ${length}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('the peak is found, and the steps are those of all trainings', async () => {
    const { specs, tried: rates } = await tried(valley(0.1));
    const best = verifiedRate(rates, 1e-2, LENGTH, null)?.learningRate ?? Number.NaN;
    expect(Math.log10(best)).toBeCloseTo(-1, 2);
    expect(stepsOfWholeSchedules(rates.flatMap(({ trainings }) => trainings))).toBe(
      specs.reduce((sum, { length }) => sum + length, 0),
    );
  });

  test('a training that diverges on a longer schedule keeps its end on a shorter one', async () => {
    const { tried: rates } = await tried((rate, steps) =>
      steps > 40 && rate > 0.05 ? Number.NaN : valley(steps > 40 ? 0.01 : 0.1)(rate),
    );
    const diverged = rates.flatMap(({ trainings }) => trainings).filter(({ outcome }) => outcome === 'diverged');
    expect(diverged.some(({ evaluations }) => evaluations[0]?.step === 40)).toBe(true);
    expect(verifiedRate(rates, 1e-2, LENGTH, null)?.trend).toBeLessThan(-0.5);
  });

  test('the search begins where it is told to, and the plain answer is tried all the same', async () => {
    const { specs, tried: rates } = await tried(valley(1), 16);
    // Two decades above the answer of the sweeps, from a decade below that to half a decade above it.
    expect(specs.slice(0, 8).map(({ trial }) => Number(trial))).toEqual(
      [0.1, 0.1, 10 ** -0.5, 10 ** -0.5, 1, 1, 10 ** 0.5, 10 ** 0.5].map((rate) => expect.closeTo(rate, 9)),
    );
    const plain = rates.find(({ rate }) => Math.abs(rate - 1e-2) < 1e-9);
    expect(plain?.trainings.map(({ outcome }) => outcome)).toEqual(['pruned', 'pruned']);
  });

  test('the losses of a training are those at the ends of the stages', async () => {
    const { tried: rates } = await tried((rate, steps) => valley(0.01)(rate) + 1 / steps);
    const whole = rates.flatMap(({ trainings }) => trainings).find(({ outcome }) => outcome === 'finished');
    expect(whole?.evaluations.map(({ step }) => step)).toEqual([40, 80, 120]);
    const [first = Number.NaN, , last = Number.NaN] =
      whole?.evaluations.map(({ validation }) => validation?.loss ?? 0) ?? [];
    expect(first - last).toBeCloseTo(1 / 40 - 1 / 120, 9);
  });
});

const seeds = [0, 1, 2];
function verification(schedule: string, losses: readonly (readonly number[])[]): Verification {
  const rates = losses.map(
    (each, i): TriedRate => ({
      rate: 10 ** (i - 3),
      trainings: seeds.map((seed) => ({
        seed,
        start: measures(2),
        evaluations: [
          { step: LENGTH, epoch: 1, rate: 0, training: measures(0), validation: measures(each[seed] ?? 0), seconds: 0 },
        ],
        outcome: 'finished',
        divergedAt: null,
      })),
    }),
  );
  return {
    schedule,
    learningRate: 1e-2,
    low: 1e-3,
    high: 0.1,
    verdict: 'fair',
    plain: 1e-2,
    cost: null,
    tried: rates,
    length: LENGTH,
    target: 2000,
    trend: 0,
    steps: 1,
    seconds: 1,
  };
}

describe('schedules are ranked by the loss of the best rate of each', () => {
  const constant = verification('constant', [
    [1, 1.1, 1.2],
    [0.7, 0.8, 0.9],
  ]);
  const cosine = verification('cosine', [
    [0.5, 0.6, 0.7],
    [0.9, 0.9, 0.9],
  ]);
  const tanh = verification('tanh', [[0.5, 0.65, 0.65]]);

  test('with differences seed by seed', () => {
    const { best, others } = rankSchedules([constant, cosine, tanh]);
    expect(best).toMatchObject({ schedule: 'cosine', loss: expect.closeTo(0.6, 12) });
    expect(others.map(({ schedule }) => schedule)).toEqual(['tanh', 'constant']);
    // 0.2 with every seed, so there is no noise; 0, 0.05 and −0.05 for the other.
    expect(others[1]?.behind).toMatchObject({ difference: expect.closeTo(0.2, 12), verdict: 'worse' });
    expect(others[0]?.behind).toMatchObject({ difference: expect.closeTo(0, 12), verdict: 'same' });
  });

  test('and a sentence says which won, and whether by more than the noise', () => {
    const { best, others } = rankSchedules([constant, cosine, tanh]);
    expect(schedulesText({ verification: best, otherSchedules: [...others] })).toBe(
      'Of 3 schedules, each at its best peak, cosine did best after 120 steps with 3 seeds, before constant (0.01) by more than the noise and tanh (0.01) within the noise. The training that the rate is for has 2000 steps; in one that is longer another schedule may do best.',
    );
    expect(schedulesText({ verification: best })).toBe('');
  });
});
