import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import { SweepResult } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type ChartOptions, lossByRate, renderSvg } from '../../src/index.js';
import { type SweepShape, sampleSweep } from '../sample-sweep.js';
import { boxes } from '../svg-boxes.js';

const require = createRequire(import.meta.url);
const ajv = new Ajv({ strict: false, validateFormats: false });
const validResult = ajv.compile(SweepResult);
const validSpec = ajv.compile(require('vega-lite/vega-lite-schema.json'));

/** The parts of a layer that the tests read. */
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

function views(result: SweepResult, options?: ChartOptions): AnyView[] {
  return (lossByRate(result, options) as unknown as { vconcat: AnyView[] }).vconcat;
}

const layers = (view: AnyView | undefined, type: string) => view?.layer.filter(({ mark }) => mark.type === type) ?? [];
const values = (layer: AnyLayer | undefined) => layer?.data.values ?? [];

async function texts(result: SweepResult, options?: ChartOptions): Promise<string[]> {
  return boxes(await renderSvg(lossByRate(result, options))).texts.map(({ text }) => text);
}

const none: Partial<SweepResult> = {
  suggestion: null,
  steepest: null,
  divergence: null,
  range: null,
  reason: 'too noisy',
};
const cases: [string, SweepShape, Partial<SweepResult>, ChartOptions][] = [
  ['an ordinary result', {}, {}, {}],
  ['a result in the dark', { validationEvery: 7 }, {}, { theme: 'dark' }],
  ['a small chart', { validationEvery: 7 }, {}, { width: 400, height: 300 }],
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
  const result = sampleSweep(shape, changes);

  test('the sample is a valid result', () => {
    expect(validResult(result), JSON.stringify(validResult.errors)).toBe(true);
  });

  test('the chart is a valid Vega-Lite specification, also after a round trip through JSON', () => {
    const spec = lossByRate(result, options);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
  });

  test('Vega-Lite has no warning, and no coordinate is lost', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(lossByRate(result, options), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test('the result stays as it was', () => {
    const before = structuredClone(result);
    lossByRate(result, options);
    expect(result).toEqual(before);
  });
});

describe('the chart', () => {
  const [annotations, loss, bandName, slope, legend] = views(sampleSweep({ validationEvery: 10 }));

  test('has the loss above and the slope below, on one axis of rates', () => {
    expect(loss?.encoding?.x?.scale).toEqual(slope?.encoding?.x?.scale);
    expect(loss?.encoding?.x?.scale?.type).toBe('log');
    expect(new Set([annotations, loss, bandName, slope, legend].map((view) => view?.width)).size).toBe(1);
    expect(slope?.encoding?.x?.axis?.title).toBe('learning rate (log scale)');
    expect(layers(loss, 'line')[0]?.encoding?.y?.axis?.title).toBe('loss');
    expect(layers(slope, 'line')[0]?.encoding?.y?.axis?.title).toBe('slope per decade');
  });

  test('has every batch loss of every sweep', () => {
    const result = sampleSweep({ steps: 40, explosion: null });
    const [, panel] = views(result);
    const drawn = layers(panel, 'point').slice(0, 2).flatMap(values);
    expect(drawn).toHaveLength(200);
  });

  test('draws the smoothed loss, the quartiles and the slope of the result', () => {
    const result = sampleSweep({ steps: 30, explosion: null });
    const [, panel, , below] = views(result);
    expect(values(layers(panel, 'line')[0])).toEqual(
      result.curve.map(({ rate, smoothed }) => ({ rate, loss: smoothed })),
    );
    expect(values(layers(panel, 'area')[0])).toEqual(
      result.curve.map(({ rate, low, high }) => ({ rate, loss: low, high })),
    );
    expect(values(layers(below, 'line')[0])).toEqual(result.curve.map(({ rate, slope: s }) => ({ rate, slope: s })));
  });

  test('has no quartiles for a single sweep', async () => {
    const result = sampleSweep({ seeds: 1 });
    expect(values(layers(views(result)[1], 'area')[0])).toEqual([]);
    expect(await texts(result)).not.toContain('quartiles');
    expect(await texts(sampleSweep())).toContain('quartiles');
  });

  test('draws the median over sweeps of the validation loss, only where it was measured', async () => {
    const result = sampleSweep({ validationEvery: 50, seeds: 2, explosion: null });
    result.sweeps.forEach(({ points }, seed) => {
      for (const point of points) if ('validation' in point) point.validation = 1 + seed / 2;
    });
    const [, panel] = views(result);
    expect(values(layers(panel, 'line')[0]).map((value) => value.loss)).toEqual([1.25, 1.25, 1.25]);
    expect(await texts(result)).toContain('validation loss');
    expect(await texts(sampleSweep())).not.toContain('validation loss');
  });

  test('marks suggestion, steepest descent and divergence at their rates, with a line and a text', async () => {
    const result = sampleSweep();
    const rates = values(layers(views(result)[1], 'rule')[0]).map((value) => value.rate);
    expect(rates).toEqual([result.divergence?.rate, result.steepest?.rate, result.suggestion?.learningRate]);
    const written = await texts(result);
    expect(written).toContain('suggestion 0.0045');
    expect(written).toContain('steepest descent 0.003');
    expect(written).toContain('divergence 0.72');
  });

  test('leaves out the marks that the result lacks', async () => {
    const result = sampleSweep({}, { steepest: null, divergence: null });
    expect(values(layers(views(result)[1], 'rule')[0])).toHaveLength(1);
    expect((await texts(result)).filter((text) => /steepest|diverg/.test(text))).toEqual([]);
  });

  test('shows the interval of the best rate as a bar from its low to its high end', () => {
    const bar = annotations?.layer.find(({ encoding }) => encoding?.x2 !== undefined);
    expect(values(bar)[0]).toMatchObject({ rate: 1.5e-3, end: 1.2e-2 });
  });

  test('shades the usable range in both panels and names it between them', async () => {
    const result = sampleSweep();
    for (const view of [loss, bandName, slope])
      expect(values(layers(view, 'rect')[0])).toEqual([{ rate: result.range?.low, end: result.range?.high }]);
    expect(await texts(sampleSweep())).toContain('usable range 1.5×10⁻⁴ to 0.06');
  });

  test('keeps an axis of losses that shows the descent when the sweep ends in an explosion', () => {
    const result = sampleSweep();
    for (const seed of result.sweeps) (seed.points.at(-1) as { loss: number }).loss = 1e12;
    (result.curve.at(-1) as { smoothed: number }).smoothed = 1e12;
    const [low = 0, high = 0] = layers(views(result)[1], 'line')[0]?.encoding?.y?.scale?.domain ?? [];
    expect(high).toBeGreaterThan(low);
    expect(high - low).toBeLessThan(2 * 1.9);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(2.3);
  });

  test('draws losses beyond the axis at its edge and counts them', async () => {
    const result = sampleSweep({ explosion: null });
    for (const seed of result.sweeps.slice(0, 3)) (seed.points.at(-1) as { loss: number }).loss = 1e6;
    const [, panel] = views(result);
    const triangles = layers(panel, 'point')[1];
    const top = triangles?.encoding?.y?.scale?.domain?.[1];
    expect(values(triangles)).toHaveLength(3);
    for (const value of values(triangles)) expect(value).toMatchObject({ loss: top, shape: 'triangle-up' });
    expect(await texts(result)).toContain('beyond the axis (3)');
  });

  test('has the suggestion as title, and what was trained below it', async () => {
    const written = await texts(sampleSweep());
    expect(written).toContain('Suggested learning rate 0.0045 (0.0015 to 0.012, sure)');
    expect(written).toContain('mnist-mlp · Adam · categoricalCrossentropy · 5 seeds');
  });

  test('has the reason as title where there is no suggestion', async () => {
    expect(await texts(sampleSweep({}, none))).toContain('No suggestion: too noisy');
  });

  test('takes a given title', async () => {
    const written = await texts(sampleSweep(), { title: 'A & B <c>' });
    expect(written).toContain('A & B <c>');
    expect(written.join()).not.toContain('Suggested');
  });

  test('has a message where no loss was finite', async () => {
    expect(await texts(sampleSweep({ nullEvery: 1 }, none))).toContain('no finite loss was measured');
  });

  test('takes NaN for a missing loss', () => {
    const result = sampleSweep();
    (result.sweeps[0]?.points[3] as { loss: number }).loss = Number.NaN;
    expect(JSON.stringify(lossByRate(result))).toBe(JSON.stringify(lossByRate(withNull(result))));
  });

  function withNull(result: SweepResult): SweepResult {
    return JSON.parse(JSON.stringify(result));
  }

  test('has the given size', async () => {
    const { width, height } = boxes(await renderSvg(lossByRate(sampleSweep(), { width: 643, height: 487 })));
    expect([width, height]).toEqual([643, 487]);
  });

  test('has a description for screen readers', () => {
    const { description } = lossByRate(sampleSweep());
    for (const part of ['mnist-mlp', '0.0045', 'falls fastest at 0.003', 'diverges at 0.72', 'The curve is smooth.']) {
      expect(description).toContain(part);
    }
  });
});

describe('a mistake', () => {
  const result = sampleSweep({ steps: 5, seeds: 1 });

  test.each([
    [{ width: 0 }, 'width must be a number of pixels from 360 to 4000; got 0'],
    [{ width: Number.NaN }, 'width must be a number of pixels from 360 to 4000; got NaN'],
    [{ height: -1 }, 'height must be a number of pixels from 300 to 4000; got -1'],
    [{ height: Number.POSITIVE_INFINITY }, 'height must be a number of pixels from 300 to 4000; got Infinity'],
    [{ width: '800' }, 'width must be a number of pixels from 360 to 4000; got "800"'],
    [{ theme: 'drak' }, 'theme must be one of light, dark; got "drak"; did you mean dark?'],
    [{ theme: 'toString' }, 'theme must be one of light, dark; got "toString"'],
    [{ title: 3 }, 'title must be text; got 3'],
    [{ widht: 800 }, 'unknown option widht; did you mean width? Options: width, height, theme, title, x, y, logLoss'],
  ])('in the options %j has a message', (options, message) => {
    expect(() => lossByRate(result, options as ChartOptions)).toThrow(new InputError(message));
  });

  test('a result without steps has a message', () => {
    const empty = { ...result, sweeps: [], curve: [], suggestion: null, steepest: null, divergence: null };
    expect(() => lossByRate(empty)).toThrow(new InputError('sweep must have at least one step to be drawn; got none'));
  });
});

describe('a flat curve', () => {
  const flat = sampleSweep(
    { start: 0.7, fall: 0, explosion: null, noise: 0 },
    { ...none, diagnosis: ['Flat: the loss does not fall beyond its noise at any rate.'], reason: 'the curve is flat' },
  );
  // A scatter of 0.05, which an axis that fits it would stretch over its whole height.
  for (const { points } of flat.sweeps)
    for (const point of points) Object.assign(point, { loss: 0.7 + 0.05 * Math.sin(point.step * 12.9898) });
  for (const [i, point] of flat.curve.entries())
    Object.assign(point, {
      low: 0.67,
      high: 0.73,
      median: 0.7,
      smoothed: 0.7 + 0.005 * Math.sin(i),
      slope: 0.01 * Math.cos(i),
    });

  test('is drawn flat: its noise takes at most a quarter of the axes', () => {
    const [, loss, , slope] = views(flat);
    const [low = 0, high = 0] = layers(loss, 'line')[0]?.encoding?.y?.scale?.domain ?? [];
    expect(low).toBe(0);
    expect(0.1 / (high - low)).toBeLessThan(0.25);
    const [least = 0, most = 0] = layers(slope, 'line')[0]?.encoding?.y?.scale?.domain ?? [];
    expect(0.02 / (most - least)).toBeLessThan(0.25);
  });

  test('has as its title that the loss does not fall', async () => {
    expect(await texts(flat)).toContain('The loss does not fall at any learning rate');
    const guess = { learningRate: 0.62, low: 7.1e-4, high: 3.4, method: 'descent', verdict: 'unsure' } as const;
    expect(await texts({ ...flat, suggestion: guess })).toContain(
      'The loss does not fall at any learning rate; 0.62 is a guess (7.1×10⁻⁴ to 3.4, unsure)',
    );
  });

  test('of losses around 0 or below has losses in a quarter of the axis too', () => {
    const low = structuredClone(flat);
    for (const { points } of low.sweeps) for (const point of points) (point.loss as number) -= 0.7;
    for (const point of low.curve) Object.assign(point, { low: -0.03, high: 0.03, smoothed: 0 });
    const [, loss] = views(low);
    const [from, to] = layers(loss, 'line')[0]?.encoding?.y?.scale?.domain ?? [];
    expect(from).toBeLessThan(-0.15);
    expect(to).toBeGreaterThan(0.15);
  });
});

test('rates that were not tried are shaded where the loss still falls at the last one', async () => {
  const cut = sampleSweep(
    { high: 0.01, explosion: null },
    { divergence: null, diagnosis: ['Still falling at the end: raise the last rate above 0.01.'] },
  );
  const [, loss] = views(cut);
  const shaded = values(layers(loss, 'rect')[1]);
  const end = loss?.encoding?.x?.scale?.domain?.[1] as number;
  expect(shaded).toEqual([{ rate: 0.01, end }]);
  expect(end).toBeGreaterThan(0.015);
  expect(await texts(cut)).toContain('not tried');
  expect((await texts(cut)).some((text) => text.startsWith('still falling at the last rate · '))).toBe(true);
  expect(values(layers(views(sampleSweep())[1], 'rect')[1])).toEqual([]);
});

test('the smoothed loss is dashed where it lies off the losses, and the legend says why', async () => {
  const off = sampleSweep({ noise: 0.01 });
  for (const [i, point] of off.curve.entries()) if (i >= 40 && i < 50) (point.smoothed as number) += 0.5;
  const [strong, weak] = layers(views(off)[1], 'line');
  const shown = (layer: typeof strong) => values(layer).flatMap(({ loss }, i) => (loss === null ? [] : [i]));
  // The ten, and the point on either side, to which the line leads.
  expect(shown(weak)).toEqual(Array.from({ length: 12 }, (_, i) => 39 + i));
  expect(shown(strong)).not.toContain(45);
  expect(weak?.mark).toMatchObject({ strokeDash: [4, 3] });
  const written = 'off the losses, by its cap or smoothing';
  expect(await texts(off)).toContain(written);
  expect(await texts(sampleSweep({ noise: 0.01 }))).not.toContain(written);
});

describe('parts of the axes', () => {
  test('are as they were asked for, and only what is in them is drawn', () => {
    const [annotations, loss] = views(sampleSweep(), { x: [1e-4, 0.1], y: [0, 3] });
    expect(loss?.encoding?.x?.scale?.domain).toEqual([1e-4, 0.1]);
    expect(layers(loss, 'line')[0]?.encoding?.y?.scale?.domain).toEqual([0, 3]);
    const dots = values(layers(loss, 'point')[0]);
    expect(dots.length).toBeGreaterThan(50);
    expect(dots.every(({ rate }) => Number(rate) >= 1e-4 && Number(rate) <= 0.1)).toBe(true);
    // The divergence is at 0.72.
    expect(values(layers(annotations, 'text')[0])).toHaveLength(2);
  });

  test('of losses may be logarithmic', async () => {
    const [, loss] = views(sampleSweep(), { logLoss: true });
    expect(layers(loss, 'line')[0]?.encoding?.y?.scale).toMatchObject({ type: 'log' });
    expect(await texts(sampleSweep(), { logLoss: true })).toContain('loss (log scale)');
  });

  test.each([
    [{ x: [0, 1] }, 'x must be two rising numbers above 0; got [0,1]'],
    [{ x: [1, 0.1] }, 'x must be two rising numbers above 0; got [1,0.1]'],
    [{ y: [1, Number.POSITIVE_INFINITY] }, 'y must be two rising numbers; got [1,null]'],
    [{ y: 3 }, 'y must be two rising numbers; got 3'],
  ])('%j is refused', (options, message) => {
    expect(() => lossByRate(sampleSweep(), options as never)).toThrow(new InputError(message));
  });
});
