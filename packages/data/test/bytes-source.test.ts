import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bytesSource } from '../src/bytes-source.js';
import { readTable } from '../src/formats/registry.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = async (source: ReturnType<typeof bytesSource>) => {
  const chunks: Uint8Array[] = [];
  let fraction = 0;
  for await (const chunk of source.stream()) {
    chunks.push(chunk.bytes);
    fraction = chunk.fraction;
  }
  return [Buffer.concat(chunks).toString(), fraction];
};
const csv = 'a,b\n1,2\n3,4\n';

test.each([
  ['a Blob', new Blob([csv])],
  ['bytes', bytes(csv)],
  ['a buffer', bytes(csv).buffer],
])('%s is read as a whole and in parts', async (_, content) => {
  const source = bytesSource('a.csv', content);
  expect(await text(source)).toEqual([csv, 1]);
  expect(await source.size()).toBe(12);
  expect(new TextDecoder().decode(await source.slice(4, 7))).toBe('1,2');
  expect((await source.slice(8, 100)).length).toBe(4);
  expect((await readTable(source)).rows).toBe(2);
});

test('content packed with gzip is unpacked as a stream, and stays packed in parts', async () => {
  const packed = new Uint8Array(gzipSync(csv));
  const source = bytesSource('a.csv.gz', new Blob([packed]));
  expect((await text(source))[0]).toBe(csv);
  expect(await source.slice(0, 2)).toEqual(Uint8Array.of(0x1f, 0x8b));
  expect((await readTable(source)).rows).toBe(2);
});

test('content of several chunks comes in order', async () => {
  const rows = Array.from({ length: 300_000 }, (_, i) => `${i},${i % 7}`);
  const table = await readTable(bytesSource('a.csv', new Blob([`a,b\n${rows.join('\n')}\n`])));
  expect([table.rows, table.place(299_999)]).toEqual([300_000, 'row 300000 (line 300001)']);
});

test('damaged gzip is refused', async () => {
  const packed = new Uint8Array(gzipSync(csv.repeat(100)));
  packed[20] = (packed[20] as number) ^ 0xff;
  await expect(readTable(bytesSource('a.csv.gz', packed))).rejects.toThrow(
    /^a\.csv\.gz is a corrupt or cut-off gzip file/,
  );
});

test('a sibling is found by its name with or without its folder, and a missing one is named', async () => {
  const source = bytesSource('model.json', bytes('{}'), { 'group1-shard1of1.bin': bytes('abc') });
  expect(await source.sibling('group1-shard1of1.bin').size()).toBe(3);
  expect(await source.sibling('weights/group1-shard1of1.bin').size()).toBe(3);
  expect(() => source.sibling('group1-shard1of2.bin')).toThrow(
    'model.json must come with group1-shard1of2.bin; did you mean group1-shard1of1.bin?',
  );
});

test('what is no content is refused', () => {
  expect(() => bytesSource('a.csv', 'text' as never)).toThrow('the content of a.csv must be a Blob');
});
