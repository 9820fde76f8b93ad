import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The test files below a folder of packages, and their text. */
const testsIn = (folder: string): [file: string, text: string][] =>
  readdirSync(source(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('packages', folder, name).replaceAll('\\', '/'))
    .map((file) => [file, readFileSync(path(file), 'utf8')]);

/**
 * Whether a test needs modules or a process of its own: it replaces modules, measures memory, or must meet a process in which no
 * backend was chosen.
 */
const alone = ([file, text]: [string, string]) =>
  text.includes('vi.mock(') || /memoryUsage|\.rss\b/.test(text) || file.endsWith('/before-backend.test.ts');

/** Loading TensorFlow.js and lrfind takes longer than most files of tests, so those that change nothing which outlives them share it. */
const sharing = ['core', 'data', 'finder', 'plots']
  .flatMap((name) => testsIn(`${name}/test`))
  .filter((test) => !alone(test))
  .map(([file]) => file);
const pure: TestProjectConfiguration = {
  extends: true,
  test: { name: 'pure', include: sharing, isolate: false },
};

const everything: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'all',
    include: ['{packages/*/test,examples,fixtures,docs}/**/*.test.ts'],
    exclude: sharing,
  },
};

/** On TensorFlow too: tests that leave the choice of the backend to `packages/finder/test/backend.ts`, which says why. */
const onTensorFlow: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'tensorflow',
    include: ['finder/test', 'cli/test/files']
      .flatMap(testsIn)
      .filter(([, text]) => /from '.*\/backend\.js'/.test(text))
      .map(([file]) => file),
    env: { LRFIND_TEST_BACKEND: 'tensorflow' },
    isolate: false,
  },
};

const tensorflow = await locateTensorFlow();

export default defineConfig({
  resolve: {
    // Tests read the sources, so that they can never pass on a stale build.
    alias: [
      { find: /^@lrfind\/backends$/, replacement: source('backends/src/node/index.ts') },
      { find: /^@lrfind\/core\/(options|typebox)$/, replacement: source('core/src/$1.ts') },
      { find: /^@lrfind\/backends\/(tensorflow|wasm)$/, replacement: source('backends/src/node/$1') },
      { find: /^@lrfind\/(backends|core)\/(\w+)$/, replacement: source('$1/src/$2/index.ts') },
      { find: /^@lrfind\/plots\/charts$/, replacement: source('plots/src/charts/registry.ts') },
      { find: /^@lrfind\/plots\/(page-\w+)$/, replacement: source('plots/src/$1.ts') },
      { find: '#workers', replacement: source('finder/src/engine/workers/session-workers.ts') },
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
    projects: [everything, pure, ...(tensorflow ? [onTensorFlow] : [])],
  },
});
