import { describe, expect, test } from 'vitest';
import { contents, tableOf } from './contents.js';

/** A column `n` beside one of words, each value quoted, which every delimiter allows. */
const columnOf = (values: readonly string[], delimiter = ',') =>
  `n${delimiter}t\n${values.map((value) => `"${value}"${delimiter}w`).join('\n')}\n`;

describe('numbers as people write them are recognised, with a note', () => {
  test.each<[string, string[], number[]]>([
    ['decimal commas', ['1,5', '2,25', '-3', '0,125'], [1.5, 2.25, -3, 0.125]],
    ['thousands with commas', ['1,234.5', '12', '1,234,567'], [1234.5, 12, 1234567]],
    ['thousands with points', ['1.234,5', '12', '1.234.567'], [1234.5, 12, 1234567]],
    ['thousands with blanks', ['1 234,5', '12', '1 234 567'], [1234.5, 12, 1234567]],
    ['thousands with narrow blanks', ['1\u202f234.5', '12'], [1234.5, 12]],
    ['thousands with apostrophes', ["1'234.5", '12', '1\u2019234\u2019567.25'], [1234.5, 12, 1234567.25]],
    ['percentages', ['12%', '3.5 %', '-1%'], [0.12, 0.035, -0.01]],
    ['dollars', ['$1,234.50', '-$5', '($20.00)', '$-7'], [1234.5, -5, -20, -7]],
    ['euros', ['1.234,50 €', '5 €', '-7,25€'], [1234.5, 5, -7.25]],
    ['codes of currencies', ['USD 5.5', 'USD 1,200'], [5.5, 1200]],
    ['a Unicode minus', ['\u22121.5', '2', '1e\u22122'], [-1.5, 2, 0.01]],
  ])('%s', async (_, texts, numbers) => {
    const table = await tableOf(columnOf(texts));
    expect(contents(table).n).toEqual(numbers.map((value) => (Number.isInteger(value) ? value : Math.fround(value))));
    expect(table.notes).toHaveLength(1);
    expect(table.notes?.[0]).toMatch(/^numbers of "n" recognised: "/);
  });

  test('the note says how a value was read, and the options that read it so', async () => {
    const { notes } = await tableOf('a;b\n1.234,5;7\n2.000,5;8\n');
    expect(notes).toEqual(['numbers of "a" recognised: "1.234,5" is 1234.5 (--decimal , --thousands .)']);
  });

  test('missing values, exponents, leading zeros and words among them change nothing', async () => {
    const table = await tableOf(columnOf(['1,5', '', 'NA', '1,5e3', '007,5', '+2']));
    expect(contents(table).n).toEqual([1.5, null, null, 1500, 7.5, 2]);
    await expect(tableOf(columnOf(['1,5', '2,5', 'many']))).rejects.toThrow(
      /row 3 \(line 4\), column "n" must be a number; got "many"/,
    );
  });
});

describe('a number that can be read in two ways', () => {
  const either = ['1,234', '5,678'];

  test('is read as the rest of its column shows', async () => {
    expect(contents(await tableOf(columnOf([...either, '0,125']))).n).toEqual([1.234, 5.678, 0.125].map(Math.fround));
    expect(contents(await tableOf(columnOf([...either, '1,234,567']))).n).toEqual([1234, 5678, 1234567]);
    expect(contents(await tableOf(columnOf([...either, '7.5']))).n).toEqual([1234, 5678, 7.5]);
  });

  test('else as the other columns show', async () => {
    const points = await tableOf('a,b\n"1,234",0.5\n"5,678",1.5\n');
    expect(contents(points)).toEqual({ a: [1234, 5678], b: [0.5, 1.5] });
    const commas = await tableOf('a;b\n1,234;0,5\n5,678;1,5\n');
    expect(contents(commas)).toEqual({ a: [1.234, 5.678].map(Math.fround), b: [0.5, 1.5] });
    const thousands = await tableOf('a;b\n1.234;0,5\n5.678;1,5\n');
    expect(contents(thousands)).toEqual({ a: [1234, 5678], b: [0.5, 1.5] });
  });

  test('else is a question, which an option answers', async () => {
    await expect(tableOf(columnOf(either))).rejects.toThrow(
      /numbers in column "n" must be read in one way; a text such as "1,234" may be 1.234 or 1234: --decimal , or --thousands , says which$/,
    );
    expect(contents(await tableOf(columnOf(either), { decimal: ',' })).n).toEqual([1.234, 5.678].map(Math.fround));
    expect(contents(await tableOf(columnOf(either), { thousands: ',' })).n).toEqual([1234, 5678]);
  });

  test('with a point is a decimal, as in pandas, unless an option says otherwise', async () => {
    expect(contents(await tableOf(columnOf(['1.234', '5.678']))).n).toEqual([1.234, 5.678].map(Math.fround));
    expect(contents(await tableOf(columnOf(['1.234', '5.678']), { decimal: ',' })).n).toEqual([1234, 5678]);
    await expect(tableOf('a\n1\n', { decimal: ';' as ',' })).rejects.toThrow('decimal must be "." or ","; got ";"');
    await expect(tableOf('a\n1\n', { decimal: ',', thousands: ',' })).rejects.toThrow(
      'thousands must not be the decimal mark; got "," for both',
    );
  });
});

test('what is no number stays text, as in pandas', async () => {
  for (const texts of [
    ['0x1F', '0xFF'],
    ['1.2.3', '4.5.6'],
    ['12-34', '56-78'],
    ['1_000', '2_000'],
    ['5 kg', '6 kg'],
    ['1,2,3', '4,5,6'],
  ])
    expect((await tableOf(columnOf(texts))).columns[0]?.kind, texts.join()).toBe('text');
});

test('a table that is read like another has its numbers written in the same way', async () => {
  const like = await tableOf('a;b\n0,5;x\n1,25;y\n');
  expect(contents(await tableOf('a;b\n1,234;x\n', { like })).a).toEqual([Math.fround(1.234)]);
  await expect(tableOf('a;b\n1.5;x\n', { like })).rejects.toThrow(/column "a" must be a number, as in .*; got "1.5"/);
});

test('a format that only a late row has is named with the option', async () => {
  const rows = '5,w\n'.repeat(1500);
  await expect(tableOf(`n,t\n${rows}"1,234",w\n`)).rejects.toThrow(
    /row 1501 .* column "n" must be a number; got "1,234"; if it is one, --decimal and --thousands say how numbers are written;/,
  );
  expect(contents(await tableOf(`n,t\n${rows}"1,234",w\n`, { thousands: ',' })).n?.at(-1)).toBe(1234);
});

describe('missing values', () => {
  // The defaults of pandas.read_csv, in its documentation, and ?.
  const markers = [
    ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN', '<NA>', 'N/A', 'NA'],
    ...['NULL', 'NaN', 'None', 'n/a', 'nan', 'null', '?'],
  ];

  test.each(markers)('%j is one, among numbers and among words', async (marker) => {
    const table = await tableOf(`a,b,c\n1.5,x,1\n${marker},${marker},2\n2,y,3\n`);
    expect(contents(table)).toEqual({ a: [1.5, null, 2], b: ['x', null, 'y'], c: [1, 2, 3] });
  });

  test('an option names more: words, and numbers however they are written', async () => {
    const missing = ['-999', 'unknown', ' . '];
    const table = await tableOf('a,b\n1,x\n-999,unknown\n-999.0,.\n-9.99e2,y\n', { missing });
    expect(contents(table)).toEqual({ a: [1, null, null, null], b: ['x', null, null, 'y'] });
  });
});

describe('dates', () => {
  const text = 'day,n\n2020-02-29,1\n1969-12-31,2\n,3\n';

  test('are text, as in pandas, unless an option says what becomes of them', async () => {
    expect(contents(await tableOf(text)).day).toEqual(['2020-02-29', '1969-12-31', null]);
    const numbers = await tableOf(text, { dates: 'number' });
    // 50 years with 12 leap days, then January and all but the last of February.
    expect(contents(numbers)).toEqual({ day: [50 * 365 + 12 + 31 + 28, -1, null], n: [1, 2, 3] });
    expect(numbers.notes).toEqual(['dates of "day" are days since 1970-01-01']);
    expect(contents(await tableOf(text, { dates: 'drop' }))).toEqual({ n: [1, 2, 3] });
    expect(contents(await tableOf(text, { dates: 'parts' }))).toEqual({
      'day.year': [2020, 1969, null],
      'day.month': [2, 12, null],
      'day.day': [29, 31, null],
      // A Saturday and a Wednesday; Monday is 0.
      'day.weekday': [5, 2, null],
      n: [1, 2, 3],
    });
  });

  test.each<[string, number]>([
    ['1970-01-02T12:00:00Z', 1.5],
    ['1970-01-02 06:00', 1.25],
    ['1970-01-02T00:00:00+06:00', 0.75],
    ['1970/01/03', 2],
    ['1970-02', 31],
    ['Jan 3 1970', 2],
    ['January 3, 1970', 2],
    ['3-Jan-70', 2],
    ['3 Jan 1970 6:00 PM', 2.75],
    ['31.01.1970', 30],
    ['31/1/1970', 30],
    ['1/31/1970', 30],
    ['1/31/70 12:00 AM', 30],
  ])('%s is understood', async (date, days) => {
    expect(contents(await tableOf(`d,n\n"${date}",1\n"${date}",2\n`, { dates: 'number' })).d).toEqual([days, days]);
  });

  test.each(['2020-13-01', '2021-02-29', '31/31/2020', '2020-01-01 25:00', 'May be 2020', '1.5.3'])(
    '%s is none',
    async (date) => {
      expect((await tableOf(`d,n\n${date},1\n`, { dates: 'number' })).columns[0]?.kind).toBe('text');
    },
  );

  test('that may begin with the day or the month are a question, unless another shows it', async () => {
    await expect(tableOf('d,n\n3/4/2020,1\n5/6/2020,2\n', { dates: 'number' })).rejects.toThrow(
      /one such as "3\/4\/2020" may begin with the day or the month: --date-order dmy or mdy says which$/,
    );
    const options = { dates: 'parts', dateOrder: 'dmy' } as const;
    expect(contents(await tableOf('d,n\n3/4/2020,1\n5/6/2020,2\n', options))['d.month']).toEqual([4, 6]);
    expect(contents(await tableOf('d,n\n3/4/2020,1\n5/16/2020,2\n', { dates: 'parts' }))['d.month']).toEqual([3, 5]);
  });

  test('have hours where some have a time, and are read like those of another table', async () => {
    const like = await tableOf('d,n\n13/4/2020 06:30,1\n', { dates: 'parts' });
    expect(contents(like)).toMatchObject({ 'd.hour': [6], 'd.minute': [30], 'd.second': [0] });
    const other = await tableOf('d,n\n3/4/2020,1\n', { dates: 'parts', like });
    expect(contents(other)).toMatchObject({ 'd.month': [4], 'd.hour': [0] });
    const numbers = await tableOf('d,n\n2020-01-01,1\n', { dates: 'number' });
    expect(contents(await tableOf('d,n\n2020-01-02,1\n', { dates: 'number', like: numbers })).d).toEqual([18263]);
  });
});

describe('booleans', () => {
  test('true and false of any spelling are 1 and 0, as in every format that has booleans', async () => {
    const table = await tableOf('a,b\nTrue,1\nFALSE,2\ntrue,3\n,4\n');
    expect(contents(table).a).toEqual([1, 0, 1, null]);
    expect(table.columns[0]).toEqual({ name: 'a', kind: 'number' });
    await expect(tableOf(`a,b\n${'true,1\n'.repeat(1500)}maybe,1\n`)).rejects.toThrow(
      /row 1501 .* column "a" must be a number; got "maybe"/,
    );
    const like = await tableOf('a,b\ntrue,1\nfalse,2\n');
    expect(contents(await tableOf('a,b\nFalse,1\n', { like })).a).toEqual([0]);
    expect((await tableOf('a,b\nTrue,1\nFalse,2\n', { categorical: ['a'] })).columns[0]?.categories).toEqual([
      'False',
      'True',
    ]);
  });

  test('other pairs of words are categories, in one spelling each', async () => {
    const table = await tableOf('b,c\nyes,T\nno,F\nYES,\n');
    expect(contents(table)).toEqual({ b: ['yes', 'no', 'yes'], c: ['T', 'F', null] });
    const like = await tableOf('b,n\nyes,1\nno,2\n');
    expect(contents(await tableOf('b,n\nNo,1\n', { like })).b).toEqual(['no']);
  });
});
