import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

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
    include: ['packages/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'fixtures/**/*.test.ts'],
    testTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.vitest-report.json' }]],
  },
});
