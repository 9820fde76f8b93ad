import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentSchemas, resultKinds } from '../../src/results/registry.js';
import { version } from '../../src/version.js';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const kinds = Object.entries(documentSchemas).map(([name, schema]) => ({ name, schema }));

test.each(kinds)('the published schema of a $name is up to date (`pnpm schema` writes it)', ({ name, schema }) => {
  expect(read(`${name}.schema.json`)).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('each kind of result has a schema that is published', () => {
  for (const { name, schema } of Object.values(resultKinds)) expect(documentSchemas[name]).toBe(schema);
});

test('the package exports and contains the schema of every document, and no other', () => {
  const { exports, files } = read('package.json') as { exports: Record<string, unknown>; files: string[] };
  const names = kinds.map(({ name }) => `${name}.schema.json`);
  for (const name of names) expect(exports[`./${name}`]).toBe(`./${name}`);
  const schemas = (paths: string[]) => paths.filter((path) => path.endsWith('.schema.json')).sort();
  expect(schemas(files)).toEqual(names.toSorted());
  expect(schemas(Object.keys(exports))).toEqual(names.map((name) => `./${name}`).sort());
});

test('the version in results is that of the package', () => {
  expect(version).toBe(read('package.json').version);
});
