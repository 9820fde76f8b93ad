import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const ofBackends = createRequire(`${packages}backends/package.json`);

/** The source that a package's `exports` give a browser, under the conditions that bundlers set for one. */
function browserEntry(name: string, subpath: string): string {
  const { exports } = JSON.parse(readFileSync(`${packages}${name}/package.json`, 'utf8'));
  let target: unknown = exports[subpath];
  while (typeof target === 'object' && target !== null) {
    const chosen = Object.entries(target).find(([condition]) => ['browser', 'import', 'default'].includes(condition));
    target = chosen?.[1];
  }
  if (typeof target !== 'string') throw new Error(`${name} does not export ${subpath} to a browser`);
  return packages + name + target.replace('./dist/', '/src/').replace(/\.js$/, '.ts');
}

/** Finds lrfind's packages by their `exports`, so that the sources are bundled rather than a stale build. */
const fromSources: Plugin = {
  name: 'sources',
  setup(bundle) {
    bundle.onResolve({ filter: /^@lrfind\// }, ({ path }) => {
      const [, name = '', ...rest] = path.split('/');
      return { path: browserEntry(name, ['.', ...rest].join('/')) };
    });
  },
};

/** Bundles a program for a browser, without stand-ins for anything of Node. */
async function bundled(program: string, options: BuildOptions = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [fromSources],
    ...options,
    write: false,
    metafile: true,
  });
  return { code: outputFiles[0]?.text as string, inputs: Object.entries(metafile.inputs) };
}

const entry = "export * from '@lrfind/finder';";
/** Names that only Node has. Esbuild replaces those that no scope declares. */
const nodeGlobals = ['process', 'Buffer', 'global', 'require', 'module', '__dirname', '__filename', 'setImmediate'];
const marked = (name: string) => `ONLY_IN_NODE_${name}`;

describe('the sources, without the packages of others,', () => {
  let code: string;
  let inputs: Awaited<ReturnType<typeof bundled>>['inputs'];
  beforeAll(async () => {
    const define = Object.fromEntries(nodeGlobals.map((name) => [name, marked(name)]));
    ({ code, inputs } = await bundled(entry, { packages: 'external', define }));
  });

  test('are in the bundle, those of the packages below too', () => {
    const paths = inputs.map(([path]) => path);
    for (const part of ['finder/src/train.ts', 'core/src/errors.ts', 'data/src/table.ts', 'backends/src/compile.ts'])
      expect(
        paths.some((path) => path.endsWith(`packages/${part}`)),
        part,
      ).toBe(true);
  });

  test('import nothing of Node', () => {
    const own = inputs.filter(([path]) => /(^|\/)(finder|core|data|backends)\/src\//.test(path));
    expect(own.length).toBeGreaterThan(100);
    for (const [path, { imports }] of inputs)
      expect(
        imports.filter((each) => isBuiltin(each.path)).map((each) => each.path),
        path,
      ).toEqual([]);
  });

  test.each(nodeGlobals)('do not use %s', (name) => {
    expect(code).not.toContain(marked(name));
  });

  test('would be found out if they did', async () => {
    const define = Object.fromEntries(nodeGlobals.map((name) => [name, marked(name)]));
    const program = "import { sep } from 'node:path';\nexport const size = Buffer.byteLength(process.cwd() + sep);";
    const bad = await bundled(program, { packages: 'external', define });
    expect(bad.code).toContain(marked('Buffer'));
    expect(bad.code).toContain(marked('process'));
    expect(bad.inputs.flatMap(([, { imports }]) => imports.map(({ path }) => path))).toEqual(['node:path']);
    await expect(bundled(program)).rejects.toThrow(/node:path/);
  });
});

describe('a page with TensorFlow.js and its cpu backend', () => {
  const program = `
    import * as tf from '@tensorflow/tfjs-core';
    import { layers, sequential } from '@tensorflow/tfjs-layers';
    import '${ofBackends.resolve('@tensorflow/tfjs-backend-cpu/dist/index.js')}';
    import { compare, findLearningRate, train } from '@lrfind/finder';

    globalThis.outcome = (async () => {
      await tf.setBackend('cpu');
      const xs = Array.from({ length: 48 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
      const ys = xs.map(([a, b]) => 2 * a - b);
      const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros' })] });
      const options = { optimizer: 'sgd', loss: 'mse', batchSize: 8 };
      const { suggestion, environment } = await findLearningRate(model, { xs, ys }, { ...options, steps: 60, repeats: 2 });
      const { training } = await train(model, { xs, ys }, { ...options, learningRate: 'find', epochs: 5 });
      const { ranking } = await compare(model, { xs, ys }, {
        ...options,
        trials: [{ learningRate: 0.1 }, { learningRate: 1e-5 }],
        epochs: 2,
        repeats: 2,
        initialWeights: 'drawn',
      });
      return { suggestion, environment, training, ranking };
    })();
  `;

  test('finds a rate, trains and compares, where there is no Node', async () => {
    const { code, inputs } = await bundled(program, { format: 'iife' });
    for (const [path, { imports }] of inputs)
      expect(
        imports.filter((each) => isBuiltin(each.path)).map((each) => each.path),
        path,
      ).toEqual([]);
    // What a page has; the rest of JavaScript comes with the context.
    const page: Record<string, unknown> = {
      TextEncoder,
      TextDecoder,
      AbortController,
      AbortSignal,
      MessageChannel,
      performance,
      console,
    };
    Object.assign(page, { setTimeout, clearTimeout, atob, btoa, structuredClone, crypto, URL, fetch });
    page.requestAnimationFrame = (callback: () => void) => setTimeout(callback, 0);
    page.self = page;
    page.window = page;
    page.document = { createElement: () => ({ getContext: () => null }) };
    page.navigator = { userAgent: 'page' };
    page.location = new URL('https://page.test/');
    const context = vm.createContext(page);
    expect(vm.runInContext('typeof process + typeof Buffer + typeof require + typeof global', context)).toBe(
      'undefined'.repeat(4),
    );
    vm.runInContext(code, context);
    const { suggestion, environment, training, ranking } = JSON.parse(JSON.stringify(await page.outcome));
    expect(suggestion.learningRate).toBeGreaterThan(0.001);
    expect(environment).toMatchObject({ backend: 'cpu', node: null, platform: null });
    expect(training.outcome).toBe('finished');
    expect(training.evaluations.at(-1).validation.loss).toBeLessThan(0.5 * training.start.loss);
    expect(ranking.map(({ name }: { name: string }) => name)).toEqual(['lr 0.1', 'lr 0.00001']);
  });
});
