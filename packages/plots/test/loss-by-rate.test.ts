import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import { SweepResult } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type ChartOptions, charts, lossByRate, renderSvg } from '../src/index.js';
import { type Shape, sampleRun } from './sample-run.js';
import { boxes } from './svg-boxes.js';

const require = createRequire(import.meta.url);
const ajv = new Ajv({ strict: false, validateFormats: false });
const validRun = ajv.compile(SweepResult);
const validSpec = ajv.compile(require('vega-lite/vega-lite-schema.json'));

/** A layer as the tests look at it. */
interface AnyLayer {
  data: { values: Record<string, unknown>[] };
  mark: Record<string, unknown> & { type: string };
  encoding?: Record<
    string,
    { field?: string; scale?: { type?: string; domain?: number[] }; axis?: Record<string, unknown> | null }
  >;
}

interface AnyView {
  width: number;
  height: number;
  encoding?: AnyLayer['encoding'];
  layer: AnyLayer[];
}

function views(run: SweepResult, options?: ChartOptions): AnyView[] {
  return (lossByRate(run, options) as unknown as { vconcat: AnyView[] }).vconcat;
}

const layers = (view: AnyView | undefined, type: string) => view?.layer.filter(({ mark }) => mark.type === type) ?? [];
const values = (layer: AnyLayer | undefined) => layer?.data.values ?? [];

async function texts(run: SweepResult, options?: ChartOptions): Promise<string[]> {
  return boxes(await renderSvg(lossByRate(run, options))).texts.map(({ text }) => text);
}

const none: Partial<SweepResult> = { suggestion: null, steepest: null, divergence: null, range: null, reason: 'too noisy' };
const cases: [string, Shape, Partial<SweepResult>, ChartOptions][] = [
  ['an ordinary run', {}, {}, {}],
  ['a run in the dark', { validationEvery: 7 }, {}, { theme: 'dark' }],
  ['a small picture', { validationEvery: 7 }, {}, { width: 400, height: 300 }],
  ['one seed', { seeds: 1 }, {}, {}],
  ['two steps', { steps: 2, seeds: 1, explosion: null }, {}, {}],
  ['one step', { steps: 1, explosion: null }, none, {}],
  ['negative losses', { start: -2, fall: 5 }, {}, {}],
  ['a constant loss', { fall: 0, explosion: null }, none, {}],
  ['a loss of zero', { start: 0, fall: 0, explosion: null }, none, {}],
  ['lost losses', { nullEvery: 3 }, {}, {}],
  ['no finite loss', { nullEvery: 1 }, none, {}],
  ['huge losses', { start: 3e30, fall: 2e30 }, {}, {}],
  ['tiny losses', { start: 3e-9, fall: 2e-9 }, {}, {}],
  ['thousands of steps', { steps: 3000, seeds: 2 }, {}, {}],
  ['no suggestion', {}, none, {}],
];

describe.each(cases)('for %s', (_, shape, changes, options) => {
  const run = sampleRun(shape, changes);

  test('the sample is a valid run', () => {
    expect(validRun(run), JSON.stringify(validRun.errors)).toBe(true);
  });

  test('the chart is a valid Vega-Lite specification, also after a journey through JSON', () => {
    const spec = lossByRate(run, options);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
  });

  test('Vega-Lite has nothing to complain about, and no coordinate is lost', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(lossByRate(run, options), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test('the run is left as it was', () => {
    const before = structuredClone(run);
    lossByRate(run, options);
    expect(run).toEqual(before);
  });
});

describe('the chart', () => {
  const [flags, loss, strip, slope, key] = views(sampleRun({ validationEvery: 10 }));

  test('has the loss above and the slope below, on one axis of rates', () => {
    expect(loss?.encoding?.x?.scale).toEqual(slope?.encoding?.x?.scale);
    expect(loss?.encoding?.x?.scale?.type).toBe('log');
    expect(new Set([flags, loss, strip, slope, key].map((view) => view?.width)).size).toBe(1);
    expect(slope?.encoding?.x?.axis?.title).toBe('learning rate (log scale)');
    expect(layers(loss, 'line')[0]?.encoding?.y?.axis?.title).toBe('loss');
    expect(layers(slope, 'line')[0]?.encoding?.y?.axis?.title).toBe('slope per decade');
  });

  test('holds every batch loss of every seed', () => {
    const run = sampleRun({ steps: 40, explosion: null });
    const [, panel] = views(run);
    const drawn = layers(panel, 'point').slice(0, 2).flatMap(values);
    expect(drawn).toHaveLength(200);
  });

  test('draws the smoothed median, the quartiles and the slope as they are in the run', () => {
    const run = sampleRun({ steps: 30, explosion: null });
    const [, panel, , below] = views(run);
    expect(values(layers(panel, 'line')[0])).toEqual(run.curve.map(({ rate, smoothed }) => ({ rate, loss: smoothed })));
    expect(values(layers(panel, 'area')[0])).toEqual(
      run.curve.map(({ rate, low, high }) => ({ rate, loss: low, high })),
    );
    expect(values(layers(below, 'line')[0])).toEqual(run.curve.map(({ rate, slope: s }) => ({ rate, slope: s })));
  });

  test('has no quartiles where there is one seed', async () => {
    const run = sampleRun({ seeds: 1 });
    expect(values(layers(views(run)[1], 'area')[0])).toEqual([]);
    expect(await texts(run)).not.toContain('quartiles');
    expect(await texts(sampleRun())).toContain('quartiles');
  });

  test('draws the median over seeds of the held-out loss where it was measured, and else has no word of it', async () => {
    const run = sampleRun({ validationEvery: 50, seeds: 2, explosion: null });
    run.seeds.forEach(({ points }, seed) => {
      for (const point of points) if ('validation' in point) point.validation = 1 + seed / 2;
    });
    const [, panel] = views(run);
    expect(values(layers(panel, 'line')[0]).map((value) => value.loss)).toEqual([1.25, 1.25, 1.25]);
    expect(await texts(run)).toContain('held-out loss');
    expect(await texts(sampleRun())).not.toContain('held-out loss');
  });

  test('marks suggestion, steepest descent and divergence at their rates, with a line and a text', async () => {
    const run = sampleRun();
    const rates = values(layers(views(run)[1], 'rule')[0]).map((value) => value.rate);
    expect(rates).toEqual([run.divergence?.rate, run.steepest?.rate, run.suggestion?.learningRate]);
    const written = await texts(run);
    expect(written).toContain('suggestion 0.0045');
    expect(written).toContain('steepest descent 0.003');
    expect(written).toContain('divergence 0.72');
  });

  test('leaves out the marks that the run lacks', async () => {
    const run = sampleRun({}, { steepest: null, divergence: null });
    expect(values(layers(views(run)[1], 'rule')[0])).toHaveLength(1);
    expect((await texts(run)).filter((text) => /steepest|diverg/.test(text))).toEqual([]);
  });

  test('shows the interval of the best rate as a bar from its low to its high end', () => {
    const bar = flags?.layer.find(({ encoding }) => encoding?.x2 !== undefined);
    expect(values(bar)[0]).toMatchObject({ rate: 1.5e-3, end: 1.2e-2 });
  });

  test('shades the usable range in both panels and names it between them', async () => {
    const run = sampleRun();
    for (const view of [loss, strip, slope])
      expect(values(layers(view, 'rect')[0])).toEqual([{ rate: run.range?.low, end: run.range?.high }]);
    expect(await texts(sampleRun())).toContain('usable range 1.5×10⁻⁴ to 0.06');
  });

  test('keeps an axis of losses that shows the descent when the end of the sweep explodes', () => {
    const run = sampleRun();
    for (const seed of run.seeds) (seed.points.at(-1) as { loss: number }).loss = 1e12;
    (run.curve.at(-1) as { smoothed: number }).smoothed = 1e12;
    const [low = 0, high = 0] = layers(views(run)[1], 'line')[0]?.encoding?.y?.scale?.domain ?? [];
    expect(high).toBeGreaterThan(low);
    expect(high - low).toBeLessThan(2 * 1.9);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(2.3);
  });

  test('draws losses beyond the axis at its edge and says how many there are', async () => {
    const run = sampleRun({ explosion: null });
    for (const seed of run.seeds.slice(0, 3)) (seed.points.at(-1) as { loss: number }).loss = 1e6;
    const [, panel] = views(run);
    const triangles = layers(panel, 'point')[1];
    const top = triangles?.encoding?.y?.scale?.domain?.[1];
    expect(values(triangles)).toHaveLength(3);
    for (const value of values(triangles)) expect(value).toMatchObject({ loss: top, shape: 'triangle-up' });
    expect(await texts(run)).toContain('beyond the axis (3)');
  });

  test('says in its heading what was found, and below it what was trained', async () => {
    const written = await texts(sampleRun());
    expect(written).toContain('Suggested learning rate 0.0045 (0.0015 to 0.012, sure)');
    expect(written).toContain('mnist-mlp · Adam · categoricalCrossentropy · 5 seeds');
  });

  test('says in its heading why there is no suggestion', async () => {
    expect(await texts(sampleRun({}, none))).toContain('No suggestion: too noisy');
  });

  test('takes the title that is given', async () => {
    const written = await texts(sampleRun(), { title: 'A & B <c>' });
    expect(written).toContain('A & B <c>');
    expect(written.join()).not.toContain('Suggested');
  });

  test('says so where no loss was finite', async () => {
    expect(await texts(sampleRun({ nullEvery: 1 }, none))).toContain('no finite loss was measured');
  });

  test('takes NaN for a missing loss', () => {
    const run = sampleRun();
    (run.seeds[0]?.points[3] as { loss: number }).loss = Number.NaN;
    expect(JSON.stringify(lossByRate(run))).toBe(JSON.stringify(lossByRate(withNull(run))));
  });

  function withNull(run: SweepResult): SweepResult {
    return JSON.parse(JSON.stringify(run));
  }

  test('is as large as asked for', async () => {
    const { width, height } = boxes(await renderSvg(lossByRate(sampleRun(), { width: 643, height: 487 })));
    expect([width, height]).toEqual([643, 487]);
  });

  test('is described for those who cannot see it', () => {
    const { description } = lossByRate(sampleRun());
    for (const part of ['mnist-mlp', '0.0045', 'falls fastest at 0.003', 'diverges at 0.72', 'The curve is smooth.']) {
      expect(description).toContain(part);
    }
  });
});

describe('a mistake', () => {
  const run = sampleRun({ steps: 5, seeds: 1 });

  test.each([
    [{ width: 0 }, 'width: expected a number of pixels from 360 to 4000, got 0'],
    [{ width: Number.NaN }, 'width: expected a number of pixels from 360 to 4000, got NaN'],
    [{ height: -1 }, 'height: expected a number of pixels from 300 to 4000, got -1'],
    [{ height: Number.POSITIVE_INFINITY }, 'height: expected a number of pixels from 300 to 4000, got Infinity'],
    [{ width: '800' }, 'width: expected a number of pixels from 360 to 4000, got "800"'],
    [{ theme: 'drak' }, 'theme: unknown theme "drak"; allowed: light, dark. Did you mean "dark"?'],
    [{ theme: 'toString' }, 'theme: unknown theme "toString"; allowed: light, dark'],
    [{ title: 3 }, 'title: expected a string, got 3'],
    [{ widht: 800 }, 'chart: unknown option "widht"; allowed: width, height, theme, title. Did you mean "width"?'],
  ])('in the options %j is told', (options, message) => {
    expect(() => lossByRate(run, options as ChartOptions)).toThrow(new InputError(message));
  });

  test('a run without steps is told', () => {
    const empty = { ...run, seeds: [], curve: [], suggestion: null, steepest: null, divergence: null };
    expect(() => lossByRate(empty)).toThrow(new InputError('run: it has no steps, so there is nothing to draw'));
  });
});

test.each(Object.entries(charts))('the chart %s has a summary', (_, { summary }) => {
  expect(summary).toMatch(/^\S.{10,90}\S$/);
});

test('the table has the chart', () => {
  expect(charts['loss-by-rate'].draw).toBe(lossByRate);
});
