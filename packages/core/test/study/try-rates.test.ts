import { describe, expect, test } from 'vitest';
import type { TrialTraining } from '../../src/results/comparison.js';
import { cappedMeans } from '../../src/study/favoured-rate.js';
import type { Executor, TrialSpec } from '../../src/study/trial.js';
import { RATE_SPACING_DECADES, tryRates, verificationSteps } from '../../src/study/try-rates.js';
import { verificationText } from '../../src/study/verification-text.js';
import { verifiedRate } from '../../src/study/verified-rate.js';

const LENGTH = 120;
const measures = (loss: number) => ({ loss: Number.isFinite(loss) ? loss : null, metrics: {} });

/** An executor that takes losses from a formula of the rate, the steps taken and the seed; NaN diverges. */
function formula(lossAt: (rate: number, steps: number, seed: number) => number) {
  const specs: TrialSpec[] = [];
  const executor: Executor = {
    run: async (spec) => {
      specs.push(spec);
      const { seed, evaluateAt, length, from } = spec;
      const rate = Number(spec.trial);
      const training: TrialTraining = {
        seed,
        start: measures(lossAt(rate, 0, seed)),
        evaluations: [...(from?.training.evaluations ?? [])],
        outcome: 'finished',
        divergedAt: null,
      };
      for (const step of evaluateAt) {
        const loss = lossAt(rate, step, seed);
        if (!Number.isFinite(loss)) {
          const diverged = { ...training, outcome: 'diverged' as const, divergedAt: step - 1 };
          return { training: diverged, seconds: 1, state: null };
        }
        training.evaluations.push({
          step,
          epoch: step,
          rate,
          training: measures(loss),
          validation: measures(loss),
          seconds: 0,
        });
      }
      const paused = evaluateAt.at(-1) !== length;
      return {
        training,
        seconds: 1,
        state: paused ? { seed, steps: evaluateAt.at(-1) as number, lastRate: rate, values: [] } : null,
      };
    },
  };
  return { executor, specs };
}

async function tried(
  plainRate: number,
  lossAt: (rate: number, steps: number, seed: number) => number,
  target: number | null = null,
  reach = 12,
) {
  const { executor, specs } = formula(lossAt);
  const rates = Array.from({ length: 2 * reach + 1 }, (_, i) => plainRate * 10 ** ((i - reach) * RATE_SPACING_DECADES));
  const reference = { ref: '', hash: 0 };
  const recipe = { optimizer: { name: 'sgd' }, batchSize: 1, schedule: { name: 'constant', rate: 1 } };
  const outcome = await tryRates({
    trials: rates.map((rate) => ({
      trial: String(rate),
      rate,
      model: reference,
      data: reference,
      recipe,
      evaluateAt: verificationSteps(LENGTH),
    })),
    plain: reach,
    seed: 5,
    executor,
  });
  const verified = verifiedRate(outcome.tried, plainRate, LENGTH, target);
  return { ...outcome, specs, verified, decades: verified && Math.log10(verified.learningRate / plainRate) };
}

/** A parabola in the logarithm of the rate, whose lowest point lies `offset` decades from 1e-2, and which rises to NaN. */
const valley = (offset: number) => (rate: number, steps: number, seed: number) => {
  const distance = Math.log10(rate / 1e-2) - offset;
  if (distance > 1.6) return Number.NaN;
  return 1 + 0.01 * seed + (steps === 0 ? 2 : Math.min(4, distance ** 2));
};

describe('the best rate is found from answers that are wrong', () => {
  test.each([-2.3, -1.2, -0.6, -0.1, 0, 0.3, 0.9, 1.4, 2.2])('by %d decades', async (offset) => {
    const { decades, verified } = await tried(1e-2, valley(offset), LENGTH);
    expect(decades).toBeCloseTo(offset, 2);
    // The seeds change no difference, so every neighbour is worse by more than the noise, of which there is none.
    expect(verified?.verdict).toBe('sure');
    expect((await tried(1e-2, valley(offset))).verified?.verdict).toBe('fair');
    expect(verified?.low).toBeLessThan(1e-2 * 10 ** offset);
    expect(verified?.high).toBeGreaterThan(1e-2 * 10 ** offset);
  });
});

test('short trainings that favour higher rates do not mislead', async () => {
  // The best rate falls by 0.43 decades from a third of the length to the whole.
  const { decades } = await tried(1e-2, (rate, steps, seed) =>
    valley(0.9 * Math.log10(LENGTH / Math.max(steps, 1)))(rate, steps, seed),
  );
  // A third of the loss counts after two thirds of the length, where the best rate lies 0.9 · log10(3 / 2) higher.
  expect(decades).toBeCloseTo((0.9 * Math.log10(3 / 2)) / 3, 4);
});

test('where longer trainings favour lower rates, the rate for one that is longer still follows 0.7 of the trend', async () => {
  // The best rate falls by 0.8 decades in tenfold steps, as with a model that overfits.
  const falling = (rate: number, steps: number, seed: number) =>
    valley(0.8 * Math.log10(LENGTH / Math.max(steps, 1)))(rate, steps, seed);
  const { verified, decades } = await tried(1e-2, falling, 10 * LENGTH);
  expect(verified?.trend).toBeCloseTo(-0.8, 1);
  expect(decades).toBeCloseTo(-0.56, 1);
  const rising = (rate: number, steps: number, seed: number) =>
    valley(-0.8 * Math.log10(LENGTH / Math.max(steps, 1)))(rate, steps, seed);
  const risen = await tried(1e-2, rising, 10 * LENGTH);
  expect(risen.verified?.trend).toBeGreaterThan(0.5);
  const early = (0.8 * Math.log10(3 / 2)) / 3;
  expect(risen.decades).toBeCloseTo(-early, 4);
  expect((await tried(1e-2, falling, LENGTH / 2)).decades).toBeCloseTo(early, 4);
});

test('a rate next to the cliff gives way to the side that is level', async () => {
  const cliff = (rate: number, steps: number) =>
    steps === 0 ? 2 : rate > 0.011 ? 1.9 : 1 + 0.05 * Math.log10(1e-2 / rate);
  const { decades } = await tried(1e-2, cliff);
  expect(decades).toBeLessThan(-0.1);
  expect(decades).toBeGreaterThan(-0.25);
});

test('trainings go on where they paused, with equal seeds, and count once', async () => {
  const { specs, steps, tried: rates } = await tried(1e-2, valley(0));
  const begun = specs.filter(({ from }) => from === null).map(({ trial, seed }) => `${trial} ${seed}`);
  expect(new Set(begun).size).toBe(begun.length);
  expect(new Set(specs.map(({ seed }) => seed))).toEqual(new Set([5, 6, 7]));
  const last = rates.flatMap(({ trainings }) => trainings.map(({ evaluations }) => evaluations.at(-1)?.step ?? 0));
  expect(steps).toBe(last.reduce((sum, each) => sum + each, 0));
  for (const { trainings } of rates)
    for (const { outcome, evaluations } of trainings)
      expect(outcome).toBe(evaluations.length === 3 ? 'finished' : 'pruned');
});

test('what the plain answer costs is the mean over seeds after the last step that it and the best rate both have', async () => {
  const far = await tried(1e-2, valley(-1));
  expect(far.verified?.cost).toMatchObject({ verdict: 'worse', step: LENGTH / 3 });
  expect(far.verified?.cost?.difference).toBeCloseTo(1, 6);
  const near = await tried(1e-2, valley(-0.4));
  expect(near.verified?.cost).toMatchObject({ verdict: 'worse', step: LENGTH });
  // The best rate that was tried is 0.1 decades from the lowest point, the plain answer 0.4.
  expect(near.verified?.cost?.difference).toBeCloseTo(0.16 - 0.01, 6);
});

test('a plain answer that diverges costs what no training at all would', async () => {
  const { verified } = await tried(1e-2, (rate, steps, seed) => (steps === 0 ? 5 : valley(-1.7)(rate, steps, seed)));
  expect(verified?.cost).toMatchObject({ step: LENGTH });
  // The best rate that was tried is 0.2 decades from the lowest point; the seeds 5 and 6 add 0.05 and 0.06.
  expect(verified?.cost?.difference).toBeCloseTo(5 - 1.04 - 0.055, 6);
});

test('where every training diverges there is no rate', async () => {
  const { verified } = await tried(1, () => Number.NaN);
  expect(verified).toBeNull();
});

test('where the losses are equal within the noise, all these rates are in the interval, and it is no sure answer', async () => {
  const { verified } = await tried(1e-2, (rate, steps, seed) => {
    const wobble = 0.3 * Math.sin(1e6 * rate * (seed + 1) ** 2);
    return steps === 0 ? 2 : valley(0)(rate, steps, seed) * 0.05 + wobble;
  });
  expect(verified?.verdict).not.toBe('sure');
});

test('where the noise of the seeds hides which rate is lowest, the nearest to the plain answer is taken', async () => {
  // All rates are alike but for noise that differs from seed to seed.
  const { decades } = await tried(1e-2, (rate, steps, seed) =>
    steps === 0 ? 2 : 1 + 0.1 * Math.sin(1e5 * rate * seed),
  );
  expect(Math.abs(decades as number)).toBeLessThanOrEqual(0.5);
});

test('a loss that exploded counts as twice as far above the lowest as the start, or the median if that is higher', () => {
  expect(
    cappedMeans([
      [1, 1],
      [2, 2],
      [3, 1e30],
      [Number.POSITIVE_INFINITY, 3],
    ]),
  ).toEqual([1, 2, 3, 3]);
  expect(cappedMeans([[1], [1.5], [Number.POSITIVE_INFINITY]], 4)).toEqual([1, 1.5, 7]);
  expect(cappedMeans([[Number.POSITIVE_INFINITY]])).toEqual([Number.POSITIVE_INFINITY]);
});

test('trainings are evaluated after each third of the length, and once where it is a step', () => {
  expect(verificationSteps(120)).toEqual([40, 80, 120]);
  expect(verificationSteps(1)).toEqual([1]);
  expect(verificationSteps(2)).toEqual([1, 2]);
});

test('the sentence names the rate, the plain answer and what it would have cost', async () => {
  const { verified, tried: rates, steps } = await tried(1e-2, valley(-1));
  const text = verificationText({
    ...verified,
    plain: 1e-2,
    tried: rates,
    length: LENGTH,
    target: null,
    steps,
    seconds: 1,
  } as never);
  expect(text).toBe(
    `Tried: of ${rates.length} rates, trained for up to 120 steps with 3 seeds, 0.001 did best on the validation rows; the answer of the sweeps, 0.01, would have cost 50 % of the descent after 40 steps.`,
  );
});
