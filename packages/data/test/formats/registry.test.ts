import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../src/bytes.js';
import { readTable, tableFormats } from '../../src/formats/registry.js';

/** A source in memory, as a page has it. */
function memorySource(name: string, ...chunks: (string | Uint8Array)[]) {
  const pieces = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  const left = { chunks: pieces.length, closed: false };
  const source: ByteSource = {
    name,
    async *stream() {
      try {
        for (const [i, bytes] of pieces.entries()) {
          left.chunks--;
          yield { bytes, fraction: (i + 1) / pieces.length };
        }
      } finally {
        left.closed = true;
      }
    },
    slice: async () => new Uint8Array(),
    size: async () => 0,
    sibling: (sibling) => memorySource(sibling).source,
  };
  return { source, left };
}

test('every format has a name and extensions, of which none belongs to two', () => {
  const extensions = tableFormats.flatMap((format) => format.extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
  for (const extension of extensions) expect(extension).toMatch(/^\.[a-z0-9]+$/);
  expect(new Set(tableFormats.map(({ name }) => name)).size).toBe(tableFormats.length);
});

test.each(['data.csv', 'DATA.CSV', 'data.txt', 'data', 'data.unknown', ''])(
  'a source called %j is read as CSV',
  async (name) => {
    const { source, left } = memorySource(name, 'a,b\n1,', '2\n3,4\n');
    const table = await readTable(source);
    expect([table.source, table.rows, ...table.values]).toEqual([name, 2, 1, 2, 3, 4]);
    expect(left).toEqual({ chunks: 0, closed: true });
  },
);

test('chunks may end anywhere, also within a character, a field and a line end', async () => {
  const bytes = new TextEncoder().encode('a,é\r\n1,"x\r\ny"\r\n-2.5,\u{1f600}\r\n');
  const whole = await readTable(memorySource('a.csv', bytes).source);
  for (let cut = 1; cut < bytes.length; cut++) {
    const table = await readTable(memorySource('a.csv', bytes.subarray(0, cut), bytes.subarray(cut)).source);
    expect({ ...table, place: undefined }).toEqual({ ...whole, place: undefined });
    expect([table.place(0), table.place(1)]).toEqual([whole.place(0), whole.place(1)]);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  expect((await readTable(memorySource('a.csv', ...single).source)).columns).toEqual(whole.columns);
});

test('the stream is closed when reading fails', async () => {
  const { source, left } = memorySource('a.csv', 'a,b\n1\n', '2,3\n');
  await expect(readTable(source)).rejects.toThrow(InputError);
  expect(left.closed).toBe(true);
});

describe('a file that is often mistaken for a table is named:', () => {
  test.each<[string, number[] | string]>([
    ['an old workbook of Excel (.xls): save it as .xlsx or CSV', [0xd0, 0xcf, 0x11, 0xe0]],
    [
      'a MATLAB file: save it as CSV, or in Python as .npz: numpy.savez("data.npz", **scipy.io.loadmat(file, squeeze_me=True))',
      'MATLAB 5.0 MAT-file',
    ],
    ['an HDF5 file: save its arrays as .npz with numpy.savez', [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]],
    [
      'a pickle of Python, which can run code when it is read: save it with to_parquet or numpy.savez',
      [0x80, 0x04, 0x95, 0, 0],
    ],
    ['compressed with xz: unpack it, or use gzip', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
    ['compressed with bzip2: unpack it, or use gzip', 'BZh9'],
    ['UTF-32 text: save it as UTF-8', [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]],
    ['UTF-32 text: save it as UTF-8', [0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]],
  ])('%s', async (words, magic) => {
    const head = typeof magic === 'string' ? magic : Uint8Array.from(magic);
    const { source, left } = memorySource('data.csv', head, 'a,b\n1,2\n');
    await expect(readTable(source)).rejects.toThrow(new InputError(`data.csv is ${words}`));
    expect(left).toEqual({ chunks: 1, closed: true });
  });

  test('other bytes that are no text', async () => {
    const { source } = memorySource('data.csv', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0));
    await expect(readTable(source)).rejects.toThrow('data.csv must be text, such as CSV or TSV; got zero bytes');
  });
});
