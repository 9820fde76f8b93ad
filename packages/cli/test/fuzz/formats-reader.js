import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { zipFile } from '../../../finder/test/model/zip-file.js';
import { mutatedBytes, mutatedText } from './mutate.js';

const fixtures = fileURLToPath(new URL('../../../../fixtures/', import.meta.url));

/** Files of one table each; CSV has a reader of its own. */
function tableFiles() {
  const folders = ['tables', 'tables/npy'].map((name) => join(fixtures, name));
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !/\.(csv|py)$/.test(name) && name.includes('.'))
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
  );
}

/**
 * A reader of damaged tables in every format but CSV, packed CSV among them, and of folders of damaged images: as `lrfind data`
 * reads them.
 *
 * @type {(put: import('./readers.js').Put, lrfind: import('./readers.js').Run) => Promise<import('./readers.js').Attempt>}
 */
export async function formats(put, lrfind) {
  const files = tableFiles();
  const csv = readFileSync(join(fixtures, 'tables/flats.csv'));
  return async (random) => {
    const kind = random();
    if (kind < 0.1) {
      const folder = join(dirname(put('damaged', '')), 'pets');
      rmSync(folder, { recursive: true, force: true });
      cpSync(join(fixtures, 'images/pets'), folder, { recursive: true });
      const images = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
      for (let i = 1 + Math.floor(random() * 2); i > 0; i--) {
        const { parentPath, name } = pick(images, random);
        writeFileSync(join(parentPath, name), damaged(readFileSync(join(parentPath, name)), random));
      }
      await lrfind(['data', folder, '--json']);
      return;
    }
    if (kind < 0.2) {
      // Behind a checksum that fits.
      const parts = [csv, readFileSync(join(fixtures, 'tables/flats-1.csv'))].map((each) => damaged(each, random));
      const [first, second] = /** @type {[Buffer, Buffer]} */ (parts);
      const names = pick(
        [
          ['a.csv', 'b.csv'],
          ['a.csv', 'a.csv'],
          ['../a.csv', 'b.csv'],
          ['/a', 'b'],
          ['__MACOSX/a', 'b.csv'],
        ],
        random,
      );
      const zip = zipFile([
        [String(names[0]), first],
        ...(random() < 0.5 ? [/** @type {const} */ ([String(names[1]), second])] : []),
      ]);
      const packed = random() < 0.5 ? gzipSync(first) : zip;
      const path = put(
        `damaged.csv.${packed === zip ? 'zip' : 'gz'}`,
        random() < 0.5 ? damaged(packed, random) : packed,
      );
      await lrfind(['data', path, '--json']);
      return;
    }
    const { name, bytes } = pick(files, random);
    await lrfind(['data', put(`damaged-${name}`, changedFile(name, bytes, random)), '--json']);
  };
}

/** @param {string} name @param {Buffer} bytes @param {() => number} random */
function changedFile(name, bytes, random) {
  if (name.endsWith('.json') && random() < 0.7) return Buffer.from(mutatedText(JSON.parse(String(bytes)), random));
  if (name.endsWith('.jsonl') && random() < 0.7) {
    const lines = String(bytes).trimEnd().split('\n');
    for (let i = 1 + Math.floor(random() * 3); i > 0; i--) {
      const at = Math.floor(random() * lines.length);
      try {
        lines[at] = mutatedText(JSON.parse(String(lines[at])), random);
      } catch {
        lines.splice(at, 1);
      }
    }
    return Buffer.from(lines.join('\n'));
  }
  if (name.endsWith('.gz') && random() < 0.6) return gzipSync(damaged(gunzipSync(bytes), random));
  return damaged(bytes, random);
}

/** Bytes in their places, where lengths and offsets are, or as a bad disk or a broken download leaves them. @param {Buffer} bytes @param {() => number} random */
function damaged(bytes, random) {
  if (random() < 0.3) return mutatedBytes(bytes, random);
  const copy = Buffer.from(bytes);
  // Headers are at the beginning or at the end.
  const near = pick([copy.length, copy.length, Math.min(copy.length, 300)], random);
  const atEnd = random() < 0.3;
  for (let i = 1 + Math.floor(random() * 4); i > 0; i--) {
    const from = Math.floor(random() * near);
    const position = atEnd ? copy.length - 1 - from : from;
    const values = [
      0,
      1,
      0x7f,
      0x80,
      0xff,
      Math.floor(random() * 256),
      (copy[position] ?? 0) ^ (1 << Math.floor(random() * 8)),
    ];
    copy.fill(pick(values, random), position, Math.min(copy.length, position + 1 + Math.floor(random() ** 3 * 8)));
  }
  return copy;
}

/** @template T @param {readonly T[]} list @param {() => number} random @returns {T} */
function pick(list, random) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}
