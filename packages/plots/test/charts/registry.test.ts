import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import { type Result, resultKinds } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Chart,
  chartFor,
  charts,
  chartsOf,
  lossByGroup,
  lossByRate,
  renderSvg,
  trainingComparison,
  trainingHistory,
} from '../../src/index.js';
import { sections } from '../../src/report/sections/registry.js';
import { themes } from '../../src/theme.js';
import { pageOf, samples } from '../sample-report.js';
import { sampleGroups, sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';

const validSpec = new Ajv({ strict: false, validateFormats: false }).compile(
  createRequire(import.meta.url)('vega-lite/vega-lite-schema.json'),
);
const formats = Object.keys(resultKinds) as Result['format'][];

const results: Result[] = [
  ...Object.values(samples),
  ...[{ seeds: 1 }, { validationEvery: 7 }, { nullEvery: 1 }, { steps: 1 }].map((shape) => sampleSweep(shape)),
  ...[1, 2, 7, 12].map((count) => sampleGroups(count)),
  sampleSweep({}, { suggestion: null, steepest: null, divergence: null, range: null, reason: 'too noisy' }),
  ...[{}, { accuracy: false }, { validation: false }, { divergedAt: 37 }, { prunedAfter: 3 }, { epochs: 1 }].map(
    (shape) => sampleHistory(shape),
  ),
  sampleComparison({ only: {} }, 1),
  sampleComparison({ best: {}, pruned: { prunedAfter: 5 }, lost: { divergedAt: 437 } }),
  sampleComparison({ a: { validation: false, accuracy: false }, b: { validation: false, accuracy: false } }),
];

describe.each(charts.map((chart) => [chart.name, chart] as const))('the chart %s', (_, chart) => {
  test('has a name in kebab case, a summary in a line and a caption in sentences', () => {
    expect(chart.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(chart.summary).toMatch(/^\S.{10,90}\S$/);
    expect(chart.caption).toMatch(/^[A-Z].*\.$/);
  });

  test('draws every sample of its format, with readings in panels that it has', async () => {
    const [first] = chartsOf(chart.format);
    // The first chart of a format has to draw all of its results.
    const own = results.filter((each) => each.format === chart.format && (chart === first || chart.drawable(each)));
    expect(own.length).toBeGreaterThan(3);
    for (const result of own) {
      expect(chart.drawable(result)).toBe(true);
      const spec = chart.draw(result);
      expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
      const warnings: string[] = [];
      await renderSvg(spec, { onWarning: (warning) => warnings.push(warning) });
      expect(warnings).toEqual([]);
      const { series, stops, titles } = chart.readings(result, themes.light);
      expect(titles).toHaveLength(stops.length);
      const text = JSON.stringify(spec);
      expect(series.some(({ panel }) => text.includes(`"name":"${panel}"`)) || series.length === 0).toBe(true);
      for (const { values } of series) expect(values).toHaveLength(stops.length);
    }
  });
});

test('names are unique', () => {
  expect(new Set(charts.map(({ name }) => name)).size).toBe(charts.length);
});

test.each(formats)('results of the format %s have a chart and a section in reports', (format) => {
  const [first] = chartsOf(format);
  expect(first?.format).toBe(format);
  expect(sections[format]).toBeDefined();
});

test('a chart is found by the result and a name, the first without a name', () => {
  expect(chartFor(samples.sweep).draw).toBe(lossByRate);
  expect(chartFor(sampleGroups(2)).draw).toBe(lossByGroup);
  expect(chartFor(sampleGroups(13)).draw).toBe(lossByRate);
  expect(chartFor(sampleGroups(2), 'loss-by-rate').draw).toBe(lossByRate);
  expect(chartFor(samples.training).draw).toBe(trainingHistory);
  expect(chartFor(samples.comparison).draw).toBe(trainingComparison);
  expect(chartFor(samples.sweep, 'loss-by-rate')).toBe(chartsOf('lrfind-sweep')[0]);
  expect(() => chartFor(samples.sweep, 'loss-by-rat')).toThrow(
    /^chart must be one of loss-by-rate.*; got "loss-by-rat"; did you mean loss-by-rate\?$/,
  );
  expect(() => chartFor(samples.sweep, 'training-history')).toThrow(InputError);
});

test('the table loads neither Vega nor anything that makes pixels', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: URL) => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    // What is imported as a type is not loaded.
    const source = readFileSync(file, 'utf8').replaceAll(/^(import|export) type .*$/gm, '');
    for (const [, path = ''] of source.matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      if (path.startsWith('.')) follow(new URL(path.replace(/\.js$/, '.ts'), file));
      else packages.add(path);
    }
  };
  follow(new URL('../../src/charts/registry.ts', import.meta.url));
  expect(seen.size).toBeGreaterThan(20);
  expect([...packages].filter((name) => !name.startsWith('@lrfind/core'))).toEqual([]);
});

describe('a second chart of a format', () => {
  const table = charts as Chart[];
  const [first] = chartsOf('lrfind-sweep') as [Chart];
  const second: Chart = { ...first, name: 'loss-once-more', caption: 'The loss once more.' };
  afterEach(() => {
    table.splice(table.indexOf(second), 1);
  });

  test('is drawn by its name, and the report shows it after the first', async () => {
    table.push(second);
    expect(chartFor(samples.sweep, second.name)).toBe(second);
    expect(chartFor(samples.sweep)).toBe(first);
    const { page } = await pageOf([samples.sweep, samples.sweep]);
    const captions = [...page.querySelectorAll('figcaption')].map(({ textContent }) => textContent);
    expect(captions).toEqual([first.caption, second.caption, first.caption, second.caption]);
    const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
