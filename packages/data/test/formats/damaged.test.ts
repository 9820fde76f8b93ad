import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { readTable } from '../../src/formats/registry.js';
import { fixtureBytes } from '../fixture-tables.js';
import { memorySource } from '../memory-source.js';
import { repeatableRandom } from '../temporary-files.js';

/** Cuts, changed and repeated bytes, and extreme lengths, as a broken disk or an attacker makes them. */
function damaged(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = bytes.slice();
  const at = () => Math.floor(random() * copy.length);
  const kind = random();
  if (kind < 0.15) return copy.subarray(0, at());
  if (kind < 0.25) return Uint8Array.from([...copy.subarray(0, at()), ...copy.subarray(at())]);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const position = at();
    const what = random();
    if (what < 0.4) copy[position] = Math.floor(random() * 256);
    else if (what < 0.6) copy[position] = (copy[position] as number) ^ (1 << Math.floor(random() * 8));
    else if (what < 0.8) copy.fill(random() < 0.5 ? 0xff : 0x7f, position, position + 1 + Math.floor(random() * 8));
    else copy.copyWithin(position, at(), at() + 8);
  }
  return copy;
}

/** Files, and how many damaged ones are made of each. LRFIND_CASES multiplies them. */
const cases = Number(process.env.LRFIND_CASES ?? 1);
const files: (readonly [name: string, count: number])[] = [
  ['flats-records.json', 100],
  ['flats-split.json', 100],
  ['flats.jsonl', 100],
  ...['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'v2', 'delta'].map(
    (name) => [`flats-${name}.parquet`, 60] as const,
  ),
  ...['flats-uncompressed.feather', 'flats-lz4.feather', 'flats-zstd.feather', 'flats.arrows', 'flats-views.arrow'].map(
    (name) => [name, 60] as const,
  ),
  ['flats.xlsx', 60],
  ['npy/big-f8.npy', 150],
  ['npy/record.npy', 150],
  ['digits.npz', 200],
  ['words.npz', 200],
];

test.each(files)('damaged %s is read, or refused with one message', async (name, count) => {
  const bytes = fixtureBytes(name);
  for (let seed = 0; seed < count * cases; seed++) {
    const file = damaged(bytes, repeatableRandom(seed * 7919 + name.length));
    const start = performance.now();
    try {
      const table = await readTable(memorySource(name, file));
      expect(table.values.length).toBe(table.rows * table.columns.length);
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`${name}, seed ${seed}`, { cause: error });
      expect(error.message.startsWith(name), error.message).toBe(true);
    }
    // A small file is read in milliseconds, also on a busy machine in less than this.
    expect(performance.now() - start, `seed ${seed}`).toBeLessThan(5000);
  }
});
