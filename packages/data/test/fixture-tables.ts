import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReadTableOptions } from '../src/formats/format.js';
import { readTable } from '../src/formats/registry.js';
import { fileSource } from '../src/node.js';
import type { Table } from '../src/table.js';

/** The path of a file that fixtures/tables/write.py wrote. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/tables/${name}`, import.meta.url));
}

/** Its bytes. */
export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/** The table that it holds. */
export function readFixture(name: string, options: ReadTableOptions = {}): Promise<Table> {
  return readTable(fileSource(fixturePath(name)), options);
}

/** What a table holds, without where it comes from; numbers as their bits. */
export function content({ rows, columns, values }: Table) {
  return {
    rows,
    columns: columns.map(({ name, kind, categories, exact }) => ({
      ...{ name, kind, categories },
      exact: exact && [...exact],
    })),
    bits: [...new Uint32Array(values.slice().buffer)],
  };
}
