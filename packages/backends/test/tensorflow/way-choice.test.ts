import { expect, test } from 'vitest';
import { type Expectation, wayChoice } from '../../src/tensorflow/graph/mode-tuner.js';

const EXECUTOR: Expectation = { ratio: 1, setup: 0 };
const XLA: Expectation = { ratio: 0.5, setup: 1000 };

/** What a way really takes, and its first call besides. */
interface Cost {
  time: number;
  setup?: number;
}

/** Plays calls that cost so much each way; the ways that were taken. */
function play(calls: number, choice: ReturnType<typeof wayChoice>, costs: readonly Cost[]): number[] {
  let now = 0;
  const ready = new Set<number>();
  return Array.from({ length: calls }, () => {
    const way = choice.next(now);
    const { time, setup = 0 } = costs[way] as Cost;
    now += time + (ready.has(way) ? 0 : setup);
    ready.add(way);
    return way;
  });
}

const share = (ways: readonly number[], way: number) => ways.filter((one) => one === way).length / ways.length;

test('a short run never compiles: there is nothing to earn back', () => {
  const ways = play(500, wayChoice([EXECUTOR, XLA], 500), [{ time: 2 }, { time: 1, setup: 1000 }]);
  expect(new Set(ways)).toEqual(new Set([0]));
});

test('a long run compiles early and stays with it', () => {
  const ways = play(20_000, wayChoice([EXECUTOR, XLA], 20_000), [{ time: 2 }, { time: 1, setup: 1000 }]);
  expect(ways.indexOf(1)).toBeLessThan(30);
  expect(ways.at(-1)).toBe(1);
  expect(share(ways, 1)).toBeGreaterThan(0.99);
});

test('what turns out slower is given up after some calls', () => {
  const ways = play(20_000, wayChoice([EXECUTOR, XLA], 20_000), [{ time: 2 }, { time: 3, setup: 1000 }]);
  expect(ways).toContain(1);
  expect(ways.at(-1)).toBe(0);
  expect(share(ways, 1)).toBeLessThan(0.001);
});

test('where the number of calls is unknown, a set-up waits until as much was spent without', () => {
  const costly = { ratio: 0.5, setup: 10_000 };
  const ways = play(20_000, wayChoice([EXECUTOR, costly], undefined), [{ time: 2 }, { time: 1, setup: 10_000 }]);
  expect(ways.indexOf(1)).toBe(5010);
  expect(ways.at(-1)).toBe(1);
});

test('slow first calls, which say nothing of the later ones, do not make another way look better', () => {
  const choice = wayChoice([EXECUTOR, { ratio: 0.5, setup: 5000 }], 20_000);
  play(8, choice, [{ time: 10 }, { time: 1 }]);
  expect(play(1000, choice, [{ time: 0.1 }, { time: 0.05 }])).not.toContain(1);
});

test('a way is measured until its first, slower calls no longer count', () => {
  const choice = wayChoice([EXECUTOR, { ratio: 0.5, setup: 10 }], 100_000);
  let now = 0;
  let second = 0;
  const ways = Array.from({ length: 1000 }, () => {
    const way = choice.next(now);
    second += way;
    now += way === 0 ? 0.2 : second < 20 ? 0.4 : 0.1;
    return way;
  });
  expect(ways.at(-1)).toBe(1);
});

test('one way alone is taken always', () => {
  expect(new Set(play(100, wayChoice([EXECUTOR], 100), [{ time: 20 }]))).toEqual(new Set([0]));
});

test('of three ways each is tried that could pay, and the fastest is kept', () => {
  const ways = [EXECUTOR, { ratio: 0.7, setup: 20 }, XLA];
  const slowThreads = [{ time: 1 }, { time: 2, setup: 20 }, { time: 0.4, setup: 1000 }];
  expect(new Set(play(150, wayChoice(ways, 150), slowThreads))).toEqual(new Set([0]));
  expect(new Set(play(500, wayChoice(ways, 500), slowThreads))).toEqual(new Set([0, 1]));
  expect(play(500, wayChoice(ways, 500), slowThreads).at(-1)).toBe(0);
  expect(play(10_000, wayChoice(ways, 10_000), slowThreads).at(-1)).toBe(2);
  const fastThreads = [{ time: 20 }, { time: 11, setup: 20 }, { time: 60, setup: 1000 }];
  expect(play(150, wayChoice(ways, 150), fastThreads).at(-1)).toBe(1);
  expect(play(10_000, wayChoice(ways, 10_000), fastThreads).at(-1)).toBe(1);
});

test('what a set-up took is told', () => {
  const told: [number, number][] = [];
  const choice = wayChoice([EXECUTOR, XLA], 20_000, (way, setup) => told.push([way, setup]));
  play(20_000, choice, [{ time: 2 }, { time: 1, setup: 700 }]);
  expect(told).toEqual([[1, 700]]);
});
