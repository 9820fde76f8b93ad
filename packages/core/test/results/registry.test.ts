import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { formatOf, parseResult, resultKinds } from '../../src/results/registry.js';
import { messageOf } from '../message-of.js';
import { smallest } from './documents.js';

type Name = keyof typeof smallest;
type Document = Record<string, unknown>;
const kinds = Object.entries(smallest);

/** A document that version 1 wrote: of a tiny model, by `lrfind find`, `train` and `compare`. */
const versionOne = (name: string): Document =>
  JSON.parse(readFileSync(new URL(`./version-1/${name}.json`, import.meta.url), 'utf8'));

/** Every value that is neither an object with entries nor a list with items, by its path. */
function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}/${key}`));
}

test.each(kinds)('a %s is read as it is', (_, document) => {
  expect(parseResult(document, 'a.json')).toBe(document);
});

test.each([
  [{ rate: 1e-320 }, '/curve/0/rate must be a number at least 1e-100 and at most 1e+100; got 1e-320'],
  [{ smoothed: 1e308 }, '/curve/0/smoothed must be a number at least -1e+100 and at most 1e+100 or null; got 1e+308'],
])('numbers that no chart can compute with are refused: %j', (change, message) => {
  const point = { rate: 0.1, median: 1, low: 1, high: 1, smoothed: 1, slope: null, ...change };
  expect(messageOf(() => parseResult({ ...smallest.sweep, curve: [point] }, 'a.json'))).toContain(message);
});

describe.each<[Name, [before: RegExp, now: string][]]>([
  [
    'sweep',
    [
      [/^\/seeds\//, '/sweeps/'],
      [/^\/options\/seeds$/, '/options/repeats'],
    ],
  ],
  [
    'training',
    [
      [/^\/training\/points\//, '/training/evaluations/'],
      [/^\/recipe\/found\b/, '/recipe/suggestion'],
    ],
  ],
  [
    'comparison',
    [
      [/^\/runs\//, '/trials/'],
      [/^(\/trials\/\d+\/trainings\/\d+)\/points\b/, '$1/evaluations'],
      [/^(\/trials\/\d+\/recipe)\/found\b/, '$1/suggestion'],
      [/^\/options\/seeds$/, '/options/repeats'],
    ],
  ],
])('a %s of version 1', (name, renamed) => {
  const before = versionOne(name);
  const result = parseResult(before, 'old.json');

  test('becomes a valid document of version 2', () => {
    expect(before.version).toBe(1);
    expect([result.format, result.version]).toEqual([`lrfind-${name}`, 2]);
    expect([...Value.Errors(resultKinds[result.format].schema, result)]).toEqual([]);
  });

  test('keeps every value, under the new names', () => {
    const rename = (path: string) =>
      [...renamed, [/^\/setup\/heldOut$/, '/setup/validationRows'] as const].reduce(
        (now, [pattern, replacement]) => now.replace(pattern, replacement),
        path,
      );
    const expected = leaves(before).map(([path, value]) => [rename(path), value] as const);
    // The lists of a comparison's options are split, which the next test checks.
    const kept = ([path]: readonly [string, unknown]) =>
      !/^\/(format|version)$|^\/options\/(lr|optimizer|batchSize)\//.test(path);
    expect(new Map(leaves(result).filter(kept))).toEqual(new Map(expected.filter(kept)));
    expect(leaves(result).filter(kept)).toHaveLength(leaves(before).filter(kept).length);
  });

  test('contains each of the renamed fields', () => {
    const paths = leaves(before).map(([path]) => path);
    let current = paths;
    for (const [pattern, replacement] of renamed) {
      expect(current.some((path) => pattern.test(path))).toBe(true);
      current = current.map((path) => path.replace(pattern, replacement));
    }
  });

  test('is not changed itself', () => {
    expect(before).toEqual(versionOne(name));
  });

  test('is read again after it was written', () => {
    expect(parseResult(JSON.parse(JSON.stringify(result)), 'new.json')).toEqual(result);
  });
});

test('the lists of options of a comparison of version 1 become single items', () => {
  const before = versionOne('comparison');
  const options = {
    lr: ['0.1, 0.01', 'find'],
    optimizer: ['adam,sgd'],
    batchSize: ['16,32', '64'],
    schedule: ['a(1, 2)'],
  };
  const result = parseResult({ ...before, options: { ...options, seeds: 2 } }, 'old.json');
  expect(result.options).toEqual({
    lr: ['0.1', '0.01', 'find'],
    optimizer: ['adam', 'sgd'],
    batchSize: [16, 32, 64],
    schedule: ['a(1, 2)'],
    repeats: 2,
  });
  expect(parseResult(before, 'old.json').options).toMatchObject({
    lr: ['find', '0.1', '1', '1e39'],
    optimizer: ['sgd'],
  });
});

test('a comparison of version 1 keeps the outcome and rank of every trial', () => {
  const result = parseResult(versionOne('comparison'), 'old.json');
  if (result.format !== 'lrfind-comparison') throw new Error('no comparison');
  expect(result.ranking.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['found rate', 'finished'],
    ['lr 1', 'finished'],
    ['lr 0.1', 'pruned'],
    ['lr 1e+39', 'diverged'],
  ]);
  expect(result.trials[0]?.recipe.suggestion?.verdict).toBe('sure');
});

describe('parseResult refuses', () => {
  test.each(kinds)('a %s of a later version, naming the version', (name, document) => {
    expect(messageOf(() => parseResult({ ...document, version: 3 }, 'a.json'))).toBe(
      `a.json is a ${name} of version 3; this lrfind reads versions 1 and 2`,
    );
  });

  test.each(kinds)('a %s without a version', (name, document) => {
    const { version: _, ...unversioned } = document;
    expect(messageOf(() => parseResult(unversioned, 'a.json'))).toBe(
      `a.json is a ${name} of version undefined; this lrfind reads versions 1 and 2`,
    );
  });

  test.each(kinds)('a damaged %s, naming the field', (name, document) => {
    expect(messageOf(() => parseResult({ ...document, options: 3 }, 'a.json'))).toMatch(
      new RegExp(`^a\\.json is a damaged ${name}: /options .`),
    );
    expect(messageOf(() => parseResult({ ...document, extra: 1 }, 'a.json'))).toContain(`is a damaged ${name}: `);
    const { environment: _, ...incomplete } = document;
    expect(messageOf(() => parseResult(incomplete, 'a.json'))).toContain(`is a damaged ${name}: / `);
  });

  test.each<[Name, string, unknown]>([
    ['sweep', 'seeds', 'x'],
    ['sweep', 'seeds', undefined],
    ['sweep', 'seeds', [{ seed: 0 }]],
    ['sweep', 'options', null],
    ['training', 'training', null],
    ['training', 'training', { seed: 0, start: null, outcome: 'finished', divergedAt: null }],
    ['training', 'recipe', 7],
    ['comparison', 'runs', 'x'],
    ['comparison', 'runs', undefined],
    ['comparison', 'runs', [null]],
    ['comparison', 'runs', [{ name: 'a', trainings: 'x' }]],
    ['comparison', 'options', []],
  ])('a damaged %s of version 1, whose %s is %j', (name, field, value) => {
    const document = { ...versionOne(name), [field]: value };
    expect(messageOf(() => parseResult(document, 'old.json'))).toContain(`old.json is a damaged ${name}: /`);
  });

  test('a list of trainings that is no list in a comparison of version 1', () => {
    const document = versionOne('comparison');
    const [run] = document.runs as Document[];
    expect(() => parseResult({ ...document, runs: [{ ...run, trainings: {} }] }, 'old.json')).toThrow(InputError);
    expect(() => parseResult({ ...document, runs: [{ ...run, trainings: [3] }] }, 'old.json')).toThrow(InputError);
  });

  test.each([
    'x',
    3,
    null,
    undefined,
    [],
    {},
    { format: 'toString' },
    { format: 3 },
    { format: 'lrfind-run', version: 2 },
    { format: 'lrfind-run' },
  ])('%j, which is not a result', (parsed) => {
    expect(formatOf(parsed)).toBeUndefined();
    expect(messageOf(() => parseResult(parsed, 'a.json'))).toBe(
      'a.json is not a result of lrfind: its "format" must be one of "lrfind-sweep", "lrfind-training", "lrfind-comparison"',
    );
  });
});

test.each(kinds)('the format of a %s is known before it is checked', (name, { format }) => {
  expect(formatOf({ format })).toBe(`lrfind-${name}`);
  expect(formatOf(versionOne(name))).toBe(format);
});
