import { expect, test } from 'vitest';
import {
  applyUpdate,
  type LiveLine,
  type LiveState,
  type LiveUpdate,
  MOST_POINTS,
  mergeUpdates,
} from '../../src/live/live-state.js';

const line = (name: string, more: Partial<LiveLine> = {}): LiveLine => ({ name, style: 'loss', points: [], ...more });
const panel = (id: string, ...lines: LiveLine[]) => ({
  id,
  title: id,
  x: { title: 'x', log: false },
  y: { title: 'y' },
  lines,
});
const stateOf = (...panels: ReturnType<typeof panel>[]): LiveState => ({
  title: '',
  subtitle: '',
  status: { text: '' },
  panels,
  outcome: 'running',
});
const onlyLine = (state: LiveState) => state.panels[0]?.lines[0] as LiveLine;

test('a line of any length has a bounded number of points, each the mean of as many', () => {
  const state = stateOf(panel('p', line('a')));
  const count = 100_000;
  for (let i = 0; i < count; i++) applyUpdate(state, { points: { p: { a: [[i, 2 * i]] } } });
  const { points, every = 1, rest = [] } = onlyLine(state);
  expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
  expect(points.length).toBeGreaterThan(MOST_POINTS / 2 - 1);
  // A power of two, so that every point was halved as often.
  expect(Math.log2(every) % 1).toBe(0);
  expect(points.length * every + rest.length).toBe(count);
  // The mean of k numbers in a row from i·k is i·k + (k − 1) / 2.
  points.forEach(([x, y], i) => {
    expect(x).toBeCloseTo(i * every + (every - 1) / 2, 6);
    expect(y).toBeCloseTo(2 * x, 6);
  });
});

test('of loose points the latest stay, as they are', () => {
  const state = stateOf(panel('p', line('a', { dots: true })));
  for (let i = 0; i < 3000; i++) applyUpdate(state, { points: { p: { a: [[i, i]] } } });
  const { points } = onlyLine(state);
  expect(points.length).toBe(MOST_POINTS);
  expect(points.at(-1)).toEqual([2999, 2999]);
});

test('updates that are merged have the effect of one after the other', () => {
  const updates: LiveUpdate[] = [
    { panels: [panel('p')] },
    { lines: { p: [line('a')] }, status: { text: 'one' } },
    { points: { p: { a: [[0, 1]] } } },
    { points: { p: { a: [[1, 2]] }, none: { b: [[0, 0]] } } },
    // The panel begins anew: what it had goes.
    { panels: [panel('p')] },
    { lines: { p: [line('b')] } },
    { points: { p: { b: [[5, 6]] } }, status: { text: 'two' } },
    { panels: [panel('q', line('c'))], points: { q: { c: [[7, 8]] } } },
    { outcome: 'ended' },
  ];
  for (let cut = 0; cut <= updates.length; cut++) {
    const [single, merged] = [stateOf(), stateOf()];
    for (const update of updates) applyUpdate(single, structuredClone(update));
    for (const part of [updates.slice(0, cut), updates.slice(cut)]) {
      const together: LiveUpdate = {};
      for (const update of part) mergeUpdates(together, structuredClone(update));
      applyUpdate(merged, together);
    }
    expect(merged).toEqual(single);
  }
});

test('points for a panel or a line that is not there are left out', () => {
  const state = stateOf(panel('p', line('a')));
  applyUpdate(state, { points: { p: { nosuch: [[0, 0]] }, nosuch: { a: [[0, 0]] } }, lines: { nosuch: [line('x')] } });
  expect(state).toEqual(stateOf(panel('p', line('a'))));
});
