import { expect, test } from 'vitest';
import { xlaChoice } from '../../src/tensorflow/graph/xla-choice.js';

/** Plays calls that take so many milliseconds each way, and the first by XLA so many more; the ways that were taken. */
function play(calls: number, choice: ReturnType<typeof xlaChoice>, executor: number, xla: number, compilation: number) {
  let now = 0;
  let compiled = false;
  return Array.from({ length: calls }, () => {
    const way = choice.next(now);
    now += way === 'xla' ? xla + (compiled ? 0 : compilation) : executor;
    compiled ||= way === 'xla';
    return way;
  });
}

const share = (ways: string[]) => ways.filter((way) => way === 'xla').length / ways.length;

test('a short run never compiles: there is nothing to earn back', () => {
  expect(share(play(500, xlaChoice(500, 100, true), 2, 1, 1000))).toBe(0);
});

test('a long run compiles early and stays with it', () => {
  const ways = play(20_000, xlaChoice(20_000, 100, true), 2, 1, 1000);
  expect(ways.indexOf('xla')).toBeLessThan(30);
  expect(ways.at(-1)).toBe('xla');
  expect(share(ways)).toBeGreaterThan(0.99);
});

test('what turns out slower is given up after some calls', () => {
  const ways = play(20_000, xlaChoice(20_000, 100, true), 2, 3, 1000);
  expect(ways).toContain('xla');
  expect(ways.at(-1)).toBe('executor');
  expect(share(ways)).toBeLessThan(0.001);
});

test('where the number of calls is unknown, compiling waits until as much was spent without', () => {
  const ways = play(20_000, xlaChoice(undefined, 1000, true), 2, 1, 10_000);
  const first = ways.indexOf('xla');
  expect(first).toBeGreaterThan(100);
  expect(ways.at(-1)).toBe('xla');
});

test('slow first calls, which say nothing of the later ones, do not make XLA look better', () => {
  const choice = xlaChoice(20_000, 100, true);
  play(8, choice, 10, 1, 0);
  expect(play(1000, choice, 0.1, 0.05, 5000)).not.toContain('xla');
});

test('where XLA is not possible it is never tried', () => {
  expect(share(play(20_000, xlaChoice(20_000, 10, false), 20, 1, 0))).toBe(0);
});
