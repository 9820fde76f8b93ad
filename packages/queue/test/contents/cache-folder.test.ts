import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { cacheFolder } from '../../src/contents/cache-folder.js';
import { contentOf } from '../../src/contents/contents.js';

const { folder } = temporaryFiles();
const never = () => Promise.reject(new Error('nothing should be fetched'));
const bytesOf = (letter: string, count = 100) => new Uint8Array(count).fill(letter.charCodeAt(0));

test('what was fetched is read from the folder', async () => {
  const notes: string[] = [];
  const cache = cacheFolder(join(folder, 'kept'), 1e6, (note) => notes.push(note));
  const a = bytesOf('a');
  expect(await cache.get(contentOf(a), async () => a)).toEqual(a);
  expect(new Uint8Array((await cache.get(contentOf(a), never)) as Uint8Array)).toEqual(a);
  expect(await cache.get(contentOf(bytesOf('b')), async () => null)).toBeNull();
  expect(notes).toEqual([]);
});

test('a damaged file is said to be so, and fetched again', async () => {
  const place = join(folder, 'damaged');
  const notes: string[] = [];
  const cache = cacheFolder(place, 1e6, (note) => notes.push(note));
  const a = bytesOf('a');
  const { sha256 } = contentOf(a);
  await cache.get(contentOf(a), async () => a);
  writeFileSync(join(place, sha256), bytesOf('x'));
  expect(await cache.get(contentOf(a), async () => a)).toEqual(a);
  const { sha256: other } = contentOf(bytesOf('x'));
  expect(notes).toEqual([
    `the file ${join(place, sha256)} of the cache is damaged: its SHA-256 is ${other}; it is fetched again`,
  ]);
  expect(new Uint8Array((await cache.get(contentOf(a), never)) as Uint8Array)).toEqual(a);
});

test('files that were used longest ago make room, and unfinished ones of long ago are removed', async () => {
  const place = join(folder, 'bounded');
  const cache = cacheFolder(place, 250, () => {});
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => bytesOf(letter)) as [Uint8Array, Uint8Array, Uint8Array];
  await cache.get(contentOf(a), async () => a);
  await cache.get(contentOf(b), async () => b);
  utimesSync(join(place, contentOf(a).sha256), 1, 1);
  utimesSync(join(place, contentOf(b).sha256), 2, 2);
  // Reading it makes it the one that was used last.
  await cache.get(contentOf(a), never);
  writeFileSync(join(place, 'left.part'), 'x');
  utimesSync(join(place, 'left.part'), 1, 1);
  await cache.get(contentOf(c), async () => c);
  expect(readdirSync(place).toSorted()).toEqual([contentOf(a).sha256, contentOf(c).sha256].toSorted());
});

test('a folder that cannot be written is said to be so, and the work goes on', async () => {
  const place = join(folder, 'no-folder');
  writeFileSync(place, 'a file');
  const notes: string[] = [];
  const cache = cacheFolder(place, 1e6, (note) => notes.push(note));
  const a = bytesOf('a');
  expect(await cache.get(contentOf(a), async () => a)).toEqual(a);
  expect(notes).toEqual([
    `the cache ${place} cannot be written: EEXIST: file already exists; the work goes on without it`,
  ]);
});
