import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { describeTable } from '../../src/describe/describe-table.js';
import { encodeTable } from '../../src/encode/encode-table.js';
import type { TableSource } from '../../src/formats/format.js';
import { readTable } from '../../src/formats/registry.js';
import { type ScanTableOptions, scanTable } from '../../src/large/scan-table.js';
import type { Table } from '../../src/table.js';
import { textSource } from './wide-table.js';

const ROWS = 3000;
const lines = (of: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => of(row)).join('\n');
const german = (value: number) => value.toFixed(2).replace('.', ',');
/** A target that is far from 0. */
const price = (row: number) => 1000 + 250 * Math.sin(row);

/** A source of bytes, which counts how often it was read from its start. */
function source(name: string, bytes: Uint8Array, once = false): TableSource & { reads: number } {
  const own = {
    ...textSource(name, ''),
    reads: 0,
    ...(once && { once }),
    async *stream() {
      own.reads++;
      for (let at = 0; at < bytes.length; at += 5000)
        yield { bytes: bytes.slice(at, at + 5000), fraction: Math.min(1, (at + 5000) / bytes.length) };
    },
  };
  return own;
}

const texts: readonly (readonly [what: string, text: string, options?: Partial<ScanTableOptions>])[] = [
  ['decimal commas', `a;b;y\n${lines((row) => `${german(row / 7)};${row % 5};${german(price(row))}`)}\n`],
  ['an index', `,a,b,y\n${lines((row) => `${row},${row / 4},${row % 5},${price(row)}`)}\n`],
  ['trailing delimiters', `a,b,y,\n${lines((row) => `${row / 4},${row % 5},${price(row)},`)}\n`],
  ['lines above the header', `# made by hand\n\na,b,y\n${lines((row) => `${row / 4},${row % 5},${price(row)}`)}\n`],
  ['blanks between fields', `a  b   y\n${lines((row) => `${row / 4}   ${row % 5}  ${price(row)}`)}\n`],
  ['booleans', `a,b,y\n${lines((row) => `${row / 4},${row % 3 ? 'yes' : 'no'},${price(row)}`)}\n`],
  [
    'booleans, the false ones first',
    `a,b,y\n${lines((row) => `${row / 4},${row % 3 ? 'no' : 'yes'},${price(row)}`)}\n`,
  ],
  [
    'words that are true or false',
    `a,b,y\n${lines((row) => `${row / 4},${row % 3 ? 'True' : 'false'},${price(row)}`)}\n`,
  ],
  [
    'numbers that are missing',
    `a,b,y\n${lines((row) => `${row % 9 ? row / 4 : '-999.0'},${row % 5},${price(row)}`)}\n`,
    { markers: ['-999'] },
  ],
  [
    'numbers that are missing beside large ones',
    `a,b,y\n${lines((row) => `${row % 9 ? row / 4 : '-999.1'},${2 ** 30 + row},${price(row)}`)}\n`,
    { markers: ['-999.1'] },
  ],
  [
    'dates',
    `a,b,y\n${lines((row) => `${row / 4},2020-01-${String(1 + (row % 28)).padStart(2, '0')},${price(row)}`)}\n`,
    { dates: 'number' },
  ],
];

const contents = ({ place, whole: _, ...table }: Table) => ({
  ...table,
  places: Array.from({ length: table.rows }, (_row, i) => place(i)),
});
const model = {
  inputs: [{ name: 'x', shape: [2] }],
  outputs: [{ name: 'y', shape: [1], activation: 'linear' }],
} as const;
const choose = () => ({ loss: 'meanSquaredError', kind: 'number', scaleDegree: 2 }) as const;
const encode = (table: Table, options = {}) =>
  encodeTable(table, model, choose, { scale: 'standard', missing: 'mean', ...options });
const little = { missing: 'mean', memory: 30_000 } as const;

const cases = texts.map(([what, text, options = {}]) => ({ what, text, options }));
describe.each(cases)('a text with $what', ({ text, options }) => {
  const bytes = new TextEncoder().encode(text);
  const { markers, ...others } = options;
  const whole = () => readTable(source('big.csv', bytes), { ...others, ...(markers && { missing: markers }) } as never);

  test('that fits is what readTable gives', async () => {
    const table = await scanTable(source('big.csv', bytes), { missing: 'mean', ...options });
    expect(contents(table)).toEqual(contents(await whole()));
    expect(table.whole).toBeUndefined();
  });

  test('that does not is encoded as its rows in the whole are', async () => {
    const table = await scanTable(source('big.csv', bytes), { ...little, ...options });
    const numbers = table.whole?.numbers as Float64Array;
    expect(numbers.length).toBeLessThan(1000);
    const [sample, all] = [encode(table, { scaleTarget: true }), encode(await whole(), { scaleTarget: true })];
    expect(sample.dataset.notes.slice(1)).toEqual(all.dataset.notes);
    const [x, y] = [sample.dataset.inputs[0]?.values, sample.dataset.targets[0]?.values] as [
      Float32Array,
      Float32Array,
    ];
    for (const [i, number] of numbers.entries()) {
      for (const column of [0, 1])
        expect(x[2 * i + column]).toBeCloseTo(all.dataset.inputs[0]?.values[2 * number + column] as number, 5);
      expect(y[i]).toBeCloseTo(all.dataset.targets[0]?.values[number] as number, 5);
    }
    const scaling = sample.dataset.targets[0]?.scaling;
    expect(scaling?.shift).toBeCloseTo(all.dataset.targets[0]?.scaling?.shift as number, 6);
  });
});

describe('a text in another encoding', () => {
  const text = `a,wörd,y\n${lines((row) => `${row / 4},${row > 2000 ? 'größer' : 'klein'},${price(row)}`)}\n`;
  const latin = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const utf16 = Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'));

  test.each([
    ['windows-1252', latin],
    ['UTF-16', utf16],
  ])('%s is read as readTable reads it, whether it fits or not', async (name, bytes) => {
    const whole = await readTable(source('big.csv', bytes));
    expect(whole.notes?.[0]).toMatch(new RegExp(`^read as ${name}`));
    expect(contents(await scanTable(source('big.csv', bytes), { missing: 'mean' }))).toEqual(contents(whole));
    const sample = await scanTable(source('big.csv', bytes), little);
    expect(sample.notes).toEqual(whole.notes);
    expect(sample.columns[1]).toEqual(whole.columns[1]);
    expect(sample.whole?.usable).toBe(ROWS);
  });

  test('that can be read once only must be named, and is then read once', async () => {
    await expect(scanTable(source('-', latin, true), little)).rejects.toThrow(
      /must be UTF-8 text.*name its --encoding/,
    );
    const from = source('-', latin, true);
    const table = await scanTable(from, { ...little, encoding: 'windows-1252' });
    expect(table.columns[1]?.categories).toEqual(['größer', 'klein']);
    expect(from.reads).toBe(1);
  });
});

describe('a table of another format', () => {
  const text = `${lines((row) => JSON.stringify({ a: row / 4, b: row % 5, y: price(row) }))}\n`;
  const bytes = new TextEncoder().encode(text);

  test('that fits is what readTable gives', async () => {
    const table = await scanTable(source('big.jsonl', bytes), { missing: 'mean' });
    expect(contents(table)).toEqual(contents(await readTable(source('big.jsonl', bytes))));
  });

  test.each([false, true])('that does not is sampled while it is read, read once only: %s', async (once) => {
    const table = await scanTable(source('big.jsonl', bytes, once), little);
    const all = await readTable(source('big.jsonl', bytes));
    expect(table.rows).toBeLessThan(1000);
    const numbers = table.whole?.numbers as Float64Array;
    for (const [i, number] of numbers.entries())
      expect(table.values.slice(3 * i, 3 * i + 3)).toEqual(all.values.slice(3 * number, 3 * number + 3));
  });

  test('refuses options of other formats', async () => {
    await expect(scanTable(source('big.jsonl', bytes), { ...little, delimiter: ';' })).rejects.toThrow(
      /^delimiter is for CSV/,
    );
    await expect(scanTable(source('big.csv', bytes), { ...little, sheet: 'one' })).rejects.toThrow(/^sheet is for/);
    await expect(scanTable(source('big.csv', bytes), { ...little, query: 'SELECT 1' })).rejects.toThrow(
      /^query must be given with a database/,
    );
  });
});

test('parts of a table are read one after the other and sampled together', async () => {
  const part = (from: number) => {
    const text = `a,y\n${Array.from({ length: 1500 }, (_, i) => `${from + i},1`).join('\n')}\n`;
    return { ...textSource(`part-${from}.csv`, text), size: async () => text.length };
  };
  const folder = () => ({ ...textSource('folder', ''), parts: async () => [part(0), part(1500)] });
  const all = await readTable(folder());
  expect(contents(await scanTable(folder(), { missing: 'mean' }))).toEqual(contents(all));
  const sample = await scanTable(folder(), { ...little, memory: 10_000 });
  expect(sample.whole?.usable).toBe(3000);
  expect(sample.notes).toEqual(all.notes);
});

describe('a sample is refused', () => {
  const text = `a,b,y\n${lines((row) => `${row},${row % 5},${price(row)}`)}\n`;

  test('for windows of a series, whose rows follow each other', async () => {
    const table = await scanTable(textSource('big.csv', text), little);
    const act = () => encode(table, { series: { window: 3 } });
    expect(act).toThrow(InputError);
    expect(act).toThrow(
      /^series must be used with a table that has all rows, because the rows of a window follow each other; got a sample of \d+ of 3,000 rows of big\.csv/,
    );
  });

  test('for a description, which counts rows', async () => {
    const table = await scanTable(textSource('big.csv', text), little);
    expect(() => describeTable(table)).toThrow(/^describeTable must be used with a table that has all rows/);
  });
});
