import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync, truncateSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '@lrfind/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ByteChunk, type ByteSource, concatBytes, readDocument } from '../src/bytes.js';
import { fileSource } from '../src/node.js';
import { temporaryFiles } from './temporary-files.js';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, stat: vi.fn(actual.stat) };
});
afterEach(() => vi.mocked(stat).mockReset());

const { folder, write } = temporaryFiles();

async function chunksOfSource(source: ByteSource): Promise<ByteChunk[]> {
  const chunks: ByteChunk[] = [];
  for await (const chunk of source.stream()) chunks.push(chunk);
  return chunks;
}
const chunksOf = (path: string) => chunksOfSource(fileSource(path));
const contentOf = (chunks: readonly ByteChunk[]) => Buffer.from(concatBytes(chunks.map(({ bytes }) => bytes)));

/** The message of the InputError with which every way of reading fails. */
async function complaint(path: string): Promise<string> {
  const errors = await Promise.all(
    [chunksOf(path), fileSource(path).slice(), fileSource(path).slice(0, 4), fileSource(path).size()].map((reading) =>
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
});

test.runIf(process.platform === 'linux')('a stream that is left before its end leaves no file open', async () => {
  const path = write('left.bin', large);
  const isOpen = () =>
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === realpathSync(path);
      } catch {
        return false;
      }
    });
  for await (const { bytes } of fileSource(path).stream()) {
    expect(bytes).toHaveLength(2 ** 20);
    expect(isOpen()).toBe(true);
    break;
  }
  expect(isOpen()).toBe(false);
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
    expect([...(await source.slice())]).toEqual([...packed]);
    expect([...(await source.slice(0, 2))]).toEqual([0x1f, 0x8b]);
  });
});

test('a sibling is the file of that name in the same folder', async () => {
  const model = fileSource(write('model.json', '{}'));
  write('weights.bin', Uint8Array.of(1, 2));
  expect(model.sibling('weights.bin').name).toBe(join(folder, 'weights.bin'));
  expect([...(await model.sibling('weights.bin').slice())]).toEqual([1, 2]);
});

describe('a sibling must lie in the folder of the file or below it', () => {
  const model = () => fileSource(write('siblings/model.json', '{}'));
  mkdirSync(join(folder, 'siblings', 'inner'), { recursive: true });
  mkdirSync(join(folder, 'siblings-too'));

  test('in a folder below, through `..` that stays within, and through a link that stays within', async () => {
    write('siblings/inner/a.bin', Uint8Array.of(1, 2, 3));
    symlinkSync(join(folder, 'siblings', 'inner', 'a.bin'), join(folder, 'siblings', 'link.bin'));
    for (const name of ['inner/a.bin', 'inner/../inner/a.bin', 'link.bin']) {
      expect([...(await model().sibling(name).slice())]).toEqual([1, 2, 3]);
      expect(await model().sibling(name).size()).toBe(3);
    }
  });

  test('not above, beside or through a link that leaves it, whether it exists or not', async () => {
    const secret = write('secret.bin', Uint8Array.of(1, 2, 3));
    write('siblings-too/secret.bin', Uint8Array.of(1, 2, 3));
    symlinkSync(secret, join(folder, 'siblings', 'leaving.bin'));
    symlinkSync(folder, join(folder, 'siblings', 'above'));
    const names = [
      '../secret.bin',
      '../none.bin',
      '../siblings-too/secret.bin',
      'inner/../../secret.bin',
      'leaving.bin',
    ];
    for (const name of [...names, 'above/secret.bin', '..', '../siblings-too/../siblings/../secret.bin']) {
      const source = model().sibling(name);
      const message = `${source.name} must lie in the folder ${join(folder, 'siblings')} or below it, links followed`;
      for (const reading of [() => source.slice(), () => source.size(), () => chunksOfSource(source)])
        await expect(reading()).rejects.toThrow(new InputError(message));
    }
  });

  test('or in the folder of what the file leads to, where it is a link, as in the cache of Hugging Face', async () => {
    const snapshot = join(folder, 'hub', 'snapshots', 'main');
    for (const each of [snapshot, join(folder, 'hub', 'blobs')]) mkdirSync(each, { recursive: true });
    write('hub/blobs/1', '{}');
    write('hub/blobs/2', Uint8Array.of(5, 6));
    write('hub/secret.bin', Uint8Array.of(7));
    symlinkSync('../../blobs/1', join(snapshot, 'model.json'));
    symlinkSync('../../blobs/2', join(snapshot, 'weights.bin'));
    symlinkSync('../../secret.bin', join(snapshot, 'secret.bin'));
    const linked = fileSource(join(snapshot, 'model.json'));
    expect([...(await linked.sibling('weights.bin').slice())]).toEqual([5, 6]);
    for (const name of ['secret.bin', '../../blobs/2'])
      await expect(linked.sibling(name).slice()).rejects.toThrow(/ must lie in the folder /);
  });

  test('a name that starts like the parent is none', async () => {
    write('siblings/..w.bin', Uint8Array.of(4));
    expect([...(await model().sibling('..w.bin').slice())]).toEqual([4]);
  });
});

test('an empty path is refused', () => {
  expect(() => fileSource('')).toThrow(new InputError('a path must not be empty'));
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

  test.skipIf(process.platform === 'win32')(
    'names a pipe, a device and a socket, without waiting for them',
    async () => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      expect(await complaint(pipe)).toBe(
        `${pipe} must be a regular file; got a pipe, which may never end: write it to a file first`,
      );
      symlinkSync(pipe, join(folder, 'link-to-pipe'));
      expect(await complaint(join(folder, 'link-to-pipe'))).toContain('must be a regular file; got a pipe');
      expect(await complaint('/dev/zero')).toBe('/dev/zero must be a regular file; got a device');
      const socket = join(folder, 'socket');
      const server = createServer().listen(socket);
      await once(server, 'listening');
      expect(await complaint(socket)).toBe(`${socket} must be a regular file; got a socket`);
      server.close();
    },
  );

  test.skipIf(process.platform === 'win32')('names a path that the system refuses, with its reason', async () => {
    const long = join(folder, 'x'.repeat(300));
    expect(await complaint(long)).toBe(`${long} cannot be read: ENAMETOOLONG: name too long`);
    const circle = join(folder, 'circle');
    symlinkSync(circle, circle);
    expect(await complaint(circle)).toMatch(/^\S+ cannot be read: ELOOP: too many symbolic links/);
    expect(await complaint('a\0b.csv')).toBe('a\\0b.csv cannot be read: a path must have no zero byte');
    expect(() => fileSource(undefined as never)).toThrow(new InputError('a path must be text; got undefined'));
  });

  test('names a table that is larger than the memory, before it is read', async () => {
    const path = write('huge.csv', 'a,b\n1,2\n');
    truncateSync(path, totalmem() + 1);
    await expect(chunksOf(path)).rejects.toThrow(/huge\.csv has \S+ [MGT]B; the memory has \S+ [MGT]B$/);
  });

  test('names a table that fills the memory while it is read, as a packed one may', async () => {
    const path = write('bomb.csv.gz', gzipSync(large));
    vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(totalmem());
    await expect(chunksOf(path)).rejects.toThrow(/bomb\.csv\.gz is too large for the memory of .*: use fewer rows$/);
    vi.restoreAllMocks();
  });

  test('names a document that is too long for a text', async () => {
    const path = write('huge.json', '{}');
    expect([...(await readDocument(fileSource(path)))]).toEqual([123, 125]);
    truncateSync(path, 3e9);
    await expect(readDocument(fileSource(path))).rejects.toThrow(
      new InputError(`${path} must have at most 500 MB; got 3 GB`),
    );
  });

  test('names a file that may not be read', async () => {
    const path = write('locked.csv', 'a,b\n1,2\n');
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    for (let i = 0; i < 4; i++) vi.mocked(stat).mockRejectedValueOnce(denied);
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
