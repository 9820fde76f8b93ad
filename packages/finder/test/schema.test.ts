import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Run } from '../src/result.js';
import { version } from '../src/version.js';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

test('the published schema is the one that the code declares (`pnpm schema` writes it)', () => {
  expect(read('../run.schema.json')).toEqual(JSON.parse(JSON.stringify(Run)));
});

test('the version in results is that of the package', () => {
  expect(version).toBe(read('../package.json').version);
});
