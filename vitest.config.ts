import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const source = (relative: string) => path(`packages/${relative}`);

/** The folder of a TensorFlow to test on, if there is one; with LRFIND_REQUIRE_TENSORFLOW=1 its absence is an error. */
async function locateTensorFlow(): Promise<string | undefined> {
  const locate = path('packages/backends/dist/tensorflow/locate.js');
  const located = existsSync(locate) ? (await import(locate)).locateTensorFlow() : undefined;
  if (!located?.found && process.env.LRFIND_REQUIRE_TENSORFLOW === '1') {
    throw new Error(
      'LRFIND_REQUIRE_TENSORFLOW is 1, but TensorFlow was not found: build, then "lrfind backend install"',
    );
  }
  return located?.found ? located.folder : undefined;
}

/** How many times longer than a quarter of a second this machine now needs to start Node and count to 1e8; at least 1. */
function slowness(): number {
  const start = performance.now();
  execFileSync(process.execPath, ['-e', 'let sum = 0; for (let i = 0; i < 1e8; i++) sum += i % 7;']);
  return Math.max(1, (performance.now() - start) / 250);
}

/** A limit ends a test that hangs. The longest take half a minute; a busy machine gets as much more as it is slower. */
const limit = Math.round(300_000 * slowness());

/** Tests of functions and pictures, which change nothing that another file's tests meet: they share loaded modules. */
const pure = 'packages/{core,plots}/test/**/*.test.ts';
const sharing: TestProjectConfiguration = {
  extends: true,
  test: { name: 'pure', include: [pure], isolate: false },
};

const everything: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'all',
    include: ['{packages/*/test,examples,fixtures,docs}/**/*.test.ts'],
    exclude: [pure],
  },
};

/** The tests that train, on TensorFlow too. */
const onTensorFlow: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'tensorflow',
    include: ['packages/finder/test/**/*.test.ts', 'packages/cli/test/files/**/*.test.ts'],
    // What Keras reads does not depend on the backend, and asking it takes long.
    exclude: ['packages/finder/test/keras/save.test.ts'],
    env: { LRFIND_TEST_BACKEND: 'tensorflow' },
  },
};

const tensorflow = await locateTensorFlow();

export default defineConfig({
  resolve: {
    // Tests read the sources, so that they can never pass on a stale build.
    alias: [
      { find: /^@lrfind\/backends$/, replacement: source('backends/src/node/index.ts') },
      { find: /^@lrfind\/core\/options$/, replacement: source('core/src/options.ts') },
      { find: /^@lrfind\/backends\/(tensorflow|wasm)$/, replacement: source('backends/src/node/$1') },
      { find: /^@lrfind\/(backends|core)\/(\w+)$/, replacement: source('$1/src/$2/index.ts') },
      { find: /^@lrfind\/plots\/charts$/, replacement: source('plots/src/charts/registry.ts') },
      { find: /^@lrfind\/plots\/(page-\w+)$/, replacement: source('plots/src/$1.ts') },
      { find: /^@lrfind\/data\/node$/, replacement: source('data/src/node.ts') },
      { find: /^@lrfind\/(\w+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    // Vitest would leave one processor idle, and half of a machine with two.
    maxWorkers: '100%',
    testTimeout: limit,
    hookTimeout: limit,
    reporters: ['default', ['json', { outputFile: '.vitest-report.json' }]],
    ...(tensorflow && { env: { LRFIND_TENSORFLOW: tensorflow } }),
    projects: [everything, sharing, ...(tensorflow ? [onTensorFlow] : [])],
  },
});
