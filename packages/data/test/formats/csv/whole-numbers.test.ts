import { describe, expect, test } from 'vitest';
import { readTable } from '../../../src/formats/registry.js';
import { columnReader, type Table } from '../../../src/table.js';
import { textSource } from '../../large/wide-table.js';
import { repeatableRandom } from '../../temporary-files.js';

const tableOf = (text: string, chunk?: number) => readTable(textSource('whole.csv', text, chunk));

/** Every value of a table, row by row, in double precision. */
function rowsOf(table: Table): number[][] {
  const readers = table.columns.map((_, column) => columnReader(table, column));
  return Array.from({ length: table.rows }, (_, row) => readers.map((read) => read(row)));
}

const random = repeatableRandom(11);
const below = (limit: number) => Math.floor(random() * limit);
/** One digit to twelve; three in four have at most three. */
const digits = () =>
  Array.from({ length: random() < 0.75 ? 1 + below(3) : 1 + below(12) }, () => String(below(10))).join('');

describe('whole numbers equal Number() of their text', () => {
  test.each([
    ['commas and line feeds', ',', '\n'],
    ['semicolons and both line ends', ';', '\r\n'],
    ['bars and carriage returns', '|', '\r'],
    ['tabs', '\t', '\n'],
  ])('between %s', async (_, delimiter, end) => {
    const width = 9;
    const names = Array.from({ length: width }, (_each, i) => `column ${i}`);
    const rows = Array.from({ length: 600 }, () => Array.from({ length: width }, digits));
    const text = [names, ...rows].map((fields) => fields.join(delimiter)).join(end) + end;
    const expected = rows.map((fields) => fields.map(Number));
    for (const chunk of [7, 64, 1000, 1 << 16]) expect(rowsOf(await tableOf(text, chunk))).toEqual(expected);
  });

  test('among fields of every other kind', async () => {
    const others = ['-7', '+12', '1.5', '.25', '3e2', ' 8', '9 ', '"41"', '0007', '-0', '16777217', '1234567890123456'];
    const rows = Array.from({ length: 400 }, () =>
      Array.from({ length: 8 }, () => (random() < 0.4 ? (others[below(others.length)] as string) : digits())),
    );
    const text = `a,b,c,d,e,f,g,h\n${rows.map((fields) => fields.join(',')).join('\n')}`;
    const table = await tableOf(text, 100);
    const expected = rows.map((fields) => fields.map((field) => Number(field.replaceAll('"', ''))));
    // A column without a number beyond 2^24 has float32 alone.
    const held = expected.map((row) => row.map((value, i) => (table.columns[i]?.exact ? value : Math.fround(value))));
    expect(rowsOf(table)).toEqual(held);
  });

  test('beside text, whose digits stay text, and empty fields, which are missing', async () => {
    const table = await tableOf('a,word,b,c\n1,x,22,333\n4444,7,,55555\n666666,y,7777777,88888888\n9,x,1,\n');
    expect(table.columns.map(({ kind }) => kind)).toEqual(['number', 'text', 'number', 'number']);
    expect(table.columns[1]?.categories).toEqual(['7', 'x', 'y']);
    expect(rowsOf(table)).toEqual([
      [1, 1, 22, 333],
      [4444, 0, Number.NaN, 55555],
      [666666, 2, 7777777, 88888888],
      [9, 1, 1, Number.NaN],
    ]);
  });
});

describe('in a table of whole numbers', () => {
  const rows = '1,22,333\n'.repeat(1500);
  test.each([
    ['a field too many', '1,2,3,4\n', 'row 1501 (line 1502) must have 3 fields, as the header has; got 4'],
    ['a field too few', '1,2\n', 'row 1501 (line 1502) must have 3 fields, as the header has; got 2'],
    ['a word', '1,2x,3\n', 'row 1501 (line 1502), column "b" must be a number; got "2x"'],
    ['a letter of two bytes', '1,2é,3\n', 'row 1501 (line 1502), column "b" must be a number; got "2é"'],
    ['a digit that is not of ASCII', '1,٣,3\n', 'row 1501 (line 1502), column "b" must be a number; got "٣"'],
    ['another delimiter', '1;2;3\n', 'row 1501 (line 1502) must have 3 fields, as the header has; got 1'],
  ])('%s is refused by its place', async (_, row, message) => {
    await expect(tableOf(`a,b,c\n${rows}${row}${rows}`)).rejects.toThrow(message);
  });
});
