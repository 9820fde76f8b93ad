import type { Result } from '@lrfind/core/results';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { chartFor, renderSvg } from '../../src/index.js';
import { figuresOf } from '../../src/report/figures/figure.js';
import { themeStyle } from '../../src/report/page-style.js';
import { samples } from '../sample-report.js';
import { sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';
import { boxes } from '../svg-boxes.js';

type Point = [x: number, y: number];

/** The corners of all lines of a colour, in the coordinates of the chart. */
function linesOf(svg: string, color: string): Point[][] {
  const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
  return [...document.querySelectorAll(`.mark-line path[stroke="${color}"]`)].flatMap((path) => {
    let [left, top] = [0, 0];
    for (let each: Element | null = path; each; each = each.parentElement) {
      const [, x = 0, y = 0] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(each.getAttribute('transform') ?? '') ?? [];
      left += Number(x);
      top += Number(y);
    }
    return (path.getAttribute('d') ?? '')
      .split('M')
      .slice(1)
      .map((stroke) =>
        stroke.split(/[LC]/).map((corner): Point => {
          const [x, y] = corner.replace('Z', '').split(',').slice(-2).map(Number) as Point;
          return [x + left, y + top];
        }),
      );
  });
}

function distance([x, y]: Point, line: readonly Point[]): number {
  return line.reduce((least, [x2, y2], i) => {
    const [x1, y1] = line[i - 1] ?? [x2, y2];
    const square = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square));
    return Math.min(least, Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1)));
  }, Infinity);
}

const figure = async (result: Result) => {
  const [first] = await figuresOf(result, 'x');
  if (!first) throw new Error('there is no figure');
  return first;
};

describe.each([
  ...Object.entries(samples),
  ['long training', sampleHistory({ epochs: 400, stepsPerEpoch: 3, left: 0.99 })] as const,
])('in the figure of a %s', (_, result) => {
  test.each(['wide', 'narrow'] as const)('a value that is read is on the line of its colour (%s)', async (size) => {
    const { [size]: drawing, readings } = await figure(result);
    let checked = 0;
    readings.series.forEach(({ color, values }, line) => {
      const panel = drawing.panels[drawing.panelOf[line] as number];
      if (!panel) return;
      const strokes = linesOf(drawing.svg, color);
      values.forEach((value, stop) => {
        const y = drawing.y[line]?.[stop] as number;
        // Values outside the panel are at its edge.
        if (value === null || y <= panel.top || y >= panel.bottom) return;
        const nearest = Math.min(...strokes.map((stroke) => distance([panel.x[stop] as number, y], stroke)));
        expect(nearest).toBeLessThan(0.3);
        checked++;
      });
    });
    expect(checked).toBeGreaterThan(10);
  });

  test.each(['wide', 'narrow'] as const)('a value that is read is at its position on the axis (%s)', async (size) => {
    const { [size]: drawing, readings } = await figure(result);
    const { texts } = boxes(drawing.svg);
    const panel = drawing.panels[0] as (typeof drawing.panels)[number];
    const ticks = texts
      .filter(({ text, right, top }) => /^[\d.]+$/.test(text) && right <= panel.left && top < panel.bottom - 8)
      .map(({ text, top, bottom, size: font }) => [Number(text), (top + bottom) / 2 + 0 * font] as const);
    const [[low, lowAt], [high, highAt]] = [ticks[0], ticks.at(-1)] as [Point, Point];
    expect(low).not.toBe(high);
    const log = texts.some(({ text, top }) => text.endsWith('loss (log scale)') && top < panel.bottom);
    const line = readings.series.findIndex((_, i) => drawing.panelOf[i] === 0);
    let checked = 0;
    readings.series[line]?.values.forEach((value, stop) => {
      const y = drawing.y[line]?.[stop] as number;
      if (value === null || y <= panel.top || y >= panel.bottom) return;
      const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      const expected = lowAt + share * (highAt - lowAt);
      // A text's middle is within two pixels of its tick.
      expect(Math.abs(y - expected)).toBeLessThan(2.5);
      checked++;
    });
    expect(checked).toBeGreaterThan(3);
  });

  test('dark is light with each colour replaced', async () => {
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map(async (theme) => {
        const svg = await renderSvg(chartFor(result).draw(result, { width: 800, theme }));
        return svg.replace(/v[0-9a-f]{8}-/g, '');
      }),
    );
    const colors = new Map(
      [...themeStyle().matchAll(/\[(\w+)="(#\w+)"\] \{ \w+: (#\w+); \}/g)].map(([, name, from, to]) => [
        `${name}="${from}"`,
        `${name}="${to}"`,
      ]),
    );
    expect(light?.replace(/(fill|stroke)="#\w+"/g, (color) => colors.get(color) ?? color)).toBe(dark);
  });
});

test('the rates of a sweep are at their positions on the axis of rates', async () => {
  const { wide, readings } = await figure(samples.sweep);
  const powers = boxes(wide.svg)
    .texts.filter(({ text }) => /^10[⁻⁰¹²³⁴⁵⁶]+$/.test(text))
    .map(({ text, left, right }) => {
      const exponent = text
        .slice(2)
        .replace('⁻', '-')
        .replace(/[⁰¹²³⁴⁵⁶]/g, (digit) => String('⁰¹²³⁴⁵⁶'.indexOf(digit)));
      return [Number(exponent), (left + right) / 2] as const;
    });
  const [[low, lowAt], [high, highAt]] = [powers[0], powers.at(-1)] as [Point, Point];
  readings.stops.forEach((rate, stop) => {
    const expected = lowAt + ((Math.log10(rate) - low) * (highAt - lowAt)) / (high - low);
    expect(Math.abs((wide.panels[0]?.x[stop] as number) - expected)).toBeLessThan(1);
  });
});

test('a long sweep has a stop for each pixel at most, and begins at the suggestion', async () => {
  const { readings, wide } = await figure(sampleSweep({ steps: 5000, seeds: 1 }));
  const x = wide.panels[0]?.x ?? [];
  expect(x.length).toBeLessThan(800);
  expect(x.length).toBeGreaterThan(500);
  expect(new Set(x.map(Math.floor)).size).toBe(x.length);
  // A pixel is a hundredth of a decade.
  expect(Math.abs(Math.log10((readings.stops[readings.first] as number) / 0.0045))).toBeLessThan(0.01);
});

test('learning rates between evaluations are those of their line, and a jump has its later rate', async () => {
  const rate = (step: number) => (step < 400 ? 0.1 : 0.01);
  const { readings } = await figure(sampleHistory({ epochs: 8, rate }));
  const line = readings.series.find(({ name }) => name === 'learning rate');
  expect(readings.stops).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(line?.values).toEqual([0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01]);
});

test('a comparison is read panel by panel, its trials in the order of the ranking', async () => {
  const { readings } = await figure(sampleComparison({ slow: { left: 0.9 }, fast: { left: 0.2 } }));
  expect([...new Set(readings.series.map(({ group }) => group))]).toEqual([
    ...['validation loss', 'training loss', 'validation accuracy', 'training accuracy'],
    'learning rate',
  ]);
  expect(readings.series.slice(0, 2).map(({ name }) => name)).toEqual(['fast', 'slow']);
  expect(readings.group).toBe('validation loss');
});
