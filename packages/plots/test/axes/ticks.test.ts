import { describe, expect, test } from 'vitest';
import { axisTicks, rateTicks, valueTicks } from '../../src/axes/ticks.js';
import { textWidth } from '../../src/text/width.js';
import { random } from '../sample-sweep.js';

const texts = (ticks: { text: string }[]) => ticks.map(({ text }) => text).filter((text) => text !== '');

describe('ticks of the rates', () => {
  test('are at the powers of ten', () => {
    const ticks = rateTicks([9e-8, 11], 700, 11, 14);
    expect(texts(ticks)).toEqual(['10⁻⁷', '10⁻⁶', '10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '10⁰', '10¹']);
    expect(ticks.filter(({ text }) => text !== '').map(({ value }) => value)).toEqual([
      1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10,
    ]);
  });

  test('skip powers where there is no room for all, and keep 10⁰', () => {
    expect(texts(rateTicks([1e-12, 1e6], 300, 10, 14))).toContain('10⁰');
    expect(texts(rateTicks([1e-12, 1e6], 300, 10, 14)).length).toBeLessThan(10);
  });

  test('have multiples as minor ticks where decades are wide', () => {
    const minor = rateTicks([1e-3, 1e-1], 700, 11, 14).filter(({ text }) => text === '');
    expect(minor.map(({ value }) => value)).toContain(0.004);
    expect(rateTicks([1e-12, 1e6], 300, 10, 14).every(({ value }) => Math.log10(value) % 1 === 0)).toBe(true);
  });

  test('write out multiples within less than two powers of ten', () => {
    expect(texts(rateTicks([0.015, 0.3], 600, 11, 14))).toEqual(['0.02', '0.05', '0.1', '0.2']);
  });

  test('write out round numbers within a narrow range', () => {
    const narrow = rateTicks([0.0101, 0.0119], 600, 11, 14);
    expect(narrow.length).toBeGreaterThanOrEqual(2);
    for (const { value, text } of narrow) expect(Number(text)).toBe(value);
  });

  test('have no label that would extend further than there is room', () => {
    const last = (room: number) => rateTicks([1e-7, 1e-3], 400, 11, room).find(({ value }) => value === 1e-3)?.text;
    expect(last(40)).toBe('10⁻³');
    expect(last(5)).toBe('');
  });

  test.each([
    [1e-323, 1],
    [1e-320, 1e308],
    [1, Number.MAX_VALUE],
    [Number.MIN_VALUE, Number.MAX_VALUE],
  ])('end also where the quotient of both ends is infinite: %s to %s', (low, high) => {
    const ticks = rateTicks([low, high], 600, 11, 14);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(700);
  });

  test('never touch each other and never leave the axis', () => {
    const draw = random(1);
    for (let trial = 0; trial < 500; trial++) {
      const low = 10 ** (-10 + 9 * draw());
      const high = low * 10 ** (0.02 + 12 * draw() ** 2);
      const width = 250 + 900 * draw();
      const ticks = rateTicks([low, high], width, 11, 14).filter(({ text }) => text !== '');
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      const places = ticks.map(({ value, text }) => {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
        const centre = (width * Math.log(value / low)) / Math.log(high / low);
        return { left: centre - textWidth(text, 11) / 2, right: centre + textWidth(text, 11) / 2 };
      });
      places.sort((a, b) => a.left - b.left);
      expect(places.at(-1)?.right).toBeLessThanOrEqual(width + 14);
      places.slice(1).forEach(({ left }, index) => {
        expect(left).toBeGreaterThan((places[index]?.right as number) + 3);
      });
    }
  });
});

describe('ticks of the values', () => {
  test.each([
    [[0.1, 2.6], 5, ['0.5', '1.0', '1.5', '2.0', '2.5']],
    [[-1.6, 1.7], 3, ['−1', '0', '1']],
    [[0, 1], 5, ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [[1.2e7, 3.4e7], 4, ['1.5×10⁷', '2×10⁷', '2.5×10⁷', '3×10⁷']],
    [[0.5231, 0.52325], 3, ['0.52310', '0.52315', '0.52320', '0.52325']],
    [[-420, -80], 4, ['−400', '−300', '−200', '−100']],
  ] as const)('%j have %d or so round steps', ([low, high], count, expected) => {
    expect(texts(valueTicks([low, high], count))).toEqual(expected);
  });

  test.each([
    [[-1.7e308, 1.7e308]],
    [[0, 1.7e308]],
    [[0, 5e-324]],
    [[1, 1 + 2 ** -52]],
    [[1e16, 1e16 + 2]],
    [[0, 0]],
    [[1, 1]],
    [[Number.NaN, Number.NaN]],
  ] as const)('%j, at the limits of float64, has few', (domain) => {
    expect(valueTicks(domain, 5).length).toBeLessThan(12);
  });

  test('are inside the axis, differ in text, and are never fewer than two', () => {
    const draw = random(2);
    for (let trial = 0; trial < 1000; trial++) {
      const low = (draw() - 0.5) * 10 ** (12 * draw() - 6);
      const high = low + (Math.abs(low) + 1e-6) * 10 ** (6 * draw() - 4);
      const ticks = valueTicks([low, high], 3 + 4 * draw());
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(12);
      expect(new Set(texts(ticks)).size).toBe(ticks.length);
      const hair = (high - low) * 1e-6;
      for (const { value } of ticks) {
        expect(value).toBeGreaterThanOrEqual(low - hair);
        expect(value).toBeLessThanOrEqual(high + hair);
      }
    }
  });
});

test('ticks of values end also where the distance of both ends is infinite', () => {
  expect(valueTicks([-1.7e308, 1.7e308], 5).length).toBeLessThan(20);
  expect(valueTicks([0, Number.MAX_VALUE], 5).length).toBeLessThan(20);
});

describe('ticks of a vertical axis', () => {
  /** Whether a number is 1, 2 or 5 times a power of ten. */
  const isRound = (value: number) => /^[125]e/.test(value.toExponential(8).replace(/\.?0*e/, 'e'));

  test.each([
    [[0, 800_000], false, ['0', '200,000', '400,000', '600,000', '800,000']],
    [[0.03, 2.6], true, ['0.05', '0.1', '0.2', '0.5', '1', '2']],
    [[1e-6, 1], true, ['10⁻⁶', '10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '10⁰']],
  ] as const)('%j are round and written out where that is short', ([low, high], log, expected) => {
    expect(texts(axisTicks([low, high], 200, 11, log))).toEqual(expected);
  });

  test('are 1-2-5 steps, three or more where there is room, and never touch', () => {
    const draw = random(9);
    for (let trial = 0; trial < 1000; trial++) {
      const log = draw() < 0.5;
      const low = log ? 10 ** (12 * draw() - 8) : (draw() - 0.3) * 10 ** (10 * draw() - 5);
      const high = log ? low * 10 ** (0.1 + 8 * draw() ** 2) : low + (Math.abs(low) + 1e-6) * 10 ** (5 * draw() - 4);
      const height = 60 + 500 * draw();
      const ticks = axisTicks([low, high], height, 10, log).filter(({ text }) => text !== '');
      expect(ticks.length, JSON.stringify({ low, high, height, log })).toBeGreaterThanOrEqual(
        height > 90 && !log ? 3 : 2,
      );
      const places = ticks.map(({ value }) =>
        log ? (height * Math.log(value / low)) / Math.log(high / low) : (height * (value - low)) / (high - low),
      );
      places.slice(1).forEach((place, i) => {
        expect(place - (places[i] as number)).toBeGreaterThanOrEqual(11);
      });
      const [first, second] = ticks.map(({ value }) => value) as [number, number];
      const decades = Math.log10(high / low);
      if (!log) expect(isRound(Number((second - first).toPrecision(6)))).toBe(true);
      else if (decades > 1) for (const { value } of ticks) expect(isRound(value)).toBe(true);
    }
  });
});
