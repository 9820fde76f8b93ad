import { createRequire } from 'node:module';
import { InputError } from '@lrfind/core';
import type { Schedule } from '@lrfind/core/schedules';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type NamedSchedule, type RateByStepOptions, rateByStep, renderSvg } from '../../src/index.js';
import { themes } from '../../src/theme.js';
import { random } from '../sample-sweep.js';
import { boxes, textFaults } from '../svg-boxes.js';

const require = createRequire(import.meta.url);
const validSpec = new Ajv({ strict: false, validateFormats: false }).compile(
  require('vega-lite/vega-lite-schema.json'),
);

const line =
  (from: number, to: number, steps: number): Schedule =>
  (step) =>
    from + (to - from) * Math.min(1, step / steps);
const stairs = (step: number) => (step <= 30 ? 0.1 : step <= 60 ? 0.01 : 0.05);
const wave = Object.assign((step: number) => 0.05 * (1 + Math.cos(step / 20)), {
  momentum: (step: number) => 0.9 - 0.05 * Math.cos(step / 20),
});
const named = (...schedules: Schedule[]): NamedSchedule[] =>
  schedules.map((schedule, i) => ({ name: `schedule ${i + 1}`, schedule }));

interface AnyLayer {
  data: { values: { step: number; value: number }[] };
  mark: { type: string; color: string; strokeDash: number[]; clip: boolean };
  encoding: { y: { scale: { type?: string; domain: [number, number] }; axis: { title: string; values: number[] } } };
}
interface AnyView {
  width: number;
  height: number;
  encoding?: { x: { scale: { domain: number[] }; axis: { title: string | null } } };
  layer: AnyLayer[];
}

const views = (schedules: readonly NamedSchedule[], options?: RateByStepOptions) =>
  (rateByStep(schedules, options) as unknown as { vconcat: AnyView[] }).vconcat;
const points = (layer: AnyLayer | undefined) => layer?.data.values.map(({ step, value }) => [step, value]);

const twelve = Array.from({ length: 12 }, (_, i) => line(0.1 / (i + 1), 0.01 * i, 50 + i));
const cases: [string, NamedSchedule[], RateByStepOptions][] = [
  ['one schedule', named(line(0.1, 0, 900)), {}],
  ['stairs in the dark', named(stairs), { steps: 100, theme: 'dark' }],
  ['a momentum', named(wave, stairs), { steps: 200 }],
  ['a logarithmic axis', named(wave, line(0, 0.1, 10)), { steps: 200, log: true }],
  ['twelve', named(...twelve), { steps: 100 }],
  ['a small chart', named(...twelve), { steps: 100, width: 360, height: 300 }],
  ['two steps', named(line(0.1, 0, 1)), { steps: 2 }],
  ['nothing but 0', named(() => 0), {}],
  ['a constant', named(() => 3e-5), { log: true }],
  ['huge rates', named(line(1e30, 0, 10)), {}],
  ['a hundred thousand steps', named(wave), { steps: 1e5 }],
];

describe.each(cases)('for %s', (_, schedules, options) => {
  test('the chart is a valid Vega-Lite specification, also after a round trip through JSON', () => {
    const spec = rateByStep(schedules, options);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(validSpec(spec), JSON.stringify(validSpec.errors?.slice(0, 3))).toBe(true);
  });

  test('Vega-Lite has no warning, no coordinate is lost, no text is cut or overlaps another', async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(rateByStep(schedules, options), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(textFaults(svg)).toEqual([]);
    const { width, height } = boxes(svg);
    expect([width, height]).toEqual([options.width ?? 800, options.height ?? 520]);
  });
});

describe('the chart', () => {
  test('has the corners of stairs exactly, vertical, and nothing between them', () => {
    const [panel] = views(named(stairs), { steps: 100 });
    expect(points(panel?.layer[0])).toEqual([
      [0, 0.1],
      [30, 0.1],
      [30, 0.01],
      [60, 0.01],
      [60, 0.05],
      [99, 0.05],
    ]);
  });

  test('draws a straight line by its two ends, and a corner where it is', () => {
    const [panel] = views(named(line(0.02, 0.1, 40)), { steps: 101 });
    expect(points(panel?.layer[0])).toEqual([
      [0, 0.02],
      [40, 0.1],
      [100, 0.1],
    ]);
  });

  test('stays within a tenth of a pixel of a curve', () => {
    const [panel] = views(named(wave), { steps: 200 });
    const { height = 0, layer = [] } = panel ?? {};
    const kept = layer[0]?.data.values ?? [];
    const [low, high] = layer[0]?.encoding.y.scale.domain ?? [0, 0];
    const pixels = (value: number) => (height * value) / (high - low);
    for (let step = 0; step < 200; step++) {
      const next = Math.max(
        1,
        kept.findIndex((point) => point.step >= step),
      );
      const [left, right] = [kept[next - 1], kept[next]] as AnyLayer['data']['values'];
      if (!left || !right) throw new Error('a step beyond the line');
      const there = left.value + ((right.value - left.value) * (step - left.step)) / (right.step - left.step);
      expect(pixels(Math.abs(wave(step) - there))).toBeLessThan(0.2);
    }
  });

  test('reaches from step 0 to the last and from a rate of 0 to a little above the highest', () => {
    const [panel] = views(named(line(0.1, 0.05, 10), line(0.2, 0, 10)), { steps: 50 });
    expect(panel?.encoding?.x.scale.domain).toEqual([0, 49]);
    const { domain } = panel?.layer[0]?.encoding.y.scale ?? { domain: [] };
    expect(domain[0]).toBe(0);
    expect(domain[1]).toBeGreaterThan(0.2);
    expect(domain[1]).toBeLessThan(0.22);
  });

  test('names its axes, the steps below the lower panel alone', () => {
    const [rates, momenta] = views(named(wave), { steps: 200 });
    expect(rates?.layer[0]?.encoding.y.axis.title).toBe('learning rate');
    expect(momenta?.layer[0]?.encoding.y.axis.title).toBe('momentum');
    expect([rates, momenta].map((view) => view?.encoding?.x.axis.title)).toEqual([null, 'step']);
    expect(views(named(stairs))[0]?.encoding?.x.axis.title).toBe('step');
  });

  test('has momentum in a panel of its own, in the colour of its schedule', () => {
    const all = views(named(stairs, wave), { steps: 200 });
    expect(all).toHaveLength(3);
    const [rates, momenta] = all;
    expect(momenta?.layer).toHaveLength(1);
    expect(momenta?.layer[0]?.mark.color).toBe(rates?.layer[1]?.mark.color);
    expect(momenta?.layer[0]?.data.values[0]?.value).toBeCloseTo(0.85, 12);
    expect(momenta?.encoding?.x.scale).toEqual(rates?.encoding?.x.scale);
    expect(views(named(stairs))).toHaveLength(2);
  });

  test('leaves the momentum out where the chart is too low for it', () => {
    // A panel and the legend.
    expect(views(named(wave, ...twelve.slice(1)), { height: 300, width: 360 })).toHaveLength(2);
    expect(views(named(wave, ...twelve.slice(1)), { height: 520, width: 360 })).toHaveLength(3);
  });

  test('tells twelve lines apart by colour and dashes', () => {
    const [panel] = views(named(...twelve), { steps: 100 });
    const styles = panel?.layer.map(({ mark }) => `${mark.color} ${mark.strokeDash}`);
    expect(new Set(styles).size).toBe(12);
    expect(panel?.layer.slice(0, 5).map(({ mark }) => mark.color)).toEqual(themes.light.series);
  });

  test('has a legend of all names where there are several; a single one is the title', async () => {
    const written = async (count: number) =>
      boxes(await renderSvg(rateByStep(named(...twelve.slice(0, count)), { steps: 100 }))).texts.map(
        ({ text }) => text,
      );
    const three = await written(3);
    expect(three).toEqual(expect.arrayContaining(['schedule 1', 'schedule 2', 'schedule 3', 'steps 0 to 99']));
    const one = await written(1);
    expect(one.filter((text) => text === 'schedule 1')).toHaveLength(1);
    // From 0.1 to 0 in 50 steps.
    expect(one).toContain('0.1 at first, 0 at last');
  });

  test('shortens long names so that twelve leave room for the lines', async () => {
    const long = named(...twelve).map(({ schedule, name }) => ({
      schedule,
      name: `${name} ${'of many parameters '.repeat(9)}`,
    }));
    for (const size of [{}, { width: 360, height: 300 }]) {
      const [panel] = views(long, { steps: 100, ...size });
      expect(panel?.height).toBeGreaterThan(60);
      const svg = await renderSvg(rateByStep(long, { steps: 100, ...size }));
      expect(textFaults(svg)).toEqual([]);
      expect(boxes(svg).texts.filter(({ text }) => text.endsWith('…'))).toHaveLength(12);
    }
  });

  test('has a description for screen readers', () => {
    const { description } = rateByStep(
      named(stairs, () => 0.02),
      { steps: 2000 },
    );
    expect(description).toBe(
      'Learning rate over the steps 0 to 1,999. schedule 1: 0.1 at first, 0.05 at last. schedule 2: 0.02 throughout.',
    );
    const peak = (step: number) => 0.3 - Math.abs(step - 100) / 1000;
    expect(rateByStep(named(peak), { steps: 200 }).description).toContain(
      '0.2 at first, 0.3 at step 100, 0.201 at last.',
    );
  });

  test('takes a given title', async () => {
    expect(await renderSvg(rateByStep(named(stairs), { title: 'A & B' }))).toContain('A &amp; B');
  });
});

describe('a logarithmic axis', () => {
  const scale = (...schedules: Schedule[]) => views(named(...schedules), { steps: 101, log: true })[0]?.layer[0];

  test('reaches from below the lowest rate above 0 to above the highest', () => {
    const layer = scale(line(0.1, 1e-3, 100));
    const [low = 0, high = 0] = layer?.encoding.y.scale.domain ?? [];
    expect(layer?.encoding.y.scale.type).toBe('log');
    expect(low).toBeLessThan(1e-3);
    expect(low).toBeGreaterThan(5e-4);
    expect(high).toBeGreaterThan(0.1);
    expect(high).toBeLessThan(0.2);
    expect(layer?.encoding.y.axis.values).toEqual(expect.arrayContaining([0.001, 0.01, 0.1]));
    expect(layer?.encoding.y.axis.title).toBe('learning rate (log scale)');
  });

  test('stops at a millionth of the highest; what is below leaves the panel at the bottom', () => {
    const layer = scale((step) => 10 ** (-step / 4));
    const [low = 0] = layer?.encoding.y.scale.domain ?? [];
    // The margin is 0.04 of six powers of ten.
    expect(Math.log10(low)).toBeCloseTo(-6.24, 9);
    expect(layer?.mark.clip).toBe(true);
    const last = layer?.data.values.at(-1)?.value ?? 0;
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(low / 100);
  });

  test('has a position for a rate of 0, below', () => {
    const layer = scale(line(0, 0.1, 50));
    const [low = 0] = layer?.encoding.y.scale.domain ?? [];
    expect(layer?.data.values[0]?.step).toBe(0);
    expect(layer?.data.values[0]?.value).toBeGreaterThan(0);
    expect(layer?.data.values[0]?.value).toBeLessThan(low);
  });

  test('is refused where no rate is above 0', () => {
    expect(() => scale(() => 0)).toThrow(new InputError('log must be false where all rates are 0; got true'));
  });
});

test('no text is cut or overlaps another, whatever the schedules and the size', async () => {
  const draw = random(11);
  const between = (low: number, high: number) => low * (high / low) ** draw();
  for (let trial = 0; trial < 40; trial++) {
    const schedules = Array.from({ length: 1 + Math.floor(12 * draw()) }, (_, i) => {
      const [from, to, bend] = [between(1e-9, 10), between(1e-9, 10), between(1, 1e4)];
      const momentum = (step: number) => 0.8 + 0.1 / (1 + step / bend);
      const name = `${i}: ${'cosine(0.1, steps=1000) '.repeat(1 + Math.floor(6 * draw() ** 2))}`;
      return { name, schedule: Object.assign(line(from, to, bend), draw() < 0.3 && { momentum }) };
    });
    const options: RateByStepOptions = {
      steps: Math.round(between(2, 20_000)),
      log: draw() < 0.5,
      width: Math.round(draw() < 0.3 ? 360 : between(360, 1600)),
      height: Math.round(draw() < 0.3 ? 300 : between(300, 1000)),
      theme: draw() < 0.5 ? 'light' : 'dark',
    };
    const svg = await renderSvg(rateByStep(schedules, options));
    expect(textFaults(svg), JSON.stringify({ trial, options, count: schedules.length })).toEqual([]);
  }
});

describe('a mistake', () => {
  test.each<[string, () => unknown, string]>([
    ['no schedule', () => rateByStep([]), 'schedules must be a list of 1 to 12; got 0'],
    ['thirteen', () => rateByStep(named(...twelve, stairs)), 'schedules must be a list of 1 to 12; got 13'],
    ['no list', () => rateByStep('x' as never), 'schedules must be a list of 1 to 12; got "x"'],
    ['no name', () => rateByStep([{ schedule: stairs } as never]), 'schedules[0].name must be text; got undefined'],
    [
      'no function',
      () => rateByStep([{ name: 'x', schedule: 0.1 as never }]),
      'schedules[0].schedule must be a function from step to rate; got 0.1',
    ],
    [
      'one step',
      () => rateByStep(named(stairs), { steps: 1 }),
      'steps must be a whole number from 2 to 1000000; got 1',
    ],
    [
      'half a step',
      () => rateByStep(named(stairs), { steps: 9.5 }),
      'steps must be a whole number from 2 to 1000000; got 9.5',
    ],
    ['no switch', () => rateByStep(named(stairs), { log: 'yes' as never }), 'log must be true or false; got "yes"'],
    [
      'an unknown option',
      () => rateByStep(named(stairs), { step: 9 } as never),
      'unknown option step; did you mean steps? Options: width, height, theme, title, steps, log',
    ],
  ])('%s has a message', (_, draw, message) => {
    expect(draw).toThrow(new InputError(message));
  });
});
