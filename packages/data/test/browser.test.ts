import { readdirSync, readFileSync } from 'node:fs';
import vm from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleForBrowser } from '../../core/test/bundle.js';

const url = (path: string) => new URL(path, import.meta.url);

test('the package can be bundled for a browser: every import is resolved, none is of Node', async () => {
  const { modules } = await bundleForBrowser(url('../src/index.ts'));
  expect(modules.some((path) => path.endsWith('/src/node.ts'))).toBe(false);
});

test('only the entry point for Node cannot', async () => {
  const failed = await bundleForBrowser(url('../src/node.ts')).catch((error) => error);
  const errors: readonly { readonly text: string }[] = failed.errors;
  expect(errors.map(({ text }) => text)).toContainEqual(expect.stringMatching(/"node:fs\/promises"/));
});

test('no source but that entry point and its folder mentions Node’s modules and globals', () => {
  const files = readdirSync(url('../src/'), { recursive: true, encoding: 'utf8' });
  const others = files.filter((name) => name.endsWith('.ts') && name !== 'node.ts' && !name.startsWith('node'));
  expect(others.length).toBeGreaterThan(20);
  for (const file of others) {
    const text = readFileSync(url(`../src/${file}`), 'utf8');
    expect(text, file).not.toMatch(/['"]node:|\bBuffer\b|\bprocess\.|\brequire\(|\b__dirname\b/);
  }
});

describe('in a context without Node', () => {
  // What every browser has besides the language itself.
  const context = vm.createContext({ TextDecoder, TextEncoder, URL, atob, btoa, performance });
  /** Runs code in the context; values cross its border as JSON. */
  const run = async (code: string) =>
    JSON.parse(await vm.runInContext(`(async () => JSON.stringify(await (async () => { ${code} })()))()`, context));

  beforeAll(async () => {
    vm.runInContext((await bundleForBrowser(url('../src/index.ts'))).code, context);
    vm.runInContext(
      `const source = (name, text) => ({
        name,
        async *stream() { yield { bytes: new TextEncoder().encode(text), fraction: 1 }; },
      });`,
      context,
    );
  });

  test('there are no globals of Node', async () => {
    expect(await run('return [typeof process, typeof Buffer, typeof require]')).toEqual(Array(3).fill('undefined'));
  });

  test('a file becomes a dataset, and that batches', async () => {
    const { dataset, tasks, batches, sizes } = await run(`
      const table = await bundled.readTable(source('a.csv', 'size,color,y\\n1,red,0\\n2,blue,1\\n3,red,1\\n4,blue,0\\n'));
      const model = {
        inputs: [{ name: 'in', shape: [3] }],
        outputs: [{ name: 'out', shape: [1], activation: 'sigmoid' }],
      };
      const choose = () => ({ loss: 'binaryCrossentropy', kind: 'probability' });
      const { dataset, tasks } = bundled.encodeTable(table, model, choose, { scale: 'none', missing: 'mean' });
      const { train, heldOut } = bundled.splitDataset(dataset, { validationSplit: 0.25, seed: 0 });
      const batches = bundled.epochBatches(train, 2, Math.random).map((batch) => batch.length);
      const plain = ({ values, ...column }) => ({ ...column, values: [...values] });
      return {
        dataset: { ...dataset, inputs: dataset.inputs.map(plain), targets: dataset.targets.map(plain) },
        tasks,
        batches,
        sizes: [train.length, heldOut.length],
      };
    `);
    expect(dataset.inputs).toEqual([
      { shape: [3], values: [1, 0, 1, 2, 1, 0, 3, 0, 1, 4, 1, 0], columns: ['size', 'color=blue', 'color=red'] },
    ]);
    expect(dataset.targets).toEqual([{ shape: [1], values: [0, 1, 1, 0], columns: ['y'] }]);
    expect(tasks).toEqual([{ kind: 'classification', loss: 'binaryCrossentropy' }]);
    expect([batches, sizes]).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  test('arrays become a dataset', async () => {
    const values = await run(`
      const slot = (name, ...shape) => ({ name, shape });
      const data = { xs: [[1, 2], [3, 4]], ys: Int32Array.of(0, 2) };
      return [...bundled.fromArrays(data, { inputs: [slot('x', 2)], outputs: [slot('y', 3)] }).targets[0].values];
    `);
    expect(values).toEqual([0, 2]);
  });

  test('a mistake in a file is refused', async () => {
    const message = await run(`
      try {
        await bundled.readTable(source('a.csv', 'a,b\\n1\\n'));
      } catch (error) {
        return [error.name, error.message];
      }
    `);
    expect(message).toEqual(['InputError', 'a.csv: row 1 (line 2) must have 2 fields, as the header has; got 1']);
  });
});
