import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import type { Table } from '../../../src/table.js';
import { contents, tableOf } from './contents.js';

/** What pandas has read of a column; see fixtures/pandas/tables.py. */
interface PandasColumn {
  readonly name: string;
  readonly kind: 'number' | 'text';
  readonly missing: number;
  readonly categories?: number;
  readonly cells: readonly (number | string | null)[];
  readonly hash: string;
  readonly words?: string;
  /** Of the words with the blanks around them, which are kept within quotes. */
  readonly blanks?: string;
}

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(name, new URL('../../../../../fixtures/pandas/', import.meta.url)), 'utf8'));

interface MadeTable {
  readonly name: string;
  readonly content: string;
  readonly options: object;
  readonly columns: PandasColumn[];
}

const made = golden('made.json') as MadeTable[];
/** Others are written by `tables.py random SEED COUNT`. */
const random = golden(process.env.LRFIND_PANDAS_RANDOM ?? 'random.json') as MadeTable[];
interface RealTable {
  readonly file: string;
  /** Of one that is not part of the repository. */
  readonly path?: string;
  readonly rows: number;
  readonly columns: PandasColumn[];
}

const others = process.env.LRFIND_PANDAS_TABLES;
const real = [...golden('real.json'), ...(others ? golden(others) : [])] as RealTable[];

describe('an awkward table has the kinds, missing values, numbers and words that pandas reads', () => {
  test.each([...made, ...random].map((each) => [each.name, each] as const))(
    '%s',
    async (_, { content, options, columns }) => {
      const table = await tableOf(Buffer.from(content, 'base64'), options);
      expect(table.columns.map(({ name, kind }) => ({ name, kind }))).toEqual(
        columns.map(({ name, kind }) => ({ name, kind })),
      );
      const found = contents(table);
      for (const { name, cells, missing, categories } of columns) {
        const own = found[name] as (number | string | null)[];
        // In double precision where float32 would confuse numbers, else rounded.
        expect(own.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell))).toEqual(
          cells.map((cell) => (typeof cell === 'number' ? Math.fround(cell) : cell)),
        );
        expect(own.filter((cell) => cell === null)).toHaveLength(missing);
        if (categories !== undefined)
          expect(table.columns.find((column) => column.name === name)?.categories).toHaveLength(categories);
      }
    },
  );

  test('there are enough of them', () => {
    expect(made.length).toBeGreaterThan(40);
    expect(random.length).toBeGreaterThan(50);
  });
});

const hashOf = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** A column as the golden file has it: hashes of its float32 numbers, or of the indices of its words, and of the words. */
function summary({ columns, values, rows }: Table) {
  return columns.map(({ name, kind, categories }, c) => {
    const own = Float32Array.from({ length: rows }, (_, row) => values[row * columns.length + c] as number);
    // NumPy's NaN has these bits.
    const bits = new Uint32Array(own.buffer).map((each, i) => (Number.isNaN(own[i]) ? 0x7fc00000 : each));
    return {
      name,
      kind,
      missing: own.filter(Number.isNaN).length,
      ...(categories && { categories: categories.length }),
      hash: hashOf(new Uint8Array(bits.buffer)),
      ...(categories && { words: hashOf(categories.join('\n')) }),
    };
  });
}

describe('a real table has every number and word that pandas reads', () => {
  const folder = fileURLToPath(new URL('../../../../../node_modules/@observablehq/sample-datasets/', import.meta.url));

  test.each(real.map((each) => [each.file, each] as const))(
    '%s',
    async (file, { path = `${folder}${file}`, rows, columns }) => {
      expect(existsSync(path)).toBe(true);
      const table = await readTable(fileSource(path));
      expect(table.rows).toBe(rows);
      const found = summary(table);
      const expected = columns.map(({ blanks, ...column }, i) =>
        blanks !== undefined && found[i]?.words === blanks ? { ...column, words: blanks } : column,
      );
      expect(found).toEqual(expected);
    },
  );
});
