import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleForBrowser } from '../bundle.js';

/** The most bytes that a page loads for it. */
const LIMIT = 15_000;

test(`findRate is at most ${LIMIT} bytes in a page, minified and packed, without any package`, async () => {
  const { code, modules } = await bundleForBrowser(new URL('../browser/find-rate.ts', import.meta.url), {
    minify: true,
    format: 'esm',
  });
  expect(modules.filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
});

test('the bundle runs where there is nothing of Node', async () => {
  const { code } = await bundleForBrowser(new URL('../browser/find-rate.ts', import.meta.url), { minify: true });
  const context = vm.createContext({});
  vm.runInContext(code, context);
  const result = await vm.runInContext(
    `let weight; bundled.findRate((rate) => { const loss = weight ** 2 + 0.1; weight -= rate * 2 * weight; return loss; },
      { reset: () => { weight = 1; }, optimizer: 'sgd' })`,
    context,
  );
  // The best rate of this loss is 0.5, and it diverges above 1.
  expect(result.suggestion.learningRate).toBeGreaterThan(0.02);
  expect(result.suggestion.learningRate).toBeLessThan(1);
  expect(result.environment).toMatchObject({ node: null, platform: null });
});
