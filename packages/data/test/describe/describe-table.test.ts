import { readFileSync } from 'node:fs';
import { checkDocument } from '@lrfind/core/options';
import { resultKinds, TableDescription } from '@lrfind/core/results';
import { expect, test } from 'vitest';
import { type ChooseTarget, type DescribeOptions, describeTable, readTable } from '../../src/index.js';
import { fileSource } from '../../src/node.js';
import { chooseTarget } from '../encode/choose-target.js';
import { smallTable } from '../encode/small-table.js';
import { messageOf } from '../message-of.js';

const fixture = (name: string) => new URL(`../../../../fixtures/describe/${name}`, import.meta.url);
interface PandasColumn {
  missing: number;
  distinct: number;
  low?: number;
  high?: number;
  mean?: number;
  deviation?: number;
  counts?: Record<string, number>;
}
const golden: { rows: number; columns: Record<string, PandasColumn> } = JSON.parse(
  readFileSync(fixture('golden.json'), 'utf8'),
);
const mixed = await readTable(fileSource(fixture('mixed.csv').pathname));
const described = describeTable(mixed);
const columnOf = (name: string, description = described) => {
  const found = description.columns.find((column) => column.name === name);
  if (!found) throw new Error(`no column ${name}`);
  return found;
};

test('a description is a valid document, and no result of a training', () => {
  checkDocument(TableDescription, JSON.parse(JSON.stringify(described)), 'description');
  expect(Object.keys(resultKinds)).not.toContain(described.format);
});

test.each(Object.entries(golden.columns))('column "%s" is as pandas and scikit-learn describe it', (name, pandas) => {
  const { missing, distinct, numbers, categories } = columnOf(name);
  expect(missing).toBe(pandas.missing);
  if (pandas.counts) {
    expect(distinct).toBe(pandas.distinct);
    expect(numbers).toBeNull();
    const listed = Object.fromEntries((categories ?? []).map(({ value, rows }) => [value, rows]));
    expect(Object.keys(listed)).toHaveLength(Math.min(20, pandas.distinct));
    for (const [value, rows] of Object.entries(listed)) expect(pandas.counts[value]).toBe(rows);
    expect(categories?.[0]?.rows).toBe(Math.max(...Object.values(pandas.counts)));
  } else {
    expect(distinct).toBe(pandas.distinct > 50 ? null : pandas.distinct);
    expect([numbers?.low, numbers?.high]).toEqual([pandas.low, pandas.high]);
    expect(numbers?.mean).toBeCloseTo(pandas.mean as number, 4);
    expect(numbers?.deviation).toBeCloseTo(pandas.deviation as number, 4);
  }
});

test('each column has the kind of its values', () => {
  expect(Object.fromEntries(described.columns.map(({ name, kind }) => [name, kind]))).toEqual({
    index: 'number',
    weight: 'number',
    doors: 'number',
    price: 'number',
    fuel: 'category',
    sold: 'boolean',
    flag: 'boolean',
    day: 'date',
    remark: 'text',
    country: 'constant',
    code: 'constant',
    grade: 'category',
  });
});

test('what deserves a look is said with the option that changes it', () => {
  expect(described.notes).toContain('"index" counts the rows: --ignore index leaves it out');
  expect(described.notes).toContain(
    '"day" holds dates, of which each is a category of its own: --dates number reads them, --ignore day leaves them out',
  );
  expect(described.notes).toContain(
    '"remark" has 90 categories that hardly repeat, each a feature: --ignore remark leaves it out',
  );
  expect(described.notes.join('\n')).toMatch(
    /"country" and "code" never change, .*: --ignore country,code leaves them out/,
  );
  expect(described.notes.join('\n')).toMatch(
    /"doors" has few different whole numbers: if they are codes, --categorical doors/,
  );
  expect(described.notes.join('\n')).toMatch(
    /the classes of "grade" have between \d+ and \d+ rows: --class-weight balanced/,
  );
});

test('an option that a hint or an answer names can be copied', () => {
  const rows = 60;
  const words = Array.from({ length: rows }, (_, i) => `word ${i}`);
  const numbers = Array.from({ length: rows }, (_, i) => i * i);
  const { notes, misfits } = describeTable(
    smallTable({ 'Browser, Version': words, 'same $': numbers.map(() => 1), y: numbers }),
  );
  expect(notes.join('\n')).toContain('--ignore "Browser\\, Version" leaves it out');
  expect(notes.join('\n')).toContain("--ignore 'same $' leaves it out");
  expect(misfits.map(({ answer }) => answer)).toEqual(['--ignore "Browser\\, Version"']);
});

test('the target has its loss, its classes in order, and their balance; the features are counted one-hot', () => {
  const [target] = described.targets;
  expect(target).toMatchObject({
    columns: ['grade'],
    loss: 'sparseCategoricalCrossentropy',
    units: 3,
    activation: 'softmax',
  });
  expect(target?.classes).toEqual(
    ['a', 'b', 'c'].map((value) => ({ value, rows: golden.columns.grade?.counts?.[value] })),
  );
  // Numbers: index, weight, doors, price, flag, code; words: fuel, sold, day, remark, country.
  expect(described.inputs).toEqual([[6 + 3 + 1 + 90 + 90 + 1]]);
  expect(described.misfits.map(({ problem }) => problem)).toEqual([
    expect.stringMatching(
      /text column "day" must have at most \d+ categories .*; got 90: .* --ignore day leaves it out/,
    ),
  ]);
});

const y = (values: readonly (number | string | null)[], options: DescribeOptions = {}) =>
  describeTable(smallTable({ x: values.map((_, i) => i + 0.5), y: values }), options).targets[0];
const repeated = (values: readonly (number | string)[], times = 10) =>
  Array.from({ length: times }, () => values).flat();

test.each<[string, readonly (number | string)[], object]>([
  ['two words', repeated(['no', 'yes']), { loss: 'binaryCrossentropy', units: 1, activation: 'sigmoid' }],
  ['0 and 1', repeated([0, 1]), { loss: 'binaryCrossentropy', units: 1, activation: 'sigmoid' }],
  ['1 and 2', repeated([1, 2]), { loss: 'sparseCategoricalCrossentropy', units: 2 }],
  ['three words', repeated(['a', 'b', 'c']), { loss: 'sparseCategoricalCrossentropy', units: 3 }],
  ['grades 1 to 6', repeated([1, 2, 3, 4, 5, 6]), { loss: 'sparseCategoricalCrossentropy', units: 6 }],
  ['class numbers of which one is missing', repeated([0, 1, 3]), { loss: 'sparseCategoricalCrossentropy', units: 4 }],
  ['labels 10, 20, 40', repeated([10, 20, 40]), { loss: 'sparseCategoricalCrossentropy', units: 3 }],
  ['fractions', repeated([0.5, 1, 2]), { loss: 'meanSquaredError', units: 1, activation: 'linear' }],
  ['21 whole numbers', repeated(Array.from({ length: 21 }, (_, i) => i)), { loss: 'meanSquaredError', units: 1 }],
  ['whole numbers that never repeat', [3, 8, 5, 1, 9, 2], { loss: 'meanSquaredError', units: 1 }],
])('without a model, a target of %s gets the output that it needs', (_, values, expected) => {
  expect(y(values)).toMatchObject(expected);
});

test('a loss that is named decides whether whole numbers are classes', () => {
  const loss = { loss: 'meanSquaredError', kind: 'number', activation: 'linear' } as const;
  expect(y(repeated([1, 2, 3]), { loss })).toMatchObject({ loss: 'meanSquaredError', units: 1, classes: null });
});

test('the first rows are shown, and as many that the seed draws; equal seeds draw equal rows', () => {
  const rows = (seed: number) => describeTable(mixed, { examples: 4, seed }).examples.map(({ row }) => row);
  expect(rows(1).slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect(new Set(rows(1)).size).toBe(8);
  expect(rows(1)).toEqual(rows(1));
  expect(rows(1)).not.toEqual(rows(2));
  const lines = readFileSync(fixture('mixed.csv'), 'utf8').split('\n');
  for (const { row, values } of describeTable(mixed, { seed: 5 }).examples)
    expect(values.map((value) => value ?? '').join(',')).toBe(
      lines[row]?.replace(/(\.\d*?)0+,/, '$1,').replaceAll('.,', ','),
    );
  expect(describeTable(smallTable({ a: [1], y: [2] }), { examples: 5 }).examples).toEqual([{ row: 1, values: [1, 2] }]);
});

const modelOf = (features: number, units: number, activation: string, choose: ChooseTarget = chooseTarget()) => ({
  name: 'm',
  inputs: [{ name: 'in', shape: [features] }],
  outputs: [{ name: 'out', shape: [units], activation }],
  chooseTarget: choose,
});
const flats = smallTable({
  id: Array.from({ length: 60 }, (_, i) => `F${i}`),
  area: Array.from({ length: 60 }, (_, i) => 30 + i),
  zone: Array.from({ length: 60 }, (_, i) => i % 4),
  city: Array.from({ length: 60 }, (_, i) => ['Nice', 'Lyon', 'Metz'][i % 3] as string),
  price: Array.from({ length: 60 }, (_, i) => 100.5 + i),
});

test.each<[string, DescribeOptions, answers: (string | RegExp)[]]>([
  ['the column that is one too many', { model: modelOf(5, 1, 'linear') }, ['--ignore id']],
  ['a column whose numbers are categories', { ignore: ['id'], model: modelOf(8, 1, 'linear') }, ['--categorical zone']],
  ['features that no column explains', { ignore: ['id'], model: modelOf(400, 1, 'linear') }, [/^--init-model /]],
  ['the column that the output is for', { ignore: ['id'], model: modelOf(5, 3, 'softmax') }, ['--target city']],
  ['features and target at once', { model: modelOf(5, 3, 'softmax') }, ['--ignore id', '--target city']],
])('of what does not fit a model, the answer names %s', (_, options, answers) => {
  const { misfits } = describeTable(flats, options);
  expect(misfits).toHaveLength(answers.length);
  for (const [i, answer] of answers.entries()) {
    if (typeof answer === 'string') expect(misfits[i]?.answer).toBe(answer);
    else expect(misfits[i]?.answer).toMatch(answer);
  }
});

test('with the answers the table fits', () => {
  const { misfits, targets, inputs } = describeTable(flats, { ignore: ['id'], model: modelOf(5, 1, 'linear') });
  expect(misfits).toEqual([]);
  expect(inputs).toEqual([[5]]);
  expect(targets[0]).toMatchObject({ loss: 'meanSquaredError', why: expect.stringContaining('usual for output') });
});

test('words that are too many are answered with the option that reads or ignores them; dates that were read are of that kind', async () => {
  const { misfits } = describeTable(mixed, { target: 'grade', oneHotLimit: 50 });
  expect(misfits.map(({ answer }) => answer)).toEqual(['--dates number, or --ignore day,remark']);
  const dated = await readTable(fileSource(fixture('mixed.csv').pathname), { dates: 'number' });
  const day = columnOf('day', describeTable(dated, { ignore: ['remark'] }));
  expect([day.kind, day.features, day.categories]).toEqual(['date', 1, null]);
});

test('a feature without any value, and a target without any, are misfits with an answer and not the end', () => {
  const empty = describeTable(smallTable({ a: [1, 2], b: [null, null], y: [1, 2] }));
  expect(empty.misfits).toEqual([{ problem: expect.stringContaining('got none in "b"'), answer: '--ignore b' }]);
  const bare = describeTable(smallTable({ a: [1, 2], y: [null, null] }));
  expect(bare.misfits[0]?.answer).toMatch(/^--target/);
  expect(bare.usable).toBe(0);
});

test.each<[string, DescribeOptions, RegExp]>([
  ['an unknown target', { target: 'prise' }, /^target: t\.csv has no column "prise"; did you mean "price"\?$/],
  ['an ignored target', { target: 'price', ignore: ['price'] }, /^ignore must not name the target; got "price"$/],
  ['no feature left', { ignore: ['id', 'area', 'zone', 'city'] }, /must have a feature column besides its targets/],
])('%s is refused', (_, options, message) => {
  expect(messageOf(() => describeTable(flats, options))).toMatch(message);
});
