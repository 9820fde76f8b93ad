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
      'LRFIND_REQUIRE_TENSORFLOW is 1, but no TensorFlow was found; build, then "lrfind backend install"',
    );
  }
  return located?.found ? located.folder : undefined;
}

const everything: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'all',
    include: ['packages/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'fixtures/**/*.test.ts'],
  },
};

const finderOnTensorFlow: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'tensorflow',
    include: ['packages/finder/test/**/*.test.ts'],
    env: { LRFIND_TEST_BACKEND: 'tensorflow' },
  },
};

const tensorflow = await locateTensorFlow();

export default defineConfig({
  resolve: {
    // Tests read the sources, so that they can never pass on a stale build.
    alias: [
      { find: '@lrfind/backends', replacement: source('backends/src/index.ts') },
      { find: '@lrfind/finder/analysis', replacement: source('finder/src/analysis/index.ts') },
      { find: '@lrfind/finder/files', replacement: source('finder/src/files.ts') },
      { find: '@lrfind/finder', replacement: source('finder/src/index.ts') },
      { find: '@lrfind/plots', replacement: source('plots/src/index.ts') },
    ],
  },
  test: {
    testTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.vitest-report.json' }]],
    ...(tensorflow && { env: { LRFIND_TENSORFLOW: tensorflow } }),
    projects: tensorflow ? [everything, finderOnTensorFlow] : [everything],
  },
});
