import type { CriticalRate } from '@lrfind/core/results';
import { expect, test } from 'vitest';
import { sweepDescription } from '../../src/captions/sweep.js';
import { lossByRate, renderSvg } from '../../src/index.js';
import { landmarks } from '../../src/panels/landmarks.js';
import { themes } from '../../src/theme.js';
import { pageOf, textsOf } from '../sample-report.js';
import { sampleSweep } from '../sample-sweep.js';

const seeds = [0, 1, 2].map((seed) => ({ seed, rate: 0.04 + 0.01 * seed, passes: 6 }));
const criticalRate: CriticalRate = { rate: 0.05, low: 0.045, high: 0.055, reason: null, seeds, seconds: 0.1 };
const marked = (of: CriticalRate | null) =>
  landmarks(sampleSweep({}, { criticalRate: of }), [], themes.light).filter(({ text }) => text.startsWith('critical'));

test('the critical rate is a labelled line on the curve, and has a sentence for screen readers', async () => {
  expect(marked(criticalRate)).toMatchObject([{ rate: 0.05, text: 'critical rate 0.05', loss: null }]);
  const result = sampleSweep({}, { criticalRate });
  expect(await renderSvg(lossByRate(result))).toContain('critical rate 0.05');
  expect(sweepDescription(result)).toContain('The critical rate of the first update is 0.05.');
});

test('one that is not known, or far beyond the swept rates, has none', async () => {
  const none = { ...criticalRate, rate: null, low: null, high: null, reason: 'flat' };
  expect(marked(null)).toEqual([]);
  expect(marked(none)).toEqual([]);
  expect(marked({ ...criticalRate, rate: 1e9 })).toEqual([]);
  expect(marked({ ...criticalRate, rate: 1e-30 })).toEqual([]);
  const svg = await renderSvg(lossByRate(sampleSweep({}, { criticalRate: { ...criticalRate, rate: 1e9 } })));
  expect(svg).not.toMatch(/>critical/);
});

test('one just above the last swept rate widens the axis', async () => {
  const { sweeps } = sampleSweep();
  const last = Math.max(...sweeps.flatMap(({ points }) => points.map(({ rate }) => rate)));
  const result = sampleSweep({}, { criticalRate: { ...criticalRate, rate: last * 3 } });
  expect(await renderSvg(lossByRate(result))).toContain('critical rate');
});

test('the report has a table of the seeds, or says why there is none', async () => {
  const { page } = await pageOf([sampleSweep({}, { criticalRate })]);
  expect(textsOf(page, 'tbody tr')).toEqual(
    expect.arrayContaining(['0 0.04 6', '1 0.05 6', '2 0.06 6'].map((row) => row.replaceAll(' ', ''))),
  );
  expect(textsOf(page, 'caption').join(' ')).toContain('The median is 0.05, the quartiles are 0.045 and 0.055.');
  const none = {
    ...criticalRate,
    rate: null,
    low: null,
    high: null,
    reason: 'the update is no line',
    seeds: [{ seed: 0, rate: null, passes: 9 }],
  };
  const other = await pageOf([sampleSweep({}, { criticalRate: none })]);
  expect(textsOf(other.page, 'caption').join(' ')).toContain('There is no critical rate: the update is no line.');
});
