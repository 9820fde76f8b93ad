import { describe, expect, test } from 'vitest';
import { readTable } from '../../../src/formats/registry.js';
import { memorySource } from '../../memory-source.js';

const read = (text: string, options = {}, name = 'a.json') => readTable(memorySource(name, text), options);
const fails = (text: string, message: string, name = 'a.json') =>
  expect(read(text, {}, name)).rejects.toThrow(new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));

test('a list of records is a table; a record that lacks a name has a missing value', async () => {
  const table = await read('[{"a": 1, "b": "x"}, {"b": "y", "c": true}, {"a": null, "c": false, "b": " x "}]');
  expect(table.columns).toEqual([
    { name: 'a', kind: 'number' },
    { name: 'b', kind: 'text', categories: ['x', 'y'] },
    { name: 'c', kind: 'number' },
  ]);
  const { NaN: none } = Number;
  expect([...table.values]).toEqual([1, 0, none, none, 1, 1, none, 0, 0]);
  expect([table.place(0), table.rows]).toEqual(['row 1', 3]);
});

test('text that is a number, or that stands for a missing value, is what it is in a CSV file', async () => {
  const table = await read('{"zip": ["07", "8.5", "NA", ""]}');
  expect(table.columns).toEqual([{ name: 'zip', kind: 'number' }]);
  expect([...table.values]).toEqual([7, 8.5, Number.NaN, Number.NaN]);
});

test('integers beyond 2^24 are kept in double precision', async () => {
  const { columns } = await read('[{"id": 16777217}, {"id": 3}, {"id": -9007199254740993}]');
  expect(columns[0]?.exact).toEqual(Float64Array.of(16777217, 3, -9007199254740992));
});

test('the first bytes show JSON, whatever the file is called', async () => {
  expect((await read('\ufeff [ {"a": 1}]', {}, 'a.txt')).rows).toBe(1);
  expect((await read('{"a": 1}\n{"a": 2}\n', {}, 'a.json')).place(1)).toBe('line 2');
  expect((await read('{"a": 1}', {}, 'a.jsonl')).rows).toBe(1);
});

test('JSON lines skip blank lines, and a row is called by its line', async () => {
  const table = await read('{"a": 1}\r\n\r\n{"a": 2}', {}, 'a.jsonl');
  expect([table.rows, table.place(1)]).toEqual([2, 'line 3']);
});

describe('refused, with the place:', () => {
  test.each([
    [
      '[{"a": 1}, {"a": {"b": 2}}]',
      'a.json: row 2, "a" must be a number, a text, true, false or null; got an object ("b", …); give each of its values a column of its own',
    ],
    [
      '{"a": [1, [2]]}',
      'a.json: "a"[1] must be a number, a text, true, false or null; got a list; give each of its values a column of its own',
    ],
    [
      '{"a": {"0": 1, "1": []}}',
      'a.json: "a"["1"] must be a number, a text, true, false or null; got a list; give each of its values a column of its own',
    ],
    [
      '{"columns": ["a"], "data": [[1], [[]]]}',
      'a.json: data[1][0] must be a number, a text, true, false or null; got a list; give each of its values a column of its own',
    ],
    [
      '{"columns": ["a", "b"], "data": [[1]]}',
      'a.json: data[0] must be a list of 2 values, one for each of "columns"; got [1]',
    ],
    ['{"a": [1, 2], "b": [1]}', 'a.json: "b" must have 2 values, as "a" has; got 1'],
    ['{"a": {"0": 1}, "b": {"1": 1}}', 'a.json: "b" must have the same rows as the other columns; got other ones'],
    ['{"a": 1}', 'a.json: "a" must be a column, which is a list with a value for each row; got 1'],
    ['[1, 2]', 'a.json: row 1 must be an object from the names of columns to values; got 1'],
    [
      '[[1, 2]]',
      'a.json must be a list of objects, from the names of columns to values; got a list of lists, which has no names',
    ],
    ['[{"a": 1}, null]', 'a.json: row 2 must be an object from the names of columns to values; got null'],
    ['"a"', 'a.json must be a list of records or an object of columns; got "a"'],
    ['[]', 'a.json must have columns; got none'],
    ['[{}]', 'a.json must have columns; got none'],
    ['{"a": []}', 'a.json must hold rows; got 1 column without any'],
    ['[{"": 1}]', 'a.json: column 1 of 1 must have a name; got none'],
    ['[{"a": 1, " a": 1}]', 'a.json must name each column once; got "a" as columns 1 and 2'],
    [
      '[{"a": 1}, {"a": 2}, {"a": "x"}]',
      'a.json: row 3, column "a" must be a number; got "x"; if the column holds categories, use --categorical a, if it is missing --missing x',
    ],
    [
      '[{"a": 1e39}]',
      'a.json: row 1, column "a" must be a number that float32 can hold, at most 3.4e38; got 1e+39; give the column in a larger unit',
    ],
    [
      '[{"a": 1}, {"a": 1e400}]',
      'a.json: row 2, column "a" must be finite; got Infinity; leave it empty (null) if the value is missing',
    ],
    [
      '{"0": {"a": 1}, "1": {"a": 2}}',
      'a.json must hold columns; got rows by index (orient="index"): write it with orient="records"',
    ],
  ])('%s', (text, message) => fails(text, message));

  test('a line that is not a record', async () => {
    await fails(
      '{"a": 1}\n\n[2]\n',
      'a.jsonl: line 3 must be an object from the names of columns to values; got [2]',
      'a.jsonl',
    );
    await expect(read('{"a": 1}\n{"a": NaN}\n')).rejects.toThrow(/^a\.json: line 2 is not JSON: /);
  });

  test('an option of another format', async () => {
    await expect(read('[{"a": 1}]', { delimiter: ';' })).rejects.toThrow('delimiter is for CSV; a.json is JSON');
  });

  test('bytes that are not UTF-8, and a document that is cut off', async () => {
    const bytes = Uint8Array.of(0x5b, 0x7b, 0x22, 0xff, 0x22);
    await expect(readTable(memorySource('a.json', bytes))).rejects.toThrow('a.json must be UTF-8 text');
    await expect(read('[{"a": 1}')).rejects.toThrow(/^a\.json is not JSON/);
  });

  test('a small file whose records share no names, which would need a large table', async () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({ [`n${i}`]: i }));
    await expect(read(JSON.stringify(records))).rejects.toThrow('a.json must hold records with the same names; got');
  });
});
