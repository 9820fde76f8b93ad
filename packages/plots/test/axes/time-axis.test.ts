import { expect, test } from 'vitest';
import { timeOverhang, timeTicks } from '../../src/axes/time-axis.js';
import { textWidth } from '../../src/text/width.js';

test.each([
  [10, 300, ['0', '2', '4', '6', '8', '10']],
  [1, 300, ['0', '1']],
  [4.37, 300, ['0', '1', '2', '3', '4']],
  [0.37, 300, ['0', '0.1', '0.2', '0.3']],
  [2000, 1000, ['0', '200', '400', '600', '800', '1,000', '1,200', '1,400', '1,600', '1,800', '2,000']],
])('a time of %d over %d pixels has the ticks %j', (last, width, expected) => {
  expect(timeTicks(last, width, 11).map(({ text }) => text)).toEqual(expected);
});

test('labels keep apart, and the last extends no further than the overhang', () => {
  for (const last of [0.01, 0.37, 1, 4.37, 10, 99, 400, 2000, 123_456, 1e7]) {
    for (const width of [110, 150, 330, 772, 3900]) {
      const ticks = timeTicks(last, width, 11).filter(({ text }) => text !== '');
      const spans = ticks.map(({ value, text }) => {
        const [centre, half] = [(width * value) / last, textWidth(text, 11) / 2];
        return [centre - half, centre + half] as const;
      });
      spans.slice(1).forEach(([left], i) => {
        expect(left - (spans[i]?.[1] ?? 0)).toBeGreaterThan(3);
      });
      expect(spans.at(-1)?.[1] ?? 0).toBeLessThanOrEqual(width + timeOverhang(last, 11));
    }
  }
});
