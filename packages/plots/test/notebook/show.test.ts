import { InputError } from '@lrfind/core';
import type { Result } from '@lrfind/core/results';
import { expect, test } from 'vitest';
import { chartFor, renderSvg, type ShowOptions, show } from '../../src/index.js';
import { samples } from '../sample-report.js';
import { sampleGroups } from '../sample-sweep.js';

/** What a kernel gets from the last value of a cell. */
async function shown(result: Result, options?: ShowOptions): Promise<Record<string, string>> {
  const value = show(result, options) as unknown as Record<symbol, () => Promise<Record<string, string>>>;
  const ask = value[Symbol.for('Jupyter.display')];
  if (!ask) throw new Error('a kernel finds no method');
  return ask.call(value);
}

test.each(Object.entries(samples))('a %s shows its chart, and its description as text', async (_, result) => {
  const bundle = await shown(result, { width: 500 });
  expect(Object.keys(bundle)).toEqual(['image/svg+xml', 'text/plain']);
  expect(bundle['image/svg+xml']).toBe(await renderSvg(chartFor(result).draw(result, { width: 500 })));
  expect(bundle['text/plain']).toContain('mnist-mlp');
});

test('another chart is shown by its name', async () => {
  const result = sampleGroups(2, { steps: 10 });
  expect((await shown(result, { chart: 'loss-by-rate' }))['text/plain']).toMatch(
    /^Loss against learning rate for mnist-mlp/,
  );
  expect((await shown(result))['text/plain']).toMatch(/^Loss against learning rate for each group/);
});

test.each([
  [{ chart: 'training-history' }, /chart/],
  [{ witdh: 3 }, /unknown option witdh; did you mean width\?/],
  [{ width: 3 }, /width must be a number of pixels from 360 to 4000; got 3/],
])('a mistake has a message at once: %j', (options, message) => {
  expect(() => show(samples.sweep, options as never)).toThrow(InputError);
  expect(() => show(samples.sweep, options as never)).toThrow(message);
});
