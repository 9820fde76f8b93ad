import { readFileSync } from 'node:fs';
import { checkDocument } from '@lrfind/core/options';
import { TableDescription } from '@lrfind/core/results';
import { describeTable, readModel, readTable, useBackend } from 'lrfind';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const data = (...more: (string | number)[]) => lrfind('data', '--data', here.data, ...more);

test('a table alone is enough: columns, classes, loss, shape, first rows and assumptions, without an escape code', async () => {
  const { code, stdout, stderr } = await data();
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/data\.csv · 120 rows · 3 columns · 2 features\n/);
  expect(stdout).toMatch(/^a +number +1 +-1 to 0\.9999, mean -?[\d.]+, deviation 0\.7\d+$/m);
  expect(stdout).toMatch(/^target +"y", 3 labels: 0 \(40\), 1 \(40\), 2 \(40\); 3 softmax units$/m);
  expect(stdout).toMatch(/^loss +sparseCategoricalCrossentropy$/m);
  expect(stdout).toMatch(/^a row +\[2\] in, \[3\] out, for a plain model$/m);
  expect(stdout).toMatch(/^ +1 +0 +0\.1 +0$/m);
  expect(stdout).toMatch(/^note: target "y", the last column$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(stdout).not.toMatch(/\u001b/);
});

test('the table may be named without --data, but once', async () => {
  const { code, stdout } = await lrfind('data', here.data);
  expect([code, stdout]).toEqual([0, (await data()).stdout]);
  const twice = await lrfind('data', here.data, '--data', 'other.csv');
  expect(twice.code).toBe(2);
  expect(twice.stderr).toBe(
    `lrfind: --data must be given without another table; got --data other.csv and ${here.data}\n`,
  );
  expect((await lrfind('data')).stderr).toMatch(/^lrfind: --data must be given: table: /);
});

test('years have no separator, larger numbers have one; what does not fit does not repeat the path', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `${1950 + i},${10_000 * i},name ${i},${i % 2}`);
  const path = here.put('years.csv', ['year,pop,name,y', ...names, ''].join('\n'));
  const { stdout } = await lrfind('data', path);
  expect(stdout).toMatch(/^year +number +1 +1950 to 2009, mean 1980, /m);
  expect(stdout).toMatch(/^pop +number +1 +0 to 590,000, /m);
  expect(stdout).toMatch(
    /^does not fit: text column "name" must have at most 20 categories .*\n {3}answer: --ignore name$/m,
  );
});

test('with a model it says that the table fits, and takes the loss of the model', async () => {
  const { code, stdout } = await data('--model', here.model);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a row +\[2\] in, \[3\] out$/m);
  expect(stdout).toMatch(/^model +classifier: the table fits$/m);
  expect(stdout).toMatch(/has 3 softmax units and the target is 1 column of numbers/);
});

test('what does not fit comes with the option that answers it; with that option it fits', async () => {
  const { code, stdout } = await data('--model', here.model, '--target', 'a', '--json');
  const { misfits } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(misfits).toEqual([
    { problem: expect.stringMatching(/column "a" must be a word or a whole number/), answer: '--target y' },
  ]);
  const [option, value] = misfits[0].answer.split(' ');
  expect(JSON.parse((await data('--model', here.model, option, value, '--json')).stdout).misfits).toEqual([]);
  const text = (await data('--model', here.model, '--target', 'a')).stdout;
  expect(text).toMatch(/^model +classifier: the table does not fit$/m);
  expect(text).toMatch(/^does not fit: .*\n {3}answer: --target y$/m);
});

test('the same search runs where it says that the table fits, and is refused where it says that it does not', async () => {
  for (const more of [[], ['--ignore', 'a'], ['--target', 'a']]) {
    const { misfits } = JSON.parse((await data('--model', here.model, '--json', ...more)).stdout);
    const find = await lrfind('--model', here.model, '--data', here.data, '--steps', 20, '--no-verify', ...more);
    expect([more, find.code]).toEqual([more, misfits.length === 0 ? 0 : 2]);
    if (misfits[0]) expect(find.stderr).toContain(misfits[0].problem);
  }
});

test('--json prints the document of the schema, --out writes it, and the library returns the same', async () => {
  const { stdout, stderr } = await data('--json', '--seed', 3, '--out', here.path('table.json'));
  expect(stderr).toBe(`wrote ${here.path('table.json')}\n`);
  expect(readFileSync(here.path('table.json'), 'utf8')).toBe(stdout);
  const document = JSON.parse(stdout);
  checkDocument(TableDescription, document, 'table.json');
  const { options, ...own } = describeTable(await readTable(here.data), { seed: 3 });
  expect(document).toMatchObject(JSON.parse(JSON.stringify(own)));
  expect([options, document.options.seed]).toEqual([{}, 3]);
  await useBackend('cpu');
  const { model } = await readModel(here.model);
  expect(describeTable(await readTable(here.data), { model }).model?.name).toBe('classifier');
});

test('--out columns.csv has a row for each column', async () => {
  await data('--out', here.path('columns.csv'));
  const [header, ...rows] = readFileSync(here.path('columns.csv'), 'utf8').trimEnd().split('\n');
  expect(header).toBe('column,kind,role,missing,distinct,low,high,mean,deviation,features');
  expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
    'a number feature',
    'b number feature',
    'y number target',
  ]);
});

test('many numbered columns are one line, and lines fit a terminal', async () => {
  const names = Array.from({ length: 784 }, (_, i) => `pixel${i}`);
  const row = (i: number) => [...names.map((_, p) => (i * p) % 256), i % 2].join(',');
  here.put('data.csv', [[...names, 'y'].join(','), ...Array.from({ length: 20 }, (_, i) => row(i)), ''].join('\n'));
  const faked = ['isTTY', 'columns'] as const;
  const before = faked.map((name) => [name, Object.getOwnPropertyDescriptor(process.stdout, name)] as const);
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  Object.defineProperty(process.stdout, 'columns', { value: 80, configurable: true });
  try {
    const { stdout } = await data();
    expect(stdout).toMatch(/^pixel0 … pixel783 \(784\) +number +784 +0 to 255$/m);
    const tables = stdout.split('\n').filter((line) => !line.startsWith('note:'));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(80);
  } finally {
    for (const [name, descriptor] of before)
      if (descriptor) Object.defineProperty(process.stdout, name, descriptor);
      else Reflect.deleteProperty(process.stdout, name);
  }
});

test.each<[string, string[], RegExp]>([
  ['an unknown target', ['--target', 'z'], /^lrfind: target: \S+ has no column "z"; did you mean "a"\?\n$/],
  [
    'an unknown loss',
    ['--loss', 'meanSquare'],
    /^lrfind: --loss must be one of .*; got "meanSquare"; did you mean meanSquaredError\?\n$/,
  ],
  ['no table', ['--data', ''], /^lrfind: a path must not be empty\n$/],
  ['a picture', ['--out', 'a.png'], /^lrfind: --out must end in one of \.json, \.csv; got a\.png\n$/],
  [
    'too many examples',
    ['--examples', '1000'],
    /^lrfind: --examples must be a whole number .*at most 100; got 1000\n$/,
  ],
])('%s is refused with one message, and nothing is written', async (_, more, message) => {
  const before = here.files();
  const { code, stdout, stderr } = await data(...more);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(here.files()).toEqual(before);
});

test('the table is not overwritten', async () => {
  const { code, stderr } = await lrfind('data', '--data', here.data, '--out', here.data);
  expect([code, stderr]).toEqual([2, `lrfind: --out ${here.data} would overwrite the input\n`]);
});

test('a description is no result: lrfind plot says what it reads', async () => {
  await data('--out', here.path('table.json'));
  const { code, stderr } = await lrfind('plot', here.path('table.json'), '--out', here.path('a.png'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/is not a result of lrfind: its "format" must be one of/);
});
