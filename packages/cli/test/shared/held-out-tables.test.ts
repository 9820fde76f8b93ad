import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const files = () => ['--model', here.model, '--data', here.data];
/** Rows like those of the table, with columns in another order; as text of any of the formats. */
const others = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ y: i % 3, b: (i % 3) + 0.05, a: Number(Math.sin(i + 500).toFixed(4)) }));
const csv = (rows: readonly object[]) =>
  [Object.keys(rows[0] ?? {}).join(','), ...rows.map((row) => Object.values(row).join(',')), ''].join('\n');
const lines = (rows: readonly object[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
const json = (name: string) => JSON.parse(readFileSync(here.path(name), 'utf8'));

test('find tries its answer on the rows of --validation, in any format, and all of --data is trained on', async () => {
  const answers = [];
  for (const path of [here.put('val.csv', csv(others(30))), here.put('val.jsonl', lines(others(30)))]) {
    const { code, stdout } = await lrfind(
      ...files(),
      '--validation',
      path,
      '--verify',
      '60',
      '--steps',
      30,
      '--repeats',
      2,
      '--json',
      '--backend',
      'wasm',
    );
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect([result.setup.rows, result.setup.validationRows, result.options.validation]).toEqual([120, 30, path]);
    answers.push([
      result.suggestion,
      result.verification.tried.map(({ trainings }: { trainings: { start: object }[] }) =>
        trainings.map(({ start }) => start),
      ),
    ]);
  }
  expect(answers[0]).toEqual(answers[1]);
});

test('compare tests each trial once at the end: in the result, the summary and the report', async () => {
  const path = here.put('test.csv', csv(others(24)));
  const out = here.path('c.json');
  const own = ['compare', ...files(), '--lr', '0.1,0.01', '--epochs', 2, '--repeats', 2, '--backend', 'wasm'];
  const { code, stdout } = await lrfind(...own, '--test', path, '--out', out);
  expect(code).toBe(0);
  expect(stdout).toMatch(/96 rows, 24 for validation, 24 to test on/);
  expect(stdout).toMatch(/validation loss +accuracy +test loss +test accuracy +behind the best/);
  const result = json('c.json');
  expect(result.setup.tested).toBe(24);
  for (const { trainings } of result.trials)
    for (const training of trainings) expect(training.test).toMatchObject({ loss: expect.any(Number) });
  expect(result.options.test).toBe(path);
  await lrfind('report', out, '--out', here.path('c.html'));
  const page = readFileSync(here.path('c.html'), 'utf8');
  expect(page).toContain('test accuracy');
  expect(page).toContain(`--test ${path}`);
});

test('class weights and sample weights go with tables to validate and to test on; a test table needs no column of weights', async () => {
  const weighted = Array.from({ length: 60 }, (_, i) => ({ a: Math.sin(i), b: i % 3, w: 1 + (i % 2), y: i % 3 }));
  const data = here.put('weighted.csv', csv(weighted));
  const validation = here.put('val.csv', csv(weighted.slice(0, 12)));
  const path = here.put('test.csv', csv(weighted.slice(0, 12).map(({ w: _, ...row }) => row)));
  const { code, stdout } = await lrfind(
    ...['train', '--model', here.model, '--data', data, '--sample-weight', 'w', '--class-weight', 'balanced'],
    ...['--validation', validation, '--test', path, '--lr', '0.01', '--epochs', 2, '--json'],
  );
  expect(code).toBe(0);
  const { setup, test: tested } = JSON.parse(stdout);
  expect([setup.rows, setup.validationRows, tested.rows]).toEqual([60, 12, 12]);
  expect(setup.notes).toContain('rows weighted by "w"');
});

test.each<[string, string[], (path: string) => string[], RegExp]>([
  [
    'a column that is missing',
    ['a,y', '1,0', '2,1'],
    (path) => ['--validation', path],
    /has no column "b", which \S+ has/,
  ],
  [
    'a label without a class',
    ['a,b,y', '1,2,0', '1,2,7'],
    (path) => ['--validation', path],
    /column "y" must be a whole number from 0 to 2; got 7/,
  ],
  [
    'a share as well',
    ['a,b,y', '1,2,0', '1,2,1'],
    (path) => ['--validation', path, '--validation-split', '0.2'],
    /validationSplit must be left out when validation rows are given/,
  ],
])('find refuses a table to validate on with %s', async (_, rows, flags, message) => {
  const path = here.put('val.csv', `${rows.join('\n')}\n`);
  const { code, stdout, stderr } = await lrfind(...files(), ...flags(path));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('a category that the training table does not have is named', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ c: ['p', 'q'][i % 2], y: i % 3 }));
  const data = here.put('words.csv', csv(rows));
  const validation = here.put('val.csv', csv([...rows.slice(0, 9), { c: 'r', y: 1 }]));
  const { code, stdout } = await lrfind(
    '--model',
    here.model,
    '--data',
    data,
    '--validation',
    validation,
    '--verify',
    '60',
    '--steps',
    30,
    '--repeats',
    1,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/val\.csv: 1 row one-hot encoded as all zeros, as "c" in \S+ has no such category: "r" \(1\)/);
});
