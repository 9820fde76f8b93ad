import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '@lrfind/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ByteChunk, concatBytes } from '../src/bytes.js';
import { fileSource } from '../src/node.js';
import { temporaryFiles } from './temporary-files.js';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, stat: vi.fn(actual.stat) };
});
afterEach(() => vi.mocked(stat).mockReset());

const { folder, write } = temporaryFiles();

async function chunksOf(path: string): Promise<ByteChunk[]> {
  const chunks: ByteChunk[] = [];
  for await (const chunk of fileSource(path).stream()) chunks.push(chunk);
  return chunks;
}
const contentOf = (chunks: readonly ByteChunk[]) => Buffer.from(concatBytes(chunks.map(({ bytes }) => bytes)));

/** The message of the InputError with which both ways of reading fail. */
async function complaint(path: string): Promise<string> {
  const errors = await Promise.all(
    [chunksOf(path), fileSource(path).slice(), fileSource(path).slice(0, 4)].map((reading) =>
      reading.then(
        () => undefined,
        (error) => error,
      ),
    ),
  );
  for (const error of errors) expect(error).toBeInstanceOf(InputError);
  expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
  return errors[0].message;
}

/** Bytes that follow no pattern, more than two chunks of them. */
const large = Uint8Array.from({ length: 2_500_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);

describe('a stream', () => {
  test('has the bytes of the file, in chunks whose fractions rise to 1', async () => {
    const chunks = await chunksOf(write('large.bin', large));
    expect(contentOf(chunks).equals(large)).toBe(true);
    expect(chunks.map(({ fraction }) => fraction)).toEqual([2 ** 20 / large.length, 2 ** 21 / large.length, 1]);
  });

  test('is unpacked if the file is gzip, also in several members, whatever its name', async () => {
    const chunks = await chunksOf(write('packed.bin', gzipSync(large)));
    expect(contentOf(chunks).equals(large)).toBe(true);
    const fractions = chunks.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    const members = write('members.gz', Buffer.concat([gzipSync('ab'), gzipSync('cd')]));
    expect(contentOf(await chunksOf(members)).toString()).toBe('abcd');
  });

  test('of an empty file, or of an empty file that is packed, has no bytes', async () => {
    expect(await chunksOf(write('empty', ''))).toEqual([]);
    expect(contentOf(await chunksOf(write('empty.gz', gzipSync(''))))).toHaveLength(0);
  });

  test('can be left before its end, and read again', async () => {
    const source = fileSource(write('again.bin', large));
    for await (const { bytes } of source.stream()) {
      expect(bytes).toHaveLength(2 ** 20);
      break;
    }
    expect(contentOf(await chunksOf(source.name)).equals(large)).toBe(true);
  });

  test.skipIf(process.platform === 'win32')(
    'of a pipe has fraction 0 throughout, because its length is unknown',
    async () => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const { openSync, writeSync, closeSync } = await import('node:fs');
      const reading = chunksOf(pipe);
      // A reader and writer at once, so that opening does not wait.
      const writer = openSync(pipe, 'r+');
      writeSync(writer, 'a,b\n1,2\n');
      // The reader must have it open before the last writer closes it.
      await new Promise((resolve) => setTimeout(resolve, 200));
      closeSync(writer);
      const chunks = await reading;
      expect(contentOf(chunks).toString()).toBe('a,b\n1,2\n');
      expect(chunks.map(({ fraction }) => fraction)).toEqual(chunks.map(() => 0));
    },
  );
});

describe('a slice', () => {
  const path = write(
    'slices.bin',
    Uint8Array.from({ length: 100 }, (_, i) => i),
  );
  const slice = async (start?: number, end?: number) => [...(await fileSource(path).slice(start, end))];
  const upTo = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

  test.each<[number | undefined, number | undefined, number[]]>([
    [undefined, undefined, upTo(0, 100)],
    [0, 10, upTo(0, 10)],
    [90, undefined, upTo(90, 100)],
    [40, 60, upTo(40, 60)],
    [90, 1000, upTo(90, 100)],
    [100, 200, []],
    [200, 300, []],
    [60, 40, []],
  ])('from %s to %s', async (start, end, expected) => {
    expect(await slice(start, end)).toEqual(expected);
  });

  test('is not unpacked', async () => {
    const packed = gzipSync('abc');
    const source = fileSource(write('slice.gz', packed));
    expect(await source.slice()).toEqual(packed);
    expect([...(await source.slice(0, 2))]).toEqual([0x1f, 0x8b]);
  });
});

test('a sibling is the file of that name in the same folder', async () => {
  const model = fileSource(write('model.json', '{}'));
  write('weights.bin', Uint8Array.of(1, 2));
  expect(model.sibling('weights.bin').name).toBe(join(folder, 'weights.bin'));
  expect([...(await model.sibling('weights.bin').slice())]).toEqual([1, 2]);
});

test('nothing is read until a method is called', () => {
  expect(fileSource(join(folder, 'no-such-file')).name).toBe(join(folder, 'no-such-file'));
  expect(stat).not.toHaveBeenCalled();
});

describe('an InputError', () => {
  test('names a missing file, with a neighbour of a similar name', async () => {
    write('iris.csv', 'a,b\n1,2\n');
    const path = join(folder, 'irsi.csv');
    expect(await complaint(path)).toBe(`no such file: ${path}; did you mean iris.csv?`);
    expect(await complaint(join(folder, 'iris.csv', 'x'))).toContain('no such file');
    expect(await complaint(join(folder, 'no', 'where.csv'))).toBe(`no such file: ${join(folder, 'no', 'where.csv')}`);
  });

  test('names a directory', async () => {
    mkdirSync(join(folder, 'tables'));
    expect(await complaint(join(folder, 'tables'))).toBe(
      `${join(folder, 'tables')} is a directory: name the file inside it`,
    );
  });

  test('names a file that may not be read', async () => {
    const path = write('locked.csv', 'a,b\n1,2\n');
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    for (let i = 0; i < 3; i++) vi.mocked(stat).mockRejectedValueOnce(denied);
    expect(await complaint(path)).toBe(`${path} cannot be read: permission denied`);
    chmodSync(path, 0);
    // The superuser reads it nevertheless, and so does everybody on Windows.
    if (process.platform === 'win32' || process.getuid?.() === 0) expect(await chunksOf(path)).toHaveLength(1);
    else expect(await complaint(path)).toBe(`${path} cannot be read: permission denied`);
  });

  test('names a gzip file that is damaged or cut off', async () => {
    const packed = gzipSync(large);
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 40, 60);
    for (const [name, bytes] of [
      ['damaged.gz', damaged],
      ['cut.gz', packed.subarray(0, packed.length / 2)],
    ] as const) {
      const error = await chunksOf(write(name, bytes)).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toContain(`${name} is a corrupt or cut-off gzip file: `);
    }
  });
});

test('an error that the caller cannot correct is thrown as it is', async () => {
  const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  vi.mocked(stat).mockRejectedValueOnce(broken).mockRejectedValueOnce(broken);
  await expect(chunksOf(write('x.csv', 'a'))).rejects.toBe(broken);
  await expect(fileSource('x.csv').slice()).rejects.toBe(broken);
});
