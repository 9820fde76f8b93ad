import { describe, expect, test } from 'vitest';
import { layOutTrialLegend, type TrialLegendEntry } from '../../src/layout/trial-legend.js';
import { textWidth } from '../../src/text/width.js';

const entry = (text: string, suffix = '', shortSuffix = ''): TrialLegendEntry => ({
  text,
  suffix,
  shortSuffix,
  shape: 'circle',
  color: 'red',
  area: 9,
});
const trials = (count: number, name: (i: number) => string) => Array.from({ length: count }, (_, i) => entry(name(i)));
const linesOf = (layout: ReturnType<typeof layOutTrialLegend>) =>
  layout.placed.map(({ entry: { text }, line }) => [text, line]);

describe('the legend of trials', () => {
  test('goes down its columns in the order of the trials, with what holds for all below', () => {
    const layout = layOutTrialLegend(
      trials(5, (i) => `trial ${i}`),
      [entry('others')],
      // Two columns: each has 24 for the symbol and 16 after the text, the last one less.
      2 * (40 + textWidth('trial 0', 10)),
      200,
      10,
    );
    expect(linesOf(layout)).toEqual([
      ['trial 0', 0],
      ['trial 1', 1],
      ['trial 2', 2],
      ['trial 3', 0],
      ['trial 4', 1],
      ['others', 3],
    ]);
    expect(layout.height).toBe(4 * 16);
    expect(new Set(layout.placed.slice(0, 3).map(({ x }) => x)).size).toBe(1);
  });

  test.each([
    [300, /^a very long.*… – diverged at step 37$/],
    [200, /^a very long.*… – step 37$/],
  ])('cuts names, not outcomes, in %d pixels', (width, expected) => {
    const long = [entry('a very long name '.repeat(9), ' – diverged at step 37', ' – step 37'), entry('b')];
    const [first] = layOutTrialLegend(long, [], width, 100, 10).placed;
    expect(first?.entry.text).toMatch(expected);
    expect(24 + textWidth(first?.entry.text ?? '', 10)).toBeLessThanOrEqual(width);
  });

  test('shortens outcomes before it cuts a name', () => {
    const [first] = layOutTrialLegend(
      [entry('name', ' – a long story', ' – story')],
      [],
      24 + textWidth('name – story', 10),
      100,
      10,
    ).placed;
    expect(first?.entry.text).toBe('name – story');
  });

  test('keeps twelve long entries apart in a narrow figure', () => {
    const all = Array.from({ length: 12 }, (_, i) =>
      entry(`${i}. adam, cosine(0.001)`, ' – lost', ' – step 10,000,000'),
    );
    const { placed } = layOutTrialLegend(all, [], 332, 48, 10);
    for (const { entry: each, x, line } of placed) {
      const next = placed.find((other) => other.line === line && other.x > x)?.x ?? 332 + 16;
      expect(x + 24 + textWidth(each.text, 10) + 16).toBeLessThanOrEqual(next + 1e-9);
    }
  });

  test.each([1, 2, 5, 12])('keeps %i trials within width and height, in lines that do not overlap', (count) => {
    for (const [width, height] of [
      [332, 90],
      [772, 156],
      [3972, 1200],
    ] as const) {
      const { placed, height: taken } = layOutTrialLegend(
        trials(count, (i) => `${i}. ${'adam, cosine(0.001) '.repeat(1 + (i % 4))}`),
        [entry('others')],
        width,
        height,
        10,
      );
      expect(taken).toBeLessThanOrEqual(height);
      for (const { entry: each, x } of placed) expect(x + 24 + textWidth(each.text, 10)).toBeLessThanOrEqual(width);
      expect(new Set(placed.map(({ x, line }) => `${x} ${line}`)).size).toBe(count + 1);
    }
  });
});
