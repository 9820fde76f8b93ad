import { describe, expect, test } from 'vitest';
import { contents, tableOf } from './contents.js';

const expected = { size: [1.5, 2, 3], color: ['red', 'dark, blue', 'red'], weight: [10, 20, 30] };
/** The same rows with another delimiter. */
const separated = (by: string) =>
  ['size,color,weight', '1.5,red,10', '2,"dark, blue",20', '3,red,30', '']
    .map((line) => line.replaceAll(/,(?! )/g, by))
    .join('\n');

describe('the delimiter is recognised', () => {
  test.each([',', ';', '\t', '|'])('%j', async (delimiter) => {
    expect(contents(await tableOf(separated(delimiter)))).toEqual(expected);
  });

  test('runs of blanks, also at the start of lines', async () => {
    const text = '  size color   weight\n  1.5 red        10\n\t2 "dark, blue"\t20  \n  3   red 30\n';
    const table = await tableOf(text);
    expect(contents(table)).toEqual(expected);
    expect(table.place(2)).toBe('row 3 (line 4)');
  });

  test('decimal commas and texts with commas do not mislead', async () => {
    expect(contents(await tableOf('a;b\n1,5;2,5\n3,5;4,5\n'))).toEqual({ a: [1.5, 3.5], b: [2.5, 4.5] });
    const prose = await tableOf('id|text\n1|one, two, three\n2|four, five, six\n3|seven, eight, nine\n');
    expect(contents(prose).text).toEqual(['one, two, three', 'four, five, six', 'seven, eight, nine']);
    expect(Object.keys(contents(await tableOf('date time,value\n1 2,5\n3 4,6\n')))).toEqual(['date time', 'value']);
  });

  test('decimal commas between blanks', async () => {
    const expected = { 'col 7': [1.5, 2.25, -1163.5], b: ['x', 'y', 'z'], c: [1, 2, null] };
    for (const text of [
      '"col 7" b c\n1,5 x 1\n2,25 y 2\n-1.163,5 z NA\n',
      // As R's write.table(dec = ",") writes it.
      '"col 7" "b" "c"\n"1" 1,5 "x" 1\n"2" 2,25 "y" 2\n"3" -1163,5 "z" NA\n',
    ])
      expect(contents(await tableOf(text))).toEqual(expected);
    const headless = await tableOf('1,5 0,1\n2,5 0,2\n3,5 0,3\n');
    expect(contents(headless)).toEqual({ 0: [1.5, 2.5, 3.5], 1: [0.1, 0.2, 0.3].map(Math.fround) });
    // A time before a comma is no number.
    const times = await tableOf('2020-01-01 10:00,5\n2020-01-02 11:00,6\n');
    expect(times.columns).toHaveLength(2);
    expect(contents(times)['1']).toEqual([5, 6]);
  });

  test('a mark in some texts between blanks is none, one below a title is', async () => {
    expect(contents(await tableOf('word n\nx|y 1\nx|z 2\nplain 3\nx|y 4\n')).word).toEqual([
      'x|y',
      'x|z',
      'plain',
      'x|y',
    ]);
    const titled = await tableOf('Report 2020\n1 Jan|5\n2 Jan|6\n3 Jan|7\n', { header: false });
    expect(contents(titled)).toEqual({ 0: ['1 Jan', '2 Jan', '3 Jan'], 1: [5, 6, 7] });
  });

  test('an apostrophe or a sign of inches opens no quote', async () => {
    const table = await tableOf('part|size\n5" pipe|1\n7" pipe|2\n');
    expect(contents(table)).toEqual({ part: ['5" pipe', '7" pipe'], size: [1, 2] });
  });

  test('an option names any other one', async () => {
    expect(contents(await tableOf('a:b\n1:2\n', { delimiter: ':' }))).toEqual({ a: [1], b: [2] });
    expect(contents(await tableOf('a  b\n1 \t 2\n', { delimiter: 'blanks' }))).toEqual({ a: [1], b: [2] });
  });
});

describe('the header', () => {
  test('is recognised by words above numbers', async () => {
    expect(contents(await tableOf('x,y\n1,a\n2,b\n'))).toEqual({ x: [1, 2], y: ['a', 'b'] });
    // The names of the last column come again among its words.
    expect(contents(await tableOf('a,y\n1,y\n2,y\n3,z\n')).y).toEqual(['y', 'y', 'z']);
  });

  test.each([
    ['measurements', '5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n'],
    ['numbers that come twice', '5,0,0\n1,2,3\n'],
    ['negative numbers', '-5,0\n1,2\n'],
    ['words that come again', 'vhigh,low,2\nhigh,low,2\nvhigh,low,4\n'],
    ['dates', '2020-01-01,5.5\n2020-01-02,6.5\n'],
    ['decimal commas', '1,5;2,5\n3,5;4,5\n'],
  ])('is missed where the first line is a row: %s', async (_, text) => {
    const table = await tableOf(text);
    expect(table.rows).toBe(text.trimEnd().split('\n').length);
    expect(table.columns.map(({ name }) => name)).toEqual(table.columns.map((__, i) => `${i}`));
    expect(table.place(0)).toBe('row 1 (line 1)');
    expect(table.notes?.join()).toMatch(/the first line is a row/);
  });

  test.each(['0,1,2\n5.5,6,7\n', '2019,2020\n1.5,2\n', 'id,2019,2020\n1,5,6\n', '400,402,404\n0.1,0.2,0.3\n'])(
    'may be numbers that count up: %j',
    async (text) => {
      expect((await tableOf(text)).columns.map(({ name }) => name)).toEqual(text.split('\n')[0]?.split(','));
    },
  );

  test('is what the option says', async () => {
    expect(contents(await tableOf('a,b\n1,2\n', { header: false }))).toEqual({ 0: ['a', '1'], 1: ['b', '2'] });
    expect(contents(await tableOf('5,0.5\n1,2\n', { header: true }))).toEqual({ 5: [1], '0.5': [2] });
  });

  test('of a table that is read like another has its names, even above words', async () => {
    const like = await tableOf('name,city\nann,rome\nbob,oslo\n');
    expect((await tableOf('city,name\ncity,name\ncity,name\n', { like })).rows).toBe(2);
  });
});

describe('lines above the header', () => {
  test.each([
    ['sep= of a spreadsheet', 'sep=;\na;b\n1;2\n3;4\n'],
    ['sep= of a delimiter that only it shows', 'sep=:\na:b\n1:2\n3:4\n'],
    ['comments', '# from a site\n# in mm, and g\na,b\n1,2\n3,4\n'],
    ['a title', 'Report of May\na,b\n1,2\n3,4\n'],
    ['a title with an empty line', 'Report of May\n\na,b\n1,2\n3,4\n'],
    ['a title in the first of several cells', 'Report of May;;\na;b;c\n1;2;5\n3;4;6\n'],
    ['empty lines', '\n\na,b\n1,2\n3,4\n'],
  ])('are skipped: %s', async (_, text) => {
    const table = await tableOf(text);
    expect(contents(table)).toMatchObject({ a: [1, 3], b: [2, 4] });
    const lines = text.trimEnd().split('\n');
    expect(table.place(1)).toBe(`row 2 (line ${lines.length})`);
    if (lines.some((line) => /[a-z]{3}/.test(line))) expect(table.notes?.join()).toMatch(/^skipped/);
  });

  test('may hold the names, as NumPy writes them', async () => {
    const table = await tableOf('# a b\n1.5e+00 2.0e+00\n3.0e+00 4.5e+00\n');
    expect(contents(table)).toEqual({ a: [1.5, 3], b: [2, 4.5] });
    expect(contents(await tableOf('# a,b\n1.5,2\n3,4.5\n'))).toEqual({ a: [1.5, 3], b: [2, 4.5] });
  });

  test('a first name that is or begins with the mark of a comment is a name', async () => {
    expect(Object.keys(contents(await tableOf('#,name\n1,a\n2,b\n')))).toEqual(['#', 'name']);
    expect(Object.keys(contents(await tableOf('#id,name\n1,a\n2,b\n')))).toEqual(['#id', 'name']);
  });

  test('are as many as the option says', async () => {
    expect(contents(await tableOf('x,y\nz,u\na,b\n1,2\n', { skip: 2 }))).toEqual({ a: [1], b: [2] });
    await expect(tableOf('a,b\n1,2\n', { skip: 7 })).rejects.toThrow(/skip must be fewer than the lines/);
    await expect(tableOf('a,b\n1,2\n', { skip: -1 })).rejects.toThrow('skip must be a whole number at least 0; got -1');
  });
});

describe('an index', () => {
  test.each([
    ['that R writes: the header is one name shorter', 'a b\n"1" 5 6.5\n"2" 7 8\n', {}],
    ['of words that R writes', '"a","b"\n"Mazda",5,6.5\n"Fiat",7,8\n', {}],
    ['that pandas writes: the first column has no name', ',a,b\n0,5,6.5\n1,7,8\n', {}],
    ['that was written twice', 'Unnamed: 0,a,b\n0,5,6.5\n1,7,8\n', {}],
    ['of words without a name', ',a,b\nMazda,5,6.5\nFiat,7,8\n', {}],
    ['that is named', 'car,a,b\nMazda,5,6.5\nFiat,7,8\n', { indexColumn: 'car' }],
  ])('%s', async (_, text, options) => {
    const table = await tableOf(text, options);
    expect(contents(table)).toEqual({ a: [5, 7], b: [6.5, 8] });
    expect(table.notes?.join()).toMatch(/^left out /);
  });

  test('is kept on request, and what only looks like one is no index', async () => {
    expect(contents(await tableOf(',a\n0,5\n1,7\n', { indexColumn: 'none' }))).toEqual({
      'Unnamed: 0': [0, 1],
      a: [5, 7],
    });
    expect(contents(await tableOf(',a\n0.5,5\n0.25,7\n'))).toEqual({ 'Unnamed: 0': [0.5, 0.25], a: [5, 7] });
    expect(contents(await tableOf('id,a\n0,5\n1,7\n'))).toEqual({ id: [0, 1], a: [5, 7] });
    await expect(tableOf('a,b\n1,2\n', { indexColumn: 'c' })).rejects.toThrow(
      /indexColumn must be a column of .*; got "c"/,
    );
  });
});

describe('delimiters at the end of lines', () => {
  test.each(['a,b,\n1,2,\n3,4,\n', 'a,b\n1,2,\n3,4,\n'])('are left out: %j', async (text) => {
    const table = await tableOf(text);
    expect(contents(table)).toEqual({ a: [1, 3], b: [2, 4] });
    expect(table.notes?.join()).toMatch(/left out the empty field after the last delimiter/);
  });

  test('but a value there belongs to no column', async () => {
    const rows = '1,2,\n'.repeat(2000);
    await expect(tableOf(`a,b,\n${rows}1,2,3\n`)).rejects.toThrow(
      /row 2001 \(line 2002\) must have 2 fields, as the header has; got 3$/,
    );
  });
});

test('a column without a name is called as in pandas', async () => {
  const table = await tableOf('a,,c\n1,2,3\n4,5,6\n');
  expect(contents(table)).toEqual({ a: [1, 4], 'Unnamed: 1': [2, 5], c: [3, 6] });
  expect(table.notes).toEqual(['columns without a name called "Unnamed: 1"']);
});

describe('the encoding', () => {
  const text = 'name,größe\nzoé,1\n“quoted”,2\n€,3\n';
  const rows = { name: ['zoé', '“quoted”', '€'], größe: [1, 2, 3] };
  const utf16be = (content: string) => Buffer.from(content, 'utf16le').swap16();
  const windows = Buffer.from(text.replaceAll('“', '\x93').replaceAll('”', '\x94').replaceAll('€', '\x80'), 'latin1');

  test.each<[string, Buffer, string | undefined]>([
    ['UTF-8', Buffer.from(text), undefined],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), undefined],
    ['UTF-16 of Windows', Buffer.from(`\ufeff${text}`, 'utf16le'), 'read as UTF-16LE'],
    ['UTF-16, high bytes first', utf16be(`\ufeff${text}`), 'read as UTF-16BE'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'read as UTF-16LE'],
    ['windows-1252', windows, 'read as windows-1252, because the text is not UTF-8; --encoding names another'],
  ])('%s is recognised by its bytes', async (_, bytes, note) => {
    const table = await tableOf(bytes);
    expect(contents(table)).toEqual(rows);
    expect(table.notes ?? []).toEqual(note === undefined ? [] : [note]);
  });

  test('windows-1252 is recognised wherever its first letter is', async () => {
    const late = Buffer.concat([
      Buffer.from(`name,n\n${'ann,1\n'.repeat(300_000)}`),
      Buffer.from('zo\xe9,2\n', 'latin1'),
    ]);
    const table = await tableOf(late);
    expect(table.columns[0]?.categories).toEqual(['ann', 'zoé']);
  });

  test('an option names any other', async () => {
    const shiftJis = Buffer.concat([Buffer.from('name,n\n'), Buffer.from([0x93, 0xfa]), Buffer.from(',1\n')]);
    expect(contents(await tableOf(shiftJis, { encoding: 'shift_jis' }))).toEqual({ name: ['日'], n: [1] });
    expect(contents(await tableOf(windows, { encoding: 'latin1' }))).toEqual(rows);
  });
});
