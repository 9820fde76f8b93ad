import { expect, test } from 'vitest';
import { type ModeEstimate, modeTuner } from '../../../src/tensorflow/graph/mode-tuner.js';

const half = (time: number) => 0.5 * time;
const EXECUTOR: ModeEstimate = { saving: () => 0, setup: 0 };
const XLA: ModeEstimate = { saving: half, setup: 1000 };

/** The real time of a call in a mode, and how much longer the first call takes. */
interface Cost {
  time: number;
  setup?: number;
}

/** Simulates calls with these costs; the mode of each call. */
function play(calls: number, tuner: ReturnType<typeof modeTuner>, costs: readonly Cost[]): number[] {
  let now = 0;
  const ready = new Set<number>();
  return Array.from({ length: calls }, () => {
    const mode = tuner.next(now);
    const { time, setup = 0 } = costs[mode] as Cost;
    now += time + (ready.has(mode) ? 0 : setup);
    ready.add(mode);
    return mode;
  });
}

const share = (modes: readonly number[], mode: number) => modes.filter((one) => one === mode).length / modes.length;

test('a short run never compiles: there is nothing to earn back', () => {
  const modes = play(500, modeTuner([EXECUTOR, XLA], 500), [{ time: 2 }, { time: 1, setup: 1000 }]);
  expect(new Set(modes)).toEqual(new Set([0]));
});

test('a long run compiles early and stays with it', () => {
  const modes = play(20_000, modeTuner([EXECUTOR, XLA], 20_000), [{ time: 2 }, { time: 1, setup: 1000 }]);
  expect(modes.indexOf(1)).toBeLessThan(30);
  expect(modes.at(-1)).toBe(1);
  expect(share(modes, 1)).toBeGreaterThan(0.99);
});

test('a mode that turns out slower is given up after some calls', () => {
  const modes = play(20_000, modeTuner([EXECUTOR, XLA], 20_000), [{ time: 2 }, { time: 3, setup: 1000 }]);
  expect(modes).toContain(1);
  expect(modes.at(-1)).toBe(0);
  expect(share(modes, 1)).toBeLessThan(0.001);
});

test('where the number of calls is unknown, a setup waits until it would have paid', () => {
  const costly = { saving: half, setup: 10_000 };
  const modes = play(20_000, modeTuner([EXECUTOR, costly], undefined), [{ time: 2 }, { time: 1, setup: 10_000 }]);
  expect(modes.indexOf(1)).toBe(10_020);
  expect(modes.at(-1)).toBe(1);
});

test('slow first calls do not make another mode look better', () => {
  const tuner = modeTuner([EXECUTOR, { saving: half, setup: 5000 }], 20_000);
  play(8, tuner, [{ time: 10 }, { time: 1 }]);
  expect(play(1000, tuner, [{ time: 0.1 }, { time: 0.05 }])).not.toContain(1);
});

test('a mode is measured until its first, slower calls no longer count', () => {
  const tuner = modeTuner([EXECUTOR, { saving: half, setup: 10 }], 100_000);
  let now = 0;
  let second = 0;
  const modes = Array.from({ length: 1000 }, () => {
    const mode = tuner.next(now);
    second += mode;
    now += mode === 0 ? 0.2 : second < 20 ? 0.4 : 0.1;
    return mode;
  });
  expect(modes.at(-1)).toBe(1);
});

test('a single mode is always used', () => {
  expect(new Set(play(100, modeTuner([EXECUTOR], 100), [{ time: 20 }]))).toEqual(new Set([0]));
});

test('of three modes each is tried that could pay, and the fastest is kept', () => {
  const modes = [EXECUTOR, { saving: (time: number) => 0.3 * time, setup: 20 }, XLA];
  const slowThreads = [{ time: 1 }, { time: 2, setup: 20 }, { time: 0.4, setup: 1000 }];
  expect(new Set(play(150, modeTuner(modes, 150), slowThreads))).toEqual(new Set([0]));
  expect(new Set(play(500, modeTuner(modes, 500), slowThreads))).toEqual(new Set([0, 1]));
  expect(play(500, modeTuner(modes, 500), slowThreads).at(-1)).toBe(0);
  expect(play(10_000, modeTuner(modes, 10_000), slowThreads).at(-1)).toBe(2);
  const fastThreads = [{ time: 20 }, { time: 11, setup: 20 }, { time: 60, setup: 1000 }];
  expect(play(150, modeTuner(modes, 150), fastThreads).at(-1)).toBe(1);
  expect(play(10_000, modeTuner(modes, 10_000), fastThreads).at(-1)).toBe(1);
});

test('the measured setup is reported', () => {
  const reported: [number, number][] = [];
  const tuner = modeTuner([EXECUTOR, XLA], 20_000, (mode, setup) => reported.push([mode, setup]));
  play(20_000, tuner, [{ time: 2 }, { time: 1, setup: 700 }]);
  expect(reported).toEqual([[1, 700]]);
});
