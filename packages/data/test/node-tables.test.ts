import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTable } from '../src/formats/registry.js';
import { tableSource } from '../src/node.js';
import { content, fixtureBytes, fixturePath, readFixture } from './fixture-tables.js';
import { memorySource } from './memory-source.js';
import { temporaryFiles } from './temporary-files.js';

const { folder, write } = temporaryFiles();
const read = (path: string) => readTable(tableSource(path));
const folderOf = (name: string) => {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
};

describe('several files are one table:', () => {
  test.each(['flats-[12].csv', 'flats-{1,2}.csv', 'flats-[!a-z].csv'])('the files like %s', async (pattern) => {
    const table = await read(fixturePath(pattern));
    expect(content(table)).toEqual(content(await readFixture('flats.csv')));
    expect(table.notes).toEqual(['read 2 files: flats-1.csv and flats-2.csv']);
    expect([table.place(9), table.place(10)]).toEqual([
      'row 10 (line 11) of flats-1.csv',
      'row 1 (line 2) of flats-2.csv',
    ]);
  });

  test('those of a folder and of folders below it, without hidden ones; part-2 comes before part-10', async () => {
    const path = folderOf('shards');
    folderOf('shards/more');
    write('shards/part-10.csv', 'a,b\n3,x\n');
    write('shards/part-2.csv', 'a,b\n2,y\n');
    write('shards/more/part-1.csv', 'b,a\nz,1\n');
    write('shards/_SUCCESS', '');
    write('shards/.part-3.csv.crc', 'x');
    const table = await read(path);
    expect([...table.values]).toEqual([2, 1, 1, 2, 0, 3]);
    expect(table.columns.map(({ name }) => name)).toEqual(['b', 'a']);
    expect((await read(join(path, '**/part-*.csv'))).rows).toBe(3);
    expect((await read(join(path, 'part-?.csv'))).rows).toBe(1);
  });

  test('those of a zip archive', async () => {
    const script =
      'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)\nz.writestr("__MACOSX/._a.csv", "junk")\nfor i, path in enumerate(sys.argv[2:]): z.write(path, f"{i}.csv")\nz.close()';
    const path = join(folder, 'flats.zip');
    execFileSync('python3', ['-c', script, path, fixturePath('flats-1.csv'), fixturePath('flats-2.csv')]);
    expect(content(await read(path))).toEqual(content(await readFixture('flats.csv')));
  });

  test('integers beyond 2^24 keep their precision, also where one part has none', async () => {
    write('wide-1.csv', 'a,b\n1,2\n');
    write('wide-2.csv', 'a,b\n16777217,2\n');
    expect((await read(join(folder, 'wide-*.csv'))).columns[0]?.exact).toEqual(Float64Array.of(1, 16777217));
  });

  test('with other columns they are refused, both named', async () => {
    write('odd-1.csv', 'a,b\n1,2\n');
    write('odd-2.csv', 'a,c\n1,2\n');
    await expect(read(join(folder, 'odd-*.csv'))).rejects.toThrow(
      `${folder}/odd-2.csv must have the columns of ${folder}/odd-1.csv; it lacks "b" and has "c" beside them`,
    );
  });

  test('of several formats, none, or with a fault in one, they are refused', async () => {
    write('mixed-a.csv', 'a\n1\n');
    write('mixed-b.json', '[]');
    await expect(read(join(folder, 'mixed-*'))).rejects.toThrow('must lead to files of one format; got ');
    await expect(read(join(folder, 'none-*.csv'))).rejects.toThrow(
      'none-*.csv must lead to at least one file; got none',
    );
    write('bad-1.csv', 'a,b\n1,2\n');
    write('bad-2.csv', 'a,b\n1,x\n');
    await expect(read(join(folder, 'bad-*.csv'))).rejects.toThrow(
      `${folder}/bad-2.csv: row 1 (line 2), column "b" must be a number`,
    );
  });

  test('a file of exactly that name is that file', async () => {
    expect((await read(write('a[1].csv', 'a,b\n1,2\n'))).rows).toBe(1);
  });
});

describe('a file packed with zstd', () => {
  test('is read', async () => {
    expect(content(await readFixture('flats.csv.zst'))).toEqual(content(await readFixture('flats.csv')));
    expect(content(await readFixture('flats-uncompressed.feather.zst'))).toEqual(
      content(await readFixture('flats-lz4.feather')),
    );
  });
  test('is refused where it is damaged', async () => {
    const bytes = fixtureBytes('flats.csv.zst');
    await expect(readTable(memorySource('a.csv.zst', bytes.subarray(0, 200)))).rejects.toThrow(/^a\.csv/);
  });
});

describe('standard input', () => {
  const finder = fileURLToPath(new URL('../../finder', import.meta.url));
  const program = (more: string) =>
    `import { readTable } from '@lrfind/data'; import { tableSource } from '@lrfind/data/node';
     const table = await readTable(tableSource('-'));
     console.log(JSON.stringify([table.source, table.rows, [...table.values]]));
     ${more}`;
  const run = (input: Uint8Array, more = '') =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', program(more)], { input, cwd: finder })
        .toString()
        .split('\n')
        .at(-2) as string,
    );

  test.each(['flats.csv', 'flats-zstd.parquet', 'flats.jsonl'])('is read as a file is: %s', async (name) => {
    const table = await readFixture(name);
    expect(run(fixtureBytes(name))).toEqual([
      'standard input',
      table.rows,
      [...table.values].map((value) => (Number.isNaN(value) ? null : value)),
    ]);
  });

  test('comes once', () => {
    const again = 'await readTable(tableSource("-")).catch((error) => console.log(JSON.stringify(error.message)));';
    expect(run(fixtureBytes('flats.csv'), again)).toBe(
      'standard input can be read once: name a file for the other table',
    );
  });
});
