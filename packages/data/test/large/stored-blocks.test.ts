import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@lrfind/core';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeTable } from '../../src/encode/encode-table.js';
import { readTable } from '../../src/formats/registry.js';
import { scanTable } from '../../src/large/scan-table.js';
import { diskStore } from '../../src/node.js';
import type { TableBlocks } from '../../src/table.js';
import { mixedCsv, textSource } from './wide-table.js';

const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, statfs: async () => ({ bavail: disk.free, bsize: 1 }) };
});

const folder = mkdtempSync(join(tmpdir(), 'lrfind-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  disk.free = Number.POSITIVE_INFINITY;
});

const csv = mixedCsv(2000);
const model = {
  inputs: [{ name: 'x', shape: [7] }],
  outputs: [{ name: 'y', shape: [3], activation: 'softmax' }],
} as const;
const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
const scanned = (blockRows?: number, text = csv, missing: 'mean' | 'drop' = 'mean') =>
  scanTable(textSource('big.csv', text, 3000), {
    missing,
    memory: 20_000,
    store: () => diskStore('big.csv', folder),
    blockRows,
  });

describe('blocks on the disk', () => {
  test.each([
    [1, 'mean'],
    [100, 'mean'],
    [333, 'drop'],
    [undefined, 'mean'],
  ] as const)('of %s rows hold every usable row, with its place and its doubles (%s)', async (blockRows, missing) => {
    const table = await scanned(blockRows, csv, missing);
    const all = await readTable(textSource('big.csv', csv));
    const usable = Array.from({ length: all.rows }, (_, row) => row).filter((row) =>
      (missing === 'drop' ? [0, 1, 2, 3, 4] : [4]).every((column) => !Number.isNaN(all.values[row * 5 + column])),
    );
    const blocks = table.whole?.blocks as TableBlocks;
    expect(blocks.lengths.reduce((sum, length) => sum + length, 0)).toBe(usable.length);
    if (blockRows) expect(new Set(blocks.lengths.slice(0, -1))).toEqual(new Set([blockRows]));
    let at = 0;
    for (const [i, length] of blocks.lengths.entries()) {
      const block = await blocks.read(i);
      expect(block.rows).toBe(length);
      expect(block.columns.map(({ name, kind, categories }) => ({ name, kind, categories }))).toEqual(
        all.columns.map(({ name, kind, categories }) => ({ name, kind, categories })),
      );
      for (let row = 0; row < length; row++, at++) {
        const original = usable[at] as number;
        expect(block.values.slice(row * 5, row * 5 + 5)).toEqual(all.values.slice(original * 5, original * 5 + 5));
        expect(block.columns[1]?.exact?.[row]).toBe(all.columns[1]?.exact?.[original]);
        expect(block.place(row)).toBe(all.place(original));
      }
    }
    await blocks.close();
  });

  test('are encoded as the whole table is', async () => {
    const options = { scale: 'standard', missing: 'mean', sampleWeight: undefined } as const;
    const table = await scanned(250);
    const { whole } = encodeTable(table, model, choose, options).dataset;
    const all = encodeTable(await readTable(textSource('big.csv', csv)), model, choose, {
      ...options,
      scale: 'minmax',
    }).dataset;
    const minmax = encodeTable(table, model, choose, { ...options, scale: 'minmax' }).dataset.whole;
    expect(whole?.rows).toBe(all.rows);
    const [x, y]: [number[], number[]] = [[], []];
    for (const i of minmax?.blocks?.lengths.keys() ?? []) {
      const block = await minmax?.blocks?.read(i);
      x.push(...(block?.inputs[0]?.values ?? []));
      y.push(...(block?.targets[0]?.values ?? []));
    }
    expect(Float32Array.from(x)).toEqual(all.inputs[0]?.values);
    expect(Int32Array.from(y)).toEqual(all.targets[0]?.values);
    await table.whole?.blocks?.close();
  });

  test('leave no file, while they are used and after they are closed, also twice', async () => {
    const table = await scanned(100);
    if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([]);
    await table.whole?.blocks?.read(0);
    await table.whole?.blocks?.close();
    await table.whole?.blocks?.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leave no file where the table has a fault further on', async () => {
    await expect(scanned(100, `${csv}1,2\n`)).rejects.toThrow('row 2001 (line 2002) must have 5 fields');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('are refused before the disk is full, with what is free and what is to be done', async () => {
    disk.free = 2 ** 28 + 1000;
    const refused = scanned(100);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      `the rows of big.csv must fit on the disk of ${folder}: 0 bytes of them did, and 268 MB are free, of which 268 MB stay free; the next have`,
    );
    await expect(refused).rejects.toThrow('set TMPDIR to a folder with more, or use fewer rows');
  });

  test('are refused where the folder does not exist', async () => {
    const nowhere = join(folder, 'nowhere');
    await expect(diskStore('big.csv', nowhere)).rejects.toThrow(InputError);
    await expect(diskStore('big.csv', nowhere)).rejects.toThrow(`the rows of big.csv cannot be written to ${nowhere}`);
    expect(existsSync(nowhere)).toBe(false);
  });
});
