import { readdirSync, readFileSync } from 'node:fs';
import vm from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleForBrowser } from './bundle.js';

const url = (path: string) => new URL(path, import.meta.url);
const { exports } = JSON.parse(readFileSync(url('../package.json'), 'utf8')) as {
  exports: Record<string, { default: string } | string>;
};
const entries = Object.values(exports)
  .filter((target) => typeof target !== 'string')
  .map((target) => target.default.replace('./dist/', '../src/').replace(/\.js$/, '.ts'));

test.each(entries)('%s can be bundled for a browser: every import is resolved, none is of Node', async (entry) => {
  const { modules } = await bundleForBrowser(url(entry));
  expect(modules.length).toBeGreaterThan(0);
});

test('a bundle with an import of Node, or an import that is not resolved, is refused', async () => {
  await expect(bundleForBrowser(url('./browser/imports-node.ts'))).rejects.toThrow(/node:fs/);
  await expect(bundleForBrowser(url('./browser/imports-nothing.ts'))).rejects.toThrow(/a-package-that-does-not-exist/);
});

test('no source mentions Node’s modules and globals', () => {
  const files = readdirSync(url('../src/'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const text = readFileSync(url(`../src/${file}`), 'utf8');
    // base64.ts asks whether there is a Buffer, and does without where there is none.
    if (file === 'base64.ts') continue;
    expect(text, file).not.toMatch(/['"]node:|\bBuffer\b|\bprocess\.|\brequire\(|\b__dirname\b/);
  }
});

describe('in a context without Node', () => {
  // What every browser has besides the language itself.
  const globals = { TextDecoder, TextEncoder, URL, atob, btoa, performance };
  const context = vm.createContext({ ...globals });
  /** Runs code in the context; values cross its border as JSON. */
  const run = (code: string) => JSON.parse(vm.runInContext(`JSON.stringify((() => { ${code} })())`, context));
  const stored = readFileSync(url('./results/version-1/sweep.json'), 'utf8');

  beforeAll(async () => {
    vm.runInContext((await bundleForBrowser(url('./browser/every-entry.ts'))).code, context);
    Object.assign(context, { stored });
  });

  test('there are no globals of Node', () => {
    expect(run('return [typeof process, typeof Buffer, typeof require, typeof setImmediate, typeof console]')).toEqual(
      Array(4).fill('undefined').concat('object'),
    );
  });

  test('a stored result is read, and its sweeps give the conclusions that it stores', () => {
    const { result, conclusions } = run(`
      const { results, sweep } = bundled;
      const result = results.parseResult(JSON.parse(stored), 'stored.json');
      const { startLr, endLr, steps, spacing } = result.options;
      const methods = sweep.resolveMethods(Object.keys(result.suggestions));
      const rates = sweep.sweepRates(startLr, endLr, steps, spacing);
      return { result, conclusions: sweep.analyse(rates, result.sweeps, methods, { averaging: true }) };
    `);
    // Version 0.1.0, which stored it, read the descent in another way, and judged sweeps with few steps in a decade as others.
    const { diagnosis, suggestion, suggestions, range: _, ...numbers } = conclusions;
    const { descent, steep, ...others } = suggestions;
    // The method had another name when the document was written.
    // And without rounding to float32, which the slope of a level curve multiplies.
    const fourDigits = (value: object) =>
      JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'number' ? Number(each.toPrecision(4)) : each));
    expect(fourDigits(result)).toMatchObject(fourDigits({ ...numbers, suggestions: { ...others, steepest: steep } }));
    expect(Math.abs(Math.log10(descent / result.suggestions.descent))).toBeLessThan(0.3);
    expect(suggestion.verdict).toBe('unsure');
    expect(result.suggestion.learningRate).toBe(JSON.parse(stored).suggestion.learningRate);
    expect(diagnosis).toContain('The curve falls clearly and turns.');
  });

  test('a damaged result is refused', () => {
    expect(
      run(`
        try {
          bundled.results.parseResult({ ...JSON.parse(stored), options: 3 }, 'stored.json');
        } catch (error) {
          return [error instanceof bundled.core.InputError, error.message];
        }
      `),
    ).toEqual([true, expect.stringMatching(/^stored\.json is a damaged sweep: \/options /)]);
  });

  test('schedules, states and random numbers work', () => {
    expect(run(`return bundled.schedules.parseSchedule('cosine(0.1, steps=10)')(5)`)).toBeCloseTo(0.05, 15);
    expect(
      run(`
        const state = { seed: 1, steps: 2, lastRate: NaN, values: [Float32Array.of(1.5, -0, NaN)] };
        const { values } = bundled.study.fromSavedState(JSON.parse(JSON.stringify(bundled.study.toSavedState(state))));
        return [...new Uint32Array(values[0].buffer)];
      `),
    ).toEqual([0x3fc00000, 0x80000000, 0x7fc00000]);
    expect(run(`return bundled.core.seededRandom(0, 'test')()`)).toBeGreaterThanOrEqual(0);
  });
});
