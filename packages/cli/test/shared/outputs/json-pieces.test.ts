import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../../data/test/temporary-files.js';
import { csvLines, csvText } from '../../../src/shared/outputs/csv.js';
import { jsonPieces } from '../../../src/shared/outputs/json-pieces.js';
import { writeTogether } from '../../../src/shared/outputs/output-files.js';

const { folder } = temporaryFiles();

const deep = { a: [{ b: { c: [1, { d: ['e\nf', null] }] } }] };
const documents: [string, object][] = [
  ['nothing', {}],
  ['an empty list', []],
  ['empty lists and objects at every depth', { a: [], b: {}, c: [[], {}, [[], {}]], d: { e: { f: [], g: {} } } }],
  [
    'values of every kind',
    { text: 'ä "\n\u2028\ud800', number: -0, small: 1e-300, nan: Number.NaN, yes: true, none: null },
  ],
  [
    'what JSON leaves out',
    { a: undefined, b: () => 1, c: Symbol('c'), d: 1, e: { f: undefined }, g: { h: { i: { j: undefined } } } },
  ],
  [
    'what JSON has no text for, in lists',
    { a: [undefined, () => 1, Symbol('c')], b: { c: [undefined] }, d: [[[[undefined]]]] },
  ],
  ['a date, which says itself how it is written', { a: new Date(0), b: [new Date(1)] }],
  ['names that need quotes', { 'a "b"\n': { 'c\\d': { é: 1 } }, 1: 2 }],
  ['more levels than are written piece by piece', { deep, list: [deep, [deep]] }],
];

describe('a document in pieces is what JSON.stringify gives with one space a level, and a line end', () => {
  test.each(documents)('%s', (_, document) => {
    expect([...jsonPieces(document)].join('')).toBe(`${JSON.stringify(document, null, 1)}\n`);
  });
});

test('no piece of many trials is longer than one trial', () => {
  const trial = (i: number) => ({
    name: `trial ${i}`,
    trainings: Array.from({ length: 3 }, () => ({ losses: [1, 2, 3] })),
  });
  const trials = Array.from({ length: 1000 }, (_, i) => trial(i));
  const longest = Math.max(
    ...[...jsonPieces({ ranking: trials, search: { drawn: trials }, trials })].map(({ length }) => length),
  );
  expect(longest).toBeLessThan(2 * JSON.stringify(trial(999), null, 1).length);
});

test('pieces are written as the whole text', () => {
  const [whole, some] = ['whole.json', 'pieces.json'].map((name) => join(folder, name)) as [string, string];
  const document = { texts: Array.from({ length: 3000 }, (_, i) => 'ä–'.repeat(400 + i)) };
  writeTogether([
    [whole, `${JSON.stringify(document, null, 1)}\n`],
    [some, jsonPieces(document)],
  ]);
  const bytes = readFileSync(some);
  expect(bytes.length).toBeGreaterThan(1 << 22);
  expect(bytes.equals(readFileSync(whole))).toBe(true);
});

test('the lines of a table are those of its text', () => {
  const rows = [
    ['a', 'b'],
    [1, null],
    ['x,"y"', undefined],
  ];
  expect([...csvLines(rows)]).toEqual(['a,b\n', '1,\n', '"x,""y""",\n']);
  expect(csvText(rows)).toBe('a,b\n1,\n"x,""y""",\n');
});
