import type { SweepResult } from '@lrfind/core/results';
import { expect, test } from 'vitest';
import { type ChartOptions, lossByRate, renderSvg } from '../../src/index.js';
import { themes } from '../../src/theme.js';
import { random, sampleSweep } from '../sample-sweep.js';
import { textFaults } from '../svg-boxes.js';

/** Every fault in the positions of the texts of a chart. */
function faultsOf(svg: string, { theme = 'light' }: ChartOptions): string[] {
  const { suggestion, steepest, divergence } = themes[theme];
  return textFaults(svg, [suggestion, steepest, divergence]);
}

async function faults(result: SweepResult, options: ChartOptions): Promise<string[]> {
  return faultsOf(await renderSvg(lossByRate(result, options)), options);
}

const between = (draw: () => number, low: number, high: number) => low * (high / low) ** draw();

/** Any result and options: marks anywhere, near each other, at the edges, missing; any size. */
function anything(draw: () => number): [SweepResult, ChartOptions] {
  const low = between(draw, 1e-9, 1e-3);
  const high = low * between(draw, 3, 1e10);
  const result = sampleSweep({
    seeds: draw() < 0.3 ? 1 : 3,
    steps: 3 + Math.floor(20 * draw()),
    low,
    high,
    start: (draw() - 0.3) * between(draw, 1e-6, 1e8),
    fall: between(draw, 1e-6, 1e8),
    middle: between(draw, low, high),
    explosion: draw() < 0.3 ? null : between(draw, low, high),
    validationEvery: draw() < 0.4 ? 2 : 0,
  });
  const centre = between(draw, low, high);
  // Half of the time all marks are within a tenth of a decade; a part of those at the very edge.
  const near = draw() < 0.5;
  const somewhere = () => {
    const rate = near ? centre * between(draw, 10 ** -0.05, 10 ** 0.05) : between(draw, low, high);
    return Math.min(Math.max(rate, low), high);
  };
  const same = somewhere();
  const learningRate = draw() < 0.3 ? same : somewhere();
  const edge = draw();
  const rate = edge < 0.1 ? low : edge < 0.2 ? high : learningRate;
  const location = (at: number) => ({ rate: at, loss: 1 });
  const words = 'the loss never fell beyond its noise, so that a rate would be a guess; raise the end of the range';
  result.suggestion =
    draw() < 0.2 ? null : { learningRate: rate, low: rate / 2, high: rate * 3, method: 'valley', verdict: 'unsure' };
  result.reason = result.suggestion === null ? words.slice(0, Math.floor(words.length * draw())) : null;
  result.steepest = draw() < 0.2 ? null : location(same);
  result.divergence = draw() < 0.2 ? null : location(draw() < 0.1 ? high : somewhere());
  const ends = [somewhere(), somewhere()].sort((a, b) => a - b) as [number, number];
  result.range = draw() < 0.2 ? null : { low: ends[0], high: ends[1] };
  // Flat, or cut off at either end; parts of the axes.
  const shape = draw();
  if (shape < 0.2) result.diagnosis = ['Flat: the loss does not fall beyond its noise at any rate.'];
  else if (shape < 0.4) result.diagnosis = [`Still falling at the end: raise the last rate above ${high}.`];
  else if (shape < 0.6) result.diagnosis = [`Falling from the start: lower the first rate below ${low}.`];
  result.setup.model = draw() < 0.2 ? 'a-model-with-a-name-that-nobody-would-type-twice-'.repeat(4) : 'mlp';
  const options: ChartOptions = {
    width: Math.round(draw() < 0.3 ? 360 : between(draw, 360, 1600)),
    height: Math.round(draw() < 0.3 ? 300 : between(draw, 300, 1000)),
    theme: draw() < 0.5 ? 'light' : 'dark',
    ...(draw() < 0.2 && { x: [low * (high / low) ** 0.3, low * (high / low) ** 0.8] as const }),
    ...(draw() < 0.2 && { y: [-10, 10 ** (8 * draw())] as const }),
    logLoss: draw() < 0.2 && !result.sweeps.some(({ points }) => points.some(({ loss }) => loss !== null && loss <= 0)),
  };
  if (options.logLoss) options.y = undefined;
  return [result, options];
}

test('no text is cut, overlaps another or is crossed by the line of a mark, whatever the result and the size', async () => {
  const draw = random(5);
  for (let trial = 0; trial < 80; trial++) {
    const [result, options] = anything(draw);
    const { suggestion, steepest, divergence, range } = result;
    expect(
      await faults(result, options),
      JSON.stringify({ trial, options, suggestion, steepest, divergence, range }),
    ).toEqual([]);
  }
});

test.each([
  ['at the left edge', 1e-6],
  ['in the middle', 3e-3],
  ['at the right edge', 10],
])('all marks at one rate %s have texts of their own', async (_, rate) => {
  for (const width of [360, 400, 800, 1400]) {
    const location = { rate, loss: 1 };
    const suggestion = { learningRate: rate, low: rate, high: rate, method: 'valley', verdict: 'fair' } as const;
    const result = sampleSweep(
      { explosion: null, steps: 20 },
      { steepest: location, divergence: location, suggestion, range: { low: rate, high: rate } },
    );
    expect(await faults(result, { width, height: 300 })).toEqual([]);
  }
});

test('the check itself finds an overlap, a crossing line and a cut text', async () => {
  const spec = lossByRate(sampleSweep({ steps: 10 })) as unknown as { vconcat: { layer: { mark: object }[] }[] };
  Object.assign(spec.vconcat[0]?.layer.at(-1)?.mark ?? {}, { dx: 5 });
  expect(faultsOf(await renderSvg(spec as never), {})).toEqual([
    '"divergence 0.72" is cut',
    '"steepest descent 0.003" overlaps "suggestion 0.0045"',
    'a line crosses "steepest descent 0.003"',
  ]);
});
