import { afterEach, expect, test, vi } from 'vitest';
import { chartColumns, sweepChart } from '../../../src/shared/terminal/chart.js';
import { storedSweep } from '../../stored-sweep.js';

/** A stdout that is a terminal of so many columns, or none. */
function terminal(columns: number | undefined): void {
  vi.spyOn(process, 'stdout', 'get').mockReturnValue({ isTTY: columns !== undefined, columns } as never);
}

afterEach(() => vi.restoreAllMocks());

test.each([
  [20, 24],
  [40, 24],
  [80, 64],
  [100, 84],
  [200, 160],
  [400, 160],
  [undefined, 64],
])('in %s columns a curve takes %i', (columns, expected) => {
  terminal(columns);
  expect(chartColumns()).toBe(expected);
});

test.each([40, 80, 140, 200])('the lines of a chart fit into %i columns', (columns) => {
  terminal(columns);
  const lines = sweepChart(storedSweep({ low: 0.001, high: 0.1 }, 0.01)).split('\n');
  for (const line of lines) expect(line.trimEnd().length).toBeLessThanOrEqual(columns);
});
