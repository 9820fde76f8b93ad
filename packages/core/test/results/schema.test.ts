import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Comparison } from '../../src/results/comparison.js';
import { SweepResult } from '../../src/results/sweep.js';
import { TrainingResult } from '../../src/results/training.js';
import { version } from '../../src/version.js';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

test.each([
  ['run', Run],
  ['training', TrainingResult],
  ['comparison', Comparison],
])('the published schema of a %s is the one that the code declares (`pnpm schema` writes it)', (name, schema) => {
  expect(read(`../${name}.schema.json`)).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('the version in results is that of the package', () => {
  expect(version).toBe(read('../package.json').version);
});
