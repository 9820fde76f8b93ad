import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import { columnReader, type Table } from '../../../src/table.js';
import { repeatableRandom, temporaryFiles } from '../../temporary-files.js';

const { write } = temporaryFiles();
const source = (name: string, content: string | Uint8Array) => fileSource(write(name, content));

/** The place of every row. */
const places = ({ rows, place }: Table) => Array.from({ length: rows }, (_, row) => place(row));

/** Column by column, text as words, null for missing. */
function contents(table: Table): Record<string, (number | string | null)[]> {
  return Object.fromEntries(
    table.columns.map(({ name, categories }, c) => {
      const cells = Array.from({ length: table.rows }, (_, row) => {
        const value = table.values[row * table.columns.length + c] as number;
        if (Number.isNaN(value)) return null;
        return categories ? (categories[value] as string) : value;
      });
      return [name, cells];
    }),
  );
}

/** How many of two arrays' values are not the same. */
function differences(a: Float32Array, b: Float32Array): number {
  return Math.abs(a.length - b.length) + a.filter((value, i) => !Object.is(value, b[i])).length;
}

test('numbers, words and missing values of a small table come out as they stand', async () => {
  const table = await readTable(source('small.csv', 'age,color,size\n41,red,1.5\n,blue,-2\n7,NA,3e2\n'));
  expect(contents(table)).toEqual({ age: [41, null, 7], color: ['red', 'blue', null], size: [1.5, -2, 300] });
  expect(table.columns).toEqual([
    { name: 'age', kind: 'number' },
    { name: 'color', kind: 'text', categories: ['blue', 'red'] },
    { name: 'size', kind: 'number' },
  ]);
  expect(places(table)).toEqual(['row 1 (line 2)', 'row 2 (line 3)', 'row 3 (line 4)']);
});

test('every spelling of a missing value is missing, in numbers and in text', async () => {
  const table = await readTable(
    source('missing.csv', 'a,b\n1,x\n,\nNA,NA\nN/A,N/A\nnull,null\nNULL,NULL\n?,?\n"", \n2,y\n3,y\n'),
  );
  const gone = Array(7).fill(null);
  expect(contents(table)).toEqual({ a: [1, ...gone, 2, 3], b: ['x', ...gone, 'y', 'y'] });
});

test('carriage returns, a byte order mark, blank lines and a missing last line end change nothing', async () => {
  const expected = { a: [1, 3], b: [2, 4] };
  for (const [i, content] of [
    'a,b\n1,2\n3,4',
    'a,b\r\n1,2\r\n3,4\r\n',
    'a,b\r1,2\r3,4\r',
    'a,b\r1,2\r3,4',
    '\ufeffa,b\n1,2\n3,4\n',
    'a,b\n1,2\n\n3,4\n\n\n',
    'a,b\r\n1,2\r\n\r\n3,4\r\n\r\n',
    '"a" ,b\n"1" ,2\n3 , 4\n',
  ].entries())
    expect(contents(await readTable(source(`ends-${i}.csv`, content))), JSON.stringify(content)).toEqual(expected);
});

test('line numbers count blank lines and lines inside quotes', async () => {
  const table = await readTable(source('lines.csv', 'a,"b\nc"\n\n1,"x\ny\r\nz"\n2,w\n'));
  expect(places(table)).toEqual(['row 1 (line 4)', 'row 2 (line 7)']);
  expect(contents(table)).toEqual({ a: [1, 2], 'b\nc': ['x\ny\r\nz', 'w'] });
});

test('the delimiter follows from the extension, else from the header, unless it is given', async () => {
  const expected = { a: [1], b: [2] };
  expect(contents(await readTable(source('d.tsv', 'a\tb\n1\t2\n')))).toEqual(expected);
  expect(contents(await readTable(source('d.tab', 'a\tb\n1\t2\n')))).toEqual(expected);
  expect(contents(await readTable(source('d.csv', 'a;b\n1;2\n')))).toEqual(expected);
  expect(contents(await readTable(source('d.txt', 'a\tb\n1\t2\n')))).toEqual(expected);
  expect(contents(await readTable(source('p.csv', 'a|b\n1|2\n'), { delimiter: '|' }))).toEqual(expected);
  expect(contents(await readTable(source('t.csv', 'a\tb\n1\t2\n'), { delimiter: '\\t' }))).toEqual(expected);
  expect(contents(await readTable(source('s.csv', 'a b\n1 2\n'), { delimiter: ' ' }))).toEqual(expected);
  expect(contents(await readTable(source('q.csv', '"a,b,c";d\n1;2\n')))).toEqual({ 'a,b,c': [1], d: [2] });
});

test('gzip is recognised by its first bytes, whatever the name, also in several members', async () => {
  const expected = { a: [1, 3], b: [2, 4] };
  const packed = gzipSync('a,b\n1,2\n3,4\n');
  expect(contents(await readTable(source('z.csv.gz', packed)))).toEqual(expected);
  expect(contents(await readTable(source('z.csv', packed)))).toEqual(expected);
  const members = Buffer.concat([gzipSync('a,b\n1,'), gzipSync('2\n3,4\n')]);
  expect(contents(await readTable(source('members.gz', members)))).toEqual(expected);
  expect(contents(await readTable(source('z.tsv.gz', gzipSync('a\tb\n1\t2\n3\t4\n'))))).toEqual(expected);
});

test('a column is numeric when more than half of its values are numbers', async () => {
  const rows = 'half,more,named\n1,1,1\n2,2,0\nx,3,1\n';
  const table = await readTable(source('kinds.csv', `${rows}y,4,0\n`), { categorical: ['named'] });
  expect(table.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'text']);
  expect(table.columns[2]?.categories).toEqual(['0', '1']);
});

test('a column without any value is numeric and missing throughout', async () => {
  const table = await readTable(source('void.csv', 'a,b\n,1\nNA,2\n'));
  expect(table.columns[0]).toEqual({ name: 'a', kind: 'number' });
  expect(contents(table).a).toEqual([null, null]);
});

test('categories are sorted by number or by code point and do not depend on the order of rows', async () => {
  const words = ['10', '9', '1e1', '-3'];
  const letters = ['b', 'B', 'é', '\u{1f600}', '\uff5e', 'a'];
  const orders = [
    [0, 1, 2, 3, 4, 5],
    [5, 3, 1, 0, 2, 4],
  ];
  for (const [i, order] of orders.entries()) {
    const lines = order.map((k) => `${words[k % 4]},${letters[k]}`);
    const ordered = source(`order-${i}.csv`, `n,t\n${lines.join('\n')}\n`);
    const table = await readTable(ordered, { categorical: ['n'] });
    expect(table.columns[0]?.categories).toEqual(['-3', '9', '10', '1e1']);
    expect(table.columns[1]?.categories).toEqual(['B', 'a', 'b', 'é', '\uff5e', '\u{1f600}']);
    expect(contents(table).t).toEqual(order.map((k) => letters[k]));
  }
});

test('integers beyond 2^24 keep all their digits beside the float32 values', async () => {
  const wide = source('wide.csv', 'stamp,plain\n1700000001,1\n5,16777216\n,3\n-16777217,4\n1700000002,5\n');
  const table = await readTable(wide);
  const read = columnReader(table, 0);
  expect([0, 1, 2, 3, 4].map(read)).toEqual([1700000001, 5, Number.NaN, -16777217, 1700000002]);
  expect(table.columns[1]).toEqual({ name: 'plain', kind: 'number' });
});

test('wide values found after the table has grown are kept as well', async () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => (i < 2500 ? i : 2 ** 30 + i));
  const table = await readTable(source('late-wide.csv', `a,b\n${numbers.map((n) => `${n},${n % 7}`).join('\n')}\n`));
  const read = columnReader(table, 0);
  expect(numbers.map((_, row) => read(row))).toEqual(numbers);
});

test('a large random table equals a naive split, over many blocks, plain and packed', async () => {
  const random = repeatableRandom(7);
  const cell = () => (random() * 10 ** Math.floor(random() * 9 - 4)).toFixed(Math.floor(random() * 8));
  const header = Array.from({ length: 40 }, (_, c) => `c${c}`).join(',');
  const lines = Array.from({ length: 9000 }, () =>
    Array.from({ length: 40 }, () => (random() < 0.05 ? '' : cell())).join(','),
  );
  const content = `${header}\n${lines.join('\n')}\n`;
  const expected = Float32Array.from(lines.join(',').split(','), (text) => (text === '' ? Number.NaN : Number(text)));
  const seen: number[] = [];
  const plain = await readTable(source('large.csv', content), { onProgress: ({ fraction }) => seen.push(fraction) });
  expect(plain.rows).toBe(9000);
  expect(differences(expected, plain.values)).toBe(0);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
  const packed = await readTable(source('large.csv.gz', gzipSync(content, { level: 1 })));
  expect(differences(expected, packed.values)).toBe(0);
});

test('quoted fields with any content survive, also where they cross blocks', async () => {
  const random = repeatableRandom(11);
  const pieces = ['a', '"', ',', '\n', '\r\n', ' ', ';', 'é', '\u{1f600}', '""'];
  const field = (length: number) =>
    `#${Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('')}#`;
  const records = Array.from({ length: 400 }, (_, i) => [
    field(random() * 30),
    i % 40 === 0 ? field(120_000) : field(9),
  ]);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const content = `x,y,n\n${records.map((row, i) => [...row.map(quoted), i].join(',')).join('\n')}\n`;
  expect(content.length).toBeGreaterThan(1.5 * 2 ** 20);
  const found = contents(await readTable(source('quoted.csv', content)));
  expect(found.x).toEqual(records.map(([x]) => x));
  expect(found.y).toEqual(records.map(([, y]) => y));
  expect(found.n).toEqual(records.map((_, i) => i));
});

test('a line longer than a block is one row', async () => {
  const width = 150_000;
  const header = Array.from({ length: width }, (_, c) => `c${c}`).join(',');
  const row = Array.from({ length: width }, (_, c) => `${c * 10}`).join(',');
  const table = await readTable(source('long.csv', `${header}\n${row}\n${row}\n`));
  expect([table.rows, table.columns.length]).toEqual([2, width]);
  expect(table.values[width - 1]).toBe((width - 1) * 10);
  expect(table.values[width + 1]).toBe(10);
});
