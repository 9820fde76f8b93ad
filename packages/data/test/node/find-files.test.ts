import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesLike } from '../../src/node/find-files.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
  mkdirSync(join(folder, 'parts/more'), { recursive: true });
  for (const name of ['a.csv', 'parts/b-2.csv', 'parts/b-10.csv', 'parts/more/c.csv', 'parts/d.json'])
    writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a pattern of Windows has backslashes or slashes, or both', async () => {
  const found = ['parts/b-2.csv', 'parts/b-10.csv'].map((name) => `${folder}/${name}`);
  for (const pattern of ['\\parts\\*.csv', '/parts/*.csv', '\\parts/b-*.csv'])
    expect(await filesLike(folder + pattern, true)).toEqual(found);
  expect(await filesLike(`${folder.replaceAll('/', '\\')}\\**\\c.csv`, true)).toEqual([`${folder}/parts/more/c.csv`]);
});

test('elsewhere a backslash separates nothing', async () => {
  expect(await filesLike(`${folder}\\parts\\*.csv`, false)).toEqual([]);
});
