import { describe, expect, test } from 'vitest';
import { themes } from '../src/theme.js';

type Rgb = [number, number, number];

/** The channels of a colour, made linear (IEC 61966-2-1). */
function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Contrast by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** How colours look without one kind of cone, on linear channels: Machado, Oliveira and Fernandes (2009), severity 1. */
const sights: Record<string, [Rgb, Rgb, Rgb]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b* under D65. */
function lab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((channel) => Math.min(1, Math.max(0, channel))) as Rgb;
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(luminance([r, g, b]));
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const seen = (hex: string, sight: [Rgb, Rgb, Rgb]) => {
  const color = linear(hex);
  return lab(sight.map((row) => row.reduce((sum, weight, i) => sum + weight * (color[i] as number), 0)) as Rgb);
};

describe.each(Object.entries(themes))('the theme %s', (_, theme) => {
  test.each(['text', 'muted', 'loss', 'heldOut', 'suggestion', 'steepest', 'divergence'] as const)(
    'has a contrast of 4.5 between %s and background',
    (name) => {
      expect(contrast(theme[name], theme.background)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test('compares lines in colours of which all that holds, each once', () => {
    const { series, ...others } = theme;
    expect(new Set(series).size).toBe(series.length);
    const marks = [others.loss, others.heldOut, others.suggestion, others.divergence, others.steepest];
    expect(marks).toEqual(expect.arrayContaining([...series]));
  });

  test('has axes that can be seen and a grid that stays behind them', () => {
    expect(contrast(theme.axis, theme.background)).toBeGreaterThanOrEqual(3);
    expect(contrast(theme.grid, theme.background)).toBeLessThan(1.6);
  });

  test.each(Object.entries(sights))('has marks that differ by more than 20 in L*a*b* for %s sight', (_, sight) => {
    const colors = [theme.loss, theme.heldOut, theme.suggestion, theme.divergence, theme.steepest].map((hex) =>
      seen(hex, sight),
    );
    colors.forEach((one, i) => {
      for (const other of colors.slice(i + 1)) {
        expect(Math.hypot(...one.map((value, axis) => value - (other[axis] as number)))).toBeGreaterThan(20);
      }
    });
  });
});
