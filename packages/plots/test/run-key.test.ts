import { describe, expect, test } from 'vitest';
import { type RunEntry, layRunKey } from '../src/layout/trial-legend.js';
import { textWidth } from '../src/text/width.js';

const entry = (text: string, tail = '', shortTail = ''): RunEntry => ({
  text,
  tail,
  shortTail,
  shape: 'circle',
  color: 'red',
  area: 9,
});
const runs = (count: number, name: (i: number) => string) => Array.from({ length: count }, (_, i) => entry(name(i)));
const places = (layout: ReturnType<typeof layRunKey>) => layout.places.map(({ entry: { text }, row }) => [text, row]);

describe('the key to runs', () => {
  test('goes down its columns in the order of the runs, with what holds for all below', () => {
    const layout = layRunKey(
      runs(5, (i) => `run ${i}`),
      [entry('others')],
      // Two columns: each has 24 for the sample and 16 behind the text, the last one less.
      2 * (40 + textWidth('run 0', 10)),
      200,
      10,
    );
    expect(places(layout)).toEqual([
      ['run 0', 0],
      ['run 1', 1],
      ['run 2', 2],
      ['run 3', 0],
      ['run 4', 1],
      ['others', 3],
    ]);
    expect(layout.height).toBe(4 * 16);
    expect(new Set(layout.places.slice(0, 3).map(({ x }) => x)).size).toBe(1);
  });

  test('cuts names, not what is said of the runs', () => {
    const long = [entry('a very long name '.repeat(9), ' – diverged at step 37', ' – step 37'), entry('b')];
    const [first] = layRunKey(long, [], 300, 100, 10).places;
    expect(first?.entry.text).toMatch(/^a very long.*… – step 37$/);
    expect(24 + textWidth(first?.entry.text ?? '', 10)).toBeLessThanOrEqual(300);
  });

  test('says it in fewer words before it cuts a name', () => {
    const [first] = layRunKey(
      [entry('name', ' – a long story', ' – story')],
      [],
      24 + textWidth('name – story', 10),
      100,
      10,
    ).places;
    expect(first?.entry.text).toBe('name – story');
  });

  test('keeps twelve long stories apart in a narrow picture', () => {
    const all = Array.from({ length: 12 }, (_, i) =>
      entry(`${i}. adam, cosine(0.001)`, ' – told', ' – step 10,000,000'),
    );
    const { places } = layRunKey(all, [], 332, 48, 10);
    for (const { entry: each, x, row } of places) {
      const next = places.find((other) => other.row === row && other.x > x)?.x ?? 332 + 16;
      expect(x + 24 + textWidth(each.text, 10) + 16).toBeLessThanOrEqual(next + 1e-9);
    }
  });

  test.each([1, 2, 5, 12])('keeps %i runs within width and height, in rows that do not overlap', (count) => {
    for (const [width, height] of [
      [332, 90],
      [772, 156],
      [3972, 1200],
    ] as const) {
      const { places, height: taken } = layRunKey(
        runs(count, (i) => `${i}. ${'adam, cosine(0.001) '.repeat(1 + (i % 4))}`),
        [entry('others')],
        width,
        height,
        10,
      );
      expect(taken).toBeLessThanOrEqual(height);
      for (const { entry: each, x } of places) expect(x + 24 + textWidth(each.text, 10)).toBeLessThanOrEqual(width);
      expect(new Set(places.map(({ x, row }) => `${x} ${row}`)).size).toBe(count + 1);
    }
  });
});
