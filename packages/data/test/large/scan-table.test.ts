import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../src/bytes.js';
import { columnDeviation, columnMeans, columnRanges } from '../../src/encode/column-statistics.js';
import { encodeTable } from '../../src/encode/encode-table.js';
import { readBlocks, readTable } from '../../src/formats/registry.js';
import { type ScanTableOptions, scanTable } from '../../src/large/scan-table.js';
import type { Table, WholeTable } from '../../src/table.js';
import { mixedCsv, textSource } from './wide-table.js';

/** Everything of a table but the functions, with the places of all rows. */
const contents = ({ place, whole: _, ...table }: Table) => ({
  ...table,
  places: Array.from({ length: table.rows }, (_row, i) => place(i)),
});
const scanned = (text: string, options: Partial<ScanTableOptions> = {}, chunk?: number) =>
  scanTable(textSource('big.csv', text, chunk), { missing: 'mean', ...options });
const wholeOf = (table: Table) => table.whole as WholeTable;

const csv = mixedCsv(5000);
/** Far less than the 5 × 5000 numbers take. */
const little = { memory: 60_000 };

describe('a table that fits', () => {
  test.each([37, 1000, 1 << 16, 1 << 22])('is what readTable gives, in chunks of %s bytes', async (chunk) => {
    const table = await scanned(csv, {}, chunk);
    expect(table.whole).toBeUndefined();
    expect(contents(table)).toEqual(contents(await readTable(textSource('big.csv', csv, chunk))));
  });

  test('is encoded to the same bits', async () => {
    const options = { scale: 'standard', missing: 'mean', ignore: ['id'] } as const;
    const model = {
      inputs: [{ name: 'x', shape: [6] }],
      outputs: [{ name: 'y', shape: [3], activation: 'softmax' }],
    } as const;
    const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
    const encode = (table: Table) => encodeTable(table, model, choose, options).dataset;
    expect(encode(await scanned(csv, { ignore: ['id'] }))).toEqual(encode(await readTable(textSource('big.csv', csv))));
  });
});

describe('a sample', () => {
  test('is equal for any chunks', async () => {
    const one = await scanned(csv, little, 1 << 22);
    // Half of the memory; of a row 5 numbers as read, 7 as encoded and on the device (three of numbers, four colors).
    expect(one.rows).toBe(Math.floor(30_000 / (4 * 5 + 8 * 7)));
    for (const chunk of [41, 999, 1 << 14]) expect(contents(await scanned(csv, little, chunk))).toEqual(contents(one));
  });

  test('holds rows of the file, in its order, with their places', async () => {
    const table = await scanned(csv, little);
    const all = await readTable(textSource('big.csv', csv));
    const labelled = Array.from({ length: all.rows }, (_, row) => row).filter(
      (row) => !Number.isNaN(all.values[row * 5 + 4]),
    );
    const numbers = [...wholeOf(table).numbers];
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    for (const [i, number] of numbers.entries()) {
      const row = labelled[number] as number;
      expect(table.values.slice(i * 5, i * 5 + 5)).toEqual(all.values.slice(row * 5, row * 5 + 5));
      expect(table.columns[1]?.exact?.[i]).toBe(all.columns[1]?.exact?.[row]);
      expect(table.place(i)).toBe(all.place(row));
    }
    expect(wholeOf(table).usable).toBe(labelled.length);
  });

  test('is uniform: each row is drawn as often as any other, and pairs of neighbours as often as chance has it', async () => {
    const rows = 200;
    const text = `x,y\n${Array.from({ length: rows }, (_, row) => `${row},0`).join('\n')}\n`;
    const [draws, size] = [800, 50];
    const counts = new Float64Array(rows);
    let pairs = 0;
    for (let seed = 0; seed < draws; seed++) {
      const { values } = await scanned(text, { memory: 3000, sampleRows: size, seed });
      const drawn = new Set<number>();
      for (let i = 0; i < size; i++) drawn.add(values[2 * i] as number);
      expect(drawn.size).toBe(size);
      for (const row of drawn) {
        counts[row] = (counts[row] as number) + 1;
        if (drawn.has(row + 1)) pairs++;
      }
    }
    // Without replacement each count has the mean n·k/N and the variance n·k/N·(1 − k/N), and the counts of a draw add up to k:
    // the sum of their squared deviations by N/(N − 1) of that variance is chi-square with N − 1 degrees of freedom.
    const share = size / rows;
    const variance = ((draws * share * (1 - share)) / (rows - 1)) * rows;
    const chiSquare = counts.reduce((sum, count) => sum + (count - draws * share) ** 2 / variance, 0);
    // The 0.1 % and 99.9 % quantiles with 199 degrees of freedom.
    expect(chiSquare).toBeGreaterThan(142.5);
    expect(chiSquare).toBeLessThan(266.4);
    // Hypergeometric: both rows of a pair with k(k − 1)/(N(N − 1)); five standard errors of independent pairs.
    const both = (size * (size - 1)) / (rows * (rows - 1));
    const expected = draws * (rows - 1) * both;
    expect(Math.abs(pairs - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test('of fewer rows is a part of one of more', async () => {
    const few = await scanned(csv, { ...little, sampleRows: 100 });
    const many = new Set(wholeOf(await scanned(csv, little)).numbers);
    expect(few.rows).toBe(100);
    expect([...wholeOf(few).numbers].every((number) => many.has(number))).toBe(true);
  });

  test('has the statistics of all rows', async () => {
    const all = await readTable(textSource('big.csv', csv));
    const rows = Int32Array.from({ length: all.rows }, (_, row) => row).filter(
      (row) => !Number.isNaN(all.values[row * 5 + 4]),
    );
    const { statistics, counts, labels } = wholeOf(await scanned(csv, little, 5000));
    const columns = [0, 1, 3];
    const mean = columnMeans(all, columns, rows);
    const { least, most } = columnRanges(all, columns, rows);
    const deviation = columnDeviation(all, columns, rows, mean);
    for (const [i, column] of columns.entries()) {
      expect(statistics.mean[column]).toBe(mean[i]);
      expect(statistics.least[column]).toBe(least[i]);
      expect(statistics.most[column]).toBe(most[i]);
      const ratio = (statistics.deviation[column] as number) / (deviation[i] as number);
      expect(Math.abs(ratio - 1)).toBeLessThan(1e-9);
    }
    const missing = (column: number) => [...rows].filter((row) => Number.isNaN(all.values[row * 5 + column])).length;
    expect(counts.rows).toBe(5000);
    expect(counts.labelled).toBe(rows.length);
    expect(counts.missingTargets.get(4)).toBe(5000 - rows.length);
    expect(counts.missingFeatures).toEqual(
      new Map([
        [0, missing(0)],
        [2, missing(2)],
      ]),
    );
    expect(labels.get(4)).toEqual([0, 1, 2]);
  });

  test('is encoded as those rows of the whole are, with the notes of the whole', async () => {
    const options = { scale: 'minmax', missing: 'mean', ignore: ['id'] } as const;
    const model = {
      inputs: [{ name: 'x', shape: [6] }],
      outputs: [{ name: 'y', shape: [3], activation: 'softmax' }],
    } as const;
    const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
    const table = await scanned(csv, { ...little, ignore: ['id'] });
    const sample = encodeTable(table, model, choose, options).dataset;
    const whole = encodeTable(await readTable(textSource('big.csv', csv)), model, choose, options).dataset;
    const [x, all] = [sample.inputs[0]?.values as Float32Array, whole.inputs[0]?.values as Float32Array];
    for (const [i, number] of wholeOf(table).numbers.entries()) {
      expect(x.slice(i * 6, i * 6 + 6)).toEqual(all.slice(number * 6, number * 6 + 6));
      expect(sample.targets[0]?.values[i]).toBe(whole.targets[0]?.values[number]);
    }
    expect(sample.notes).toEqual([
      `sampled ${sample.rows} of ${wholeOf(table).usable.toLocaleString('en-US')} rows, seed 0`,
      ...whole.notes,
    ]);
  });

  test('knows categories and labels of rows that it does not hold', async () => {
    const text = `word,x,y\n${Array.from({ length: 3000 }, (_, row) => `${row === 1234 ? 'rare' : 'common'},${row},${row === 2345 ? 7 : 5}`).join('\n')}\n`;
    const table = await scanned(text, { memory: 3000, categorical: [] });
    expect([...table.values].filter((_, i) => i % 3 === 2).includes(7)).toBe(false);
    expect(table.columns[0]?.categories).toEqual(['common', 'rare']);
    const model = {
      inputs: [{ name: 'x', shape: [3] }],
      outputs: [{ name: 'y', shape: [2], activation: 'softmax' }],
    } as const;
    const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
    const { dataset } = encodeTable(table, model, choose, { scale: 'standard', missing: 'mean' });
    expect(dataset.notes).toContain('labels of "y" became classes: 5 → 0 and 7 → 1');
  });

  test('leaves rows with missing values out where they are dropped', async () => {
    const table = await scanned(csv, { ...little, missing: 'drop' });
    const { counts, usable } = wholeOf(table);
    expect(usable).toBe(counts.complete);
    expect(table.values.some(Number.isNaN)).toBe(false);
  });

  test('shrinks where one-hot columns take more than what was read', async () => {
    const words = Array.from({ length: 4000 }, (_, row) => `word${row % 500},${row}`).join('\n');
    const memory = 4000 * 2 * 12 * 2;
    const table = await scanned(`word,y\n${words}\n`, { memory });
    // As read 2 numbers, as encoded and on the device 500 each; half of the memory.
    expect(table.rows).toBe(Math.floor(memory / 2 / (8 + 8 * 500)));
  });
});

test('a stream of 30 MB, 60 MB as numbers, takes little memory, whether its length is known or not', async () => {
  const lines = `${'1,2,3,4,5,6,7,8,9,0\n'.repeat(50_000)}`;
  const bytes = new TextEncoder().encode(lines);
  for (const known of [true, false]) {
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const source: ByteSource = {
      ...textSource('long.csv', ''),
      async *stream() {
        yield { bytes: new TextEncoder().encode('a,b,c,d,e,f,g,h,i,j\n'), fraction: 0 };
        for (let i = 0; i < 30; i++) {
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          yield { bytes, fraction: known ? (i + 1) / 30 : 0 };
        }
      },
    };
    const table = await scanTable(source, { missing: 'mean', memory: 1e6 });
    expect(table.whole?.usable).toBe(1_500_000);
    expect(table.rows).toBe(Math.floor(5e5 / 12 / 10));
    expect(most).toBeLessThan(2e7);
  }
}, 120_000);

test('the share of a file that a block of its rows ends at tells how many rows the file has', async () => {
  const rows = 40_000;
  const text = `a,b,c,d,e,f,g,h,i,j\n${'1,2,3,4,5,6,7,8,9,0\n'.repeat(rows)}`;
  const found: number[] = [];
  await readBlocks(textSource('long.csv', text, 1 << 18), {}, async ({ layout, blocks }) => {
    let read = 0;
    for await (const block of blocks) {
      read += block.rows;
      found.push(read / block.fraction);
    }
    return { ...layout, rows: 0, values: new Float32Array(), place: String };
  });
  expect(found.length).toBeGreaterThan(1);
  for (const total of found) expect(Math.abs(total / rows - 1)).toBeLessThan(0.005);
});

describe('refusals', () => {
  const start = `x,name,y\n${Array.from({ length: 3000 }, (_, row) => `${row},n${row % 2},1`).join('\n')}\n`;
  test.each([
    ['a word among numbers', 'odd,a,1\n', 'big.csv: row 3001 (line 3002), column "x" must be a number; got "odd"'],
    ['a field too many', '1,a,2,3\n', 'big.csv: row 3001 (line 3002) must have 3 fields, as the header has; got 4'],
    [
      'a number too large',
      '1e39,a,2\n',
      'big.csv: row 3001 (line 3002), column "x" must be a number that float32 can hold',
    ],
    ['an open quote', '1,"a,2\n', 'big.csv: row 3001 (line 3002), field 2 must close the quote that it opens'],
  ])('of %s name the row, whether the table fits or not', async (_, line, message) => {
    for (const memory of [1e9, 4000]) await expect(scanned(start + line, { memory })).rejects.toThrow(message);
  });

  test('of text columns whose categories take too much memory, unless they are left out', async () => {
    const rows = 100_001;
    const text = `name,x,y\n${Array.from({ length: rows }, (_, row) => `n${row},1,2`).join('\n')}\n`;
    await expect(scanned(text, { memory: 4e6 })).rejects.toThrow(
      /^big\.csv: the categories of column "name" must fit into half of the memory for rows, 2 MB; got \d+ of them up to row \d+ \(line \d+\); leave it out with --ignore, or give more --memory$/,
    );
    await expect(scanned(text, { memory: 4e6 })).rejects.toThrow(InputError);
    expect((await scanned(text, { ignore: ['name'], memory: 1e5 })).whole?.usable).toBe(rows);
    // With room for them, texts of any number are read.
    expect((await scanned(text)).columns[0]?.categories).toHaveLength(rows);
  });

  test.each([
    [{ memory: 0 }, 'memory must be a number of bytes above 0; got 0'],
    [{ sampleRows: 0.5 }, 'sampleRows must be a whole number at least 1; got 0.5'],
    [{ blockRows: 0 }, 'blockRows must be a whole number at least 1; got 0'],
    [{ target: 'nosuch' }, 'target: big.csv has no column "nosuch"'],
    [{ target: 'label', ignore: ['label'] }, 'ignore must not name the target'],
    [{ sampelRows: 3 } as never, 'sampelRows'],
  ])('of %j', async (options, message) => {
    await expect(scanned(csv, options)).rejects.toThrow(message);
    await expect(scanned(csv, options)).rejects.toThrow(InputError);
  });

  test('where no row has a target', async () => {
    const text = `x,y\n${'1,\n'.repeat(3000)}`;
    for (const memory of [1e9, 4000]) {
      const read = async () =>
        encodeTable(
          await scanned(text, { memory }),
          { inputs: [{ name: 'x', shape: [1] }], outputs: [{ name: 'y', shape: [1], activation: 'linear' }] },
          () => ({ loss: 'meanSquaredError', kind: 'number' }),
          { scale: 'none', missing: 'mean' },
        );
      await expect(read()).rejects.toThrow('big.csv must have a row with a target; got none; missing values: y (3000)');
    }
  });

  test('of an encoding for other columns than the sample was drawn for', async () => {
    const table = await scanned(csv, little);
    const encode = () =>
      encodeTable(
        table,
        { inputs: [{ name: 'x', shape: [6] }], outputs: [{ name: 'y', shape: [3], activation: 'softmax' }] },
        () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }),
        { scale: 'none', missing: 'mean', ignore: ['id'] },
      );
    expect(encode).toThrow('big.csv was sampled for other columns');
  });
});
