import { InputError } from '@lrfind/core';
import { SweepResult } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { lossByGroupChart } from '../../src/charts/loss-by-group.js';
import { type ChartOptions, lossByGroup, renderSvg } from '../../src/index.js';
import { seriesStyle, themes } from '../../src/theme.js';
import { pageOf } from '../sample-report.js';
import { sampleGroups, sampleSweep } from '../sample-sweep.js';
import { boxes } from '../svg-boxes.js';

const validResult = new Ajv({ strict: false, validateFormats: false }).compile(SweepResult);

interface AnyLayer {
  data: { values: Record<string, unknown>[] };
  mark: Record<string, unknown> & { type: string };
}

const panelOf = (result: SweepResult, options?: ChartOptions) =>
  (lossByGroup(result, options) as unknown as { vconcat: { layer: AnyLayer[]; encoding: { x: { scale: object } } }[] })
    .vconcat[0] as { layer: AnyLayer[]; encoding: { x: { scale: object } } };
const layersOf = (result: SweepResult, type: string) => panelOf(result).layer.filter(({ mark }) => mark.type === type);
const texts = async (result: SweepResult, options?: ChartOptions) =>
  boxes(await renderSvg(lossByGroup(result, options))).texts.map(({ text }) => text);

test('the samples are results', () => {
  expect(validResult(sampleGroups(3)), JSON.stringify(validResult.errors)).toBe(true);
});

test('each group has a line of its own style over the logarithm of the rate, all layers a grey one behind them', () => {
  const result = sampleGroups(3);
  const lines = layersOf(result, 'line').toReversed();
  expect(lines.map(({ mark }) => mark.color)).toEqual([
    ...[0, 1, 2].map((i) => seriesStyle(themes.light, i).color),
    themes.light.muted,
  ]);
  for (const [i, group] of (result.groups ?? []).entries())
    expect(lines[i]?.data.values.map(({ rate }) => rate)).toEqual(group.curve.map(({ rate }) => rate));
  expect(panelOf(result).encoding.x.scale).toMatchObject({ type: 'log' });
});

test('a dot marks each suggestion on its curve, and a bar its interval', () => {
  const result = sampleGroups(2);
  const suggestions = (result.groups ?? []).flatMap(({ suggestion }) => suggestion ?? []);
  const dots = layersOf(result, 'point').flatMap(({ data }) => data.values);
  expect(dots.map(({ rate }) => rate)).toEqual(suggestions.map(({ learningRate }) => learningRate));
  const bars = layersOf(result, 'rule').flatMap(({ data }) => data.values);
  expect(bars.map(({ rate, end }) => [rate, end])).toEqual(suggestions.map(({ low, high }) => [low, high]));
});

test('the legend names each group with its rate, or says that there is none', async () => {
  const result = sampleGroups(2, {}, ['base*']);
  const [base, others] = result.groups as NonNullable<SweepResult['groups']>;
  const none = { ...(others as NonNullable<typeof others>), suggestion: null, reason: 'flat' };
  const shown = await texts({ ...result, groups: [base as NonNullable<typeof base>, none] });
  // 1.5 · 0.03, half and four times 0.03: the formula of the sample.
  expect(shown).toEqual(expect.arrayContaining(['base* – 0.045 (0.015 to 0.12)', 'others – no suggestion']));
  expect(shown).toEqual(expect.arrayContaining(['all layers, by the base rate', 'quartiles']));
  expect(shown).toContain('Suggested learning rates by group: base* 0.045');
});

const shapes: [string, SweepResult, ChartOptions][] = [
  ['one group', sampleGroups(1), {}],
  ['as many as there are styles', sampleGroups(12), {}],
  ['many in a small chart', sampleGroups(12), { width: 400, height: 300 }],
  [
    'long names',
    sampleGroups(4, {}, ['efficientnet_block_*_of_the_pretrained_base', 'b'.repeat(200), '*']),
    { width: 500 },
  ],
  ['one seed, one step', sampleGroups(2, { seeds: 1, steps: 1, explosion: null }), {}],
  ['losses that are all lost', sampleGroups(2, { nullEvery: 1 }), {}],
  ['a constant loss', sampleGroups(2, { fall: 0, explosion: null }), {}],
  ['in the dark', sampleGroups(5), { theme: 'dark' }],
];

describe.each(shapes)('%s', (_, result, options) => {
  test('is drawn without a warning, and no text leaves the figure or covers another', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(lossByGroup(result, options), { onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual([]);
    const { texts: drawn } = boxes(svg);
    const { width = 800, height = 520 } = options;
    for (const [i, one] of drawn.entries()) {
      expect(one.left, one.text).toBeGreaterThanOrEqual(0);
      expect(one.right, one.text).toBeLessThanOrEqual(width);
      expect(one.bottom, one.text).toBeLessThanOrEqual(height);
      for (const other of drawn.slice(i + 1)) {
        const apart =
          one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
        expect(apart, `${one.text} and ${other.text}`).toBe(true);
      }
    }
  });
});

test('groups of other ranges are drawn on one axis, and read by interpolation', () => {
  const [one, other] = [sampleGroups(2, { low: 1e-6, high: 1 }), sampleGroups(2, { low: 1e-3, high: 1e3 })];
  const [first] = one.groups ?? [];
  const [, second] = other.groups ?? [];
  const result = { ...one, groups: [first, second] as NonNullable<SweepResult['groups']> };
  const { stops, series } = lossByGroupChart.readings(result, themes.light);
  expect(stops).toEqual([...stops].sort((a, b) => a - b));
  for (const [i, group] of result.groups.entries()) {
    const { values } = series[i] as (typeof series)[0];
    const rates = group.curve.map(({ rate }) => rate);
    for (const [at, stop] of stops.entries())
      expect(values[at] === null).toBe(stop < (rates[0] as number) || stop > (rates.at(-1) as number));
    for (const { rate, smoothed } of group.curve) expect(values[stops.indexOf(rate)]).toBe(smoothed);
  }
});

test('a result without groups, with too many or without steps is refused', () => {
  for (const result of [sampleSweep(), sampleGroups(13), { ...sampleSweep(), groups: [] }]) {
    expect(lossByGroupChart.drawable(result)).toBe(false);
    expect(() => lossByGroup(result)).toThrow(InputError);
    expect(() => lossByGroup(result)).toThrow(/^sweep must have 1 to 12 groups of layers/);
  }
  const empty = sampleGroups(1);
  const groups = (empty.groups ?? []).map((group) => ({ ...group, sweeps: [], curve: [] }));
  expect(lossByGroupChart.drawable({ ...empty, groups })).toBe(false);
  expect(() => lossByGroup({ ...empty, groups })).toThrow(/at least one step/);
});

test('the report has the figure after that of all layers, the table, and the flags to try', async () => {
  const result = sampleGroups(2, {}, ['base*']);
  const { page } = await pageOf([result]);
  const captions = [...page.querySelectorAll('figcaption')].map(({ textContent }) => textContent);
  expect(captions).toEqual([
    expect.stringMatching(/^The loss while the learning rate rises/),
    lossByGroupChart.caption,
  ]);
  const table = [...page.querySelectorAll('table')].find(({ textContent }) =>
    textContent?.includes('ratio to the base'),
  );
  const rows = [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
    [...row.children].map(({ textContent }) => textContent),
  );
  // The search suggests 1.5 · 0.003, the groups 1.5 · 0.03 and 1.5 · 0.01.
  expect(rows).toEqual([
    ['base*', 'base*', '1,000', '0.1', '10', '0.045 (0.015 to 0.12, sure)'],
    ['others', 'others', '2,000', '1', '3.3', '0.015 (0.005 to 0.04, sure)'],
  ]);
  // 0.1 · 0.0045 is below 0.015.
  expect(page.body.textContent).toContain('--group "base*:10"');
});
