import { createRequire } from 'node:module';
import { SweepResult, type TrialTraining, type Verification } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { lossByRate, renderPng, renderSvg } from '../../src/index.js';
import { sampleSweep } from '../sample-sweep.js';
import { boxes } from '../svg-boxes.js';

const require = createRequire(import.meta.url);
const ajv = new Ajv({ strict: false, validateFormats: false });
const validResult = ajv.compile(SweepResult);
const validSpec = ajv.compile(require('vega-lite/vega-lite-schema.json'));

const measures = (loss: number | null) => ({ loss, metrics: {} });

function training(seed: number, losses: readonly (number | null)[], outcome: TrialTraining['outcome']): TrialTraining {
  return {
    seed,
    start: measures(2.3),
    evaluations: losses.map((loss, i) => ({
      step: 30 * 2 ** i,
      epoch: i + 1,
      rate: 0.01,
      training: measures(loss),
      validation: measures(loss),
      seconds: i,
    })),
    outcome,
    divergedAt: outcome === 'diverged' ? 7 : null,
  };
}

const seeds = [0, 1, 2];
const verification: Verification = {
  learningRate: 0.0105,
  low: 0.0075,
  high: 0.013,
  verdict: 'sure',
  plain: 0.0178,
  cost: { difference: 0.1, low: 0.05, high: 0.15, verdict: 'worse', step: 120 },
  tried: [
    { rate: 0.0018, trainings: [training(0, [2], 'pruned'), training(1, [2.1], 'pruned')] },
    { rate: 0.0056, trainings: seeds.map((seed) => training(seed, [1.5, 1.2, 0.8 + 0.01 * seed], 'finished')) },
    { rate: 0.01, trainings: seeds.map((seed) => training(seed, [1.2, 0.9, 0.5 + 0.01 * seed], 'finished')) },
    { rate: 0.0178, trainings: seeds.map((seed) => training(seed, [1.1, 1, 0.6 + 0.01 * seed], 'finished')) },
    { rate: 0.1, trainings: [training(0, [], 'diverged'), training(1, [1e30], 'pruned')] },
  ],
  length: 120,
  target: null,
  trend: -0.2,
  steps: 1500,
  seconds: 2,
};
const result = sampleSweep({}, { verification });

interface View {
  name?: string;
  layer?: { data: { values: Record<string, unknown>[] }; mark: { type: string } }[];
}
const lower = (of: SweepResult, options = {}) => (lossByRate(of, options) as unknown as { vconcat: View[] }).vconcat;

describe('a result whose answer was tried', () => {
  test('is valid, and so is its chart', () => {
    expect(validResult(result)).toBe(true);
    expect(validSpec(lossByRate(result))).toBe(true);
  });

  test('shows the rates in place of the slope', () => {
    expect(lower(result).some(({ name }) => name === 'tried')).toBe(true);
    expect(lower(result).some(({ name }) => name === 'slope')).toBe(false);
    expect(lower(sampleSweep()).some(({ name }) => name === 'slope')).toBe(true);
  });

  test('has a point for each training that came to its end, their means, and the best of them', () => {
    const [, early, means, whole, best] = lower(result).find(({ name }) => name === 'tried')?.layer ?? [];
    expect(early?.data.values.map(({ rate }) => rate)).toEqual([0.0018, 0.0018, 0.1]);
    expect(whole?.data.values).toHaveLength(9);
    expect(means?.data.values.map(({ rate, loss }) => [rate, Number((loss as number).toFixed(6))])).toEqual([
      [0.0056, 0.81],
      [0.01, 0.51],
      [0.0178, 0.61],
    ]);
    expect(best?.data.values).toEqual([{ rate: 0.01, loss: expect.closeTo(0.51, 9) }]);
  });

  test('names them in the legend, in every size and theme', async () => {
    for (const options of [{}, { theme: 'dark' as const }, { width: 500, height: 300 }]) {
      const svg = await renderSvg(lossByRate(result, options));
      expect(boxes(svg).texts.map(({ text }) => text)).toContain('short trainings (120 steps), validation loss');
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
  });
});

test('a loss far beyond the others is drawn too, as a PNG: a dot beside the canvas would end the renderer', async () => {
  const tried = [
    ...verification.tried.slice(1, 4),
    { rate: 0.03, trainings: [0, 1, 2].map((seed) => training(seed, [0.3, 0.4, seed === 2 ? 462 : 0.4], 'finished')) },
  ];
  const png = await renderPng(lossByRate(sampleSweep({}, { verification: { ...verification, tried } })));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
});

test('a verification in which every loss is the same, or was never finite, is drawn', async () => {
  for (const loss of [0, 1, null]) {
    const tried = [{ rate: 0.01, trainings: seeds.map((seed) => training(seed, [loss, loss, loss], 'finished')) }];
    const svg = await renderSvg(lossByRate(sampleSweep({}, { verification: { ...verification, tried } })));
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
});

describe('several schedules', () => {
  const other = (schedule: string, loss: number) => ({
    ...verification,
    schedule,
    loss,
    tried: [0.003, 0.01].map((rate) => ({
      rate,
      trainings: seeds.map((seed) => training(seed, [2, 1.5, loss + rate + 0.01 * seed], 'finished')),
    })),
    behind: { difference: 0.1, low: 0.05, high: 0.15, verdict: 'worse' as const },
  });
  const several = sampleSweep(
    {},
    {
      verification: { ...verification, schedule: 'cosine', loss: 0.51 },
      otherSchedules: [other('constant', 0.7), other('one-cycle', 3)],
    },
  );

  test('have a line each, through the means at each rate, in colours of their own', () => {
    expect(validResult(several)).toBe(true);
    expect(validSpec(lossByRate(several))).toBe(true);
    const layers = lower(several).find(({ name }) => name === 'tried')?.layer ?? [];
    const lines = layers.filter(({ mark }) => mark.type === 'line') as unknown as {
      data: { values: { rate: number; loss: number; schedule?: string }[] };
      mark: { color: string };
    }[];
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map(({ mark }) => mark.color)).size).toBe(3);
    const [constant] = lines;
    expect(constant?.data.values).toEqual([
      { rate: 0.003, loss: expect.closeTo(0.713, 9), schedule: 'constant' },
      { rate: 0.01, loss: expect.closeTo(0.72, 9), schedule: 'constant' },
    ]);
  });

  test('are named in the legend, and the title says whose peak the rate is', async () => {
    const svg = await renderSvg(lossByRate(several));
    const texts = boxes(svg).texts.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['cosine (120 steps), validation loss', 'constant', 'one-cycle']));
    const named = sampleSweep(
      {},
      {
        verification: { ...verification, schedule: 'cosine' },
        suggestion: { ...(several.suggestion as object), schedule: 'cosine(0.01, steps=200)' } as never,
      },
    );
    const titles = boxes(await renderSvg(lossByRate(named))).texts.map(({ text }) => text);
    expect(titles.some((text) => text.startsWith('Suggested peak rate, cosine: '))).toBe(true);
  });
});
