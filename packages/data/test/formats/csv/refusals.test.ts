import { gzipSync } from 'node:zlib';
import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import type { ReadTableOptions } from '../../../src/formats/format.js';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import { temporaryFiles } from '../../temporary-files.js';

const { write } = temporaryFiles();

/** The message of the InputError with which reading must fail. */
async function complaint(path: string, options?: ReadTableOptions): Promise<string> {
  const error = await readTable(fileSource(path), options).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i},${i}`).join('\n');

test('a file without content, or with nothing but a header, is refused', async () => {
  expect(await complaint(write('empty.csv', ''))).toContain('empty.csv must hold a header and rows; got an empty file');
  expect(await complaint(write('empty.csv.gz', gzipSync('')))).toContain(
    'empty.csv.gz must hold a header and rows; got an empty file',
  );
  expect(await complaint(write('header.csv', 'a,b\n'))).toContain('header.csv must hold rows; got a header alone');
  expect(await complaint(write('header2.csv', 'a,b'))).toContain('must hold rows; got a header alone');
  expect(await complaint(write('header3.csv', 'a,b\n\n\n'))).toContain('must hold rows; got a header alone');
});

test('a ragged row is named by row and line with what came and what was expected', async () => {
  expect(await complaint(write('few.csv', 'a,b,c\n1,2,3\n1,2\n'))).toMatch(
    /few\.csv: row 2 \(line 3\) must have 3 fields, as the header has; got 2$/,
  );
  expect(await complaint(write('one.csv', 'a,b,c\n# remark\n'))).toMatch(
    /row 1 \(line 2\) must have 3 fields, as the header has; got 1$/,
  );
  expect(await complaint(write('many.csv', 'a,b\n1,2\n\n1,2,3,"x,y"\n'))).toMatch(
    /row 2 \(line 4\) must have 2 fields, as the header has; got 4$/,
  );
  const late = write('late.csv', `a,b\n${numbered(5000)}\n7\n${numbered(3)}\n`);
  expect(await complaint(late)).toMatch(/row 5001 \(line 5002\) must have 2 fields, as the header has; got 1$/);
});

test('a ragged row whose values slipped into other columns is called ragged, not wrong in type', async () => {
  expect(await complaint(write('slip.csv', 'a,name,b\n1,x,2\n3,y,4\nz,5\n'))).toContain(
    'row 3 (line 4) must have 3 fields, as the header has; got 2',
  );
});

test('a word in a numeric column is named by row, line and column, with what to do', async () => {
  const path = write('word.csv', 'age,height\n1,2\n3,4\n5,tall\n');
  expect(await complaint(path)).toBe(
    `${path}: row 3 (line 4), column "height" must be a number; got "tall"; if the column holds categories, use --categorical height, if it is missing --missing tall`,
  );
  const late = write('late-word.csv', `a,b c\n${numbered(4000)}\n1,x\n`);
  expect(await complaint(late)).toContain('row 4001 (line 4002), column "b c" must be a number; got "x"');
  expect(await complaint(late)).toContain('--categorical "b c"');
  expect((await readTable(fileSource(late), { categorical: ['b c'] })).rows).toBe(4001);
});

test.each(['inf', '-inf', 'Infinity', '+INFINITY', '1e400'])('%s in a numeric column is refused', async (text) => {
  const message = await complaint(write('finite.csv', `a,b\n1,2\n3,${text}\n`));
  expect(message).toContain(`row 2 (line 3), column "b" must be finite; got "${text}"`);
});

test('a header must name each column once', async () => {
  expect(await complaint(write('twice.csv', 'a,b,a\n1,2,3\n'))).toMatch(
    /twice\.csv: the header must name each column once; got "a" in cells 1 and 3; --no-header says that the first line is a row$/,
  );
  expect(await complaint(write('like-unnamed.csv', 'Unnamed: 1,,c\n1,2,3\n'))).toContain(
    'must name each column once; got "Unnamed: 1" in cells 1 and 2',
  );
});

test('a first line that may be names or a row is a question, which an option answers', async () => {
  const path = write('either.csv', '10,John,25\n20,Ann,31\n35,Bo,28\n');
  expect(await complaint(path)).toBe(
    `${path}: the first line (10, John, 25) must be names or a row, and may be either; --header or --no-header says which`,
  );
  expect((await readTable(fileSource(path), { header: false })).rows).toBe(3);
  expect((await readTable(fileSource(path), { header: true })).columns.map(({ name }) => name)).toEqual([
    '10',
    'John',
    '25',
  ]);
});

test('a quote that stays open is named by the row in which it opens', async () => {
  expect(await complaint(write('open.csv', 'a,b\nx,y\nx,"y\nx,y\n'))).toMatch(
    /row 2 \(line 3\), field 2 must close the quote that it opens$/,
  );
  expect(await complaint(write('open2.csv', 'a,"b\n1,2\n'))).toContain(
    'the header must close each quote that it opens',
  );
  const large = `a,b\nx,"y\n${'x,y\n'.repeat(600_000)}`;
  expect(await complaint(write('open3.csv', large))).toContain(
    'row 1 (line 2), field 2 must close the quote that it opens',
  );
});

test('text after a closing quote is refused', async () => {
  expect(await complaint(write('after.csv', 'a,b\n1,2\n1,"2"3\n'))).toContain(
    'row 2 (line 3), field 2 must end at its closing quote',
  );
  expect(await complaint(write('after2.csv', 'a,"b"c\n1,2\n'))).toContain(
    'header cell 2 must end at its closing quote',
  );
});

test('a damaged or cut-off gzip file is called corrupt', async () => {
  const packed = gzipSync(`a,b\n${numbered(5000)}\n`);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 40, 60);
  expect(await complaint(write('damaged.csv.gz', damaged))).toContain(
    'damaged.csv.gz is a corrupt or cut-off gzip file',
  );
  expect(await complaint(write('cut.csv.gz', packed.subarray(0, packed.length / 2)))).toContain(
    'cut.csv.gz is a corrupt or cut-off gzip file',
  );
});

test('files that are not UTF-8 text are told apart', async () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  expect(await complaint(write('picture.csv', png))).toContain('must be text, such as CSV or TSV; got zero bytes');
  expect(await complaint(write('packed.csv.gz', gzipSync(png)))).toContain(
    'must be text, such as CSV or TSV; got zero bytes',
  );
  expect(await complaint(write('sheet.csv', 'PK\x03\x04rest'))).toContain('is a zip archive or spreadsheet');
  const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x0a, 0, 0, 0]);
  expect(await complaint(write('wide.csv', utf32))).toContain('is UTF-32 text: save it as UTF-8');
  // A letter of UTF-8 in one line, and a byte that is none in another; in windows-1252 0x81 is no letter.
  const both = Buffer.concat([Buffer.from('name,b\nannä,1\n'), Buffer.from('zo\xe9,2\n', 'latin1')]);
  expect(await complaint(write('latin.csv', both))).toMatch(
    /row 2 \(line 3\), column "name" must be UTF-8 text; got .*; save the file as UTF-8, or name its --encoding$/,
  );
  expect(await complaint(write('latin2.csv', Buffer.from('\xe9\x81,b\n1,2\n', 'latin1')))).toContain(
    'header cell 1 of 2 must be UTF-8 text',
  );
  expect(await complaint(write('plain.csv', 'a,b\n1,2\n'), { encoding: 'klingon' })).toBe(
    'encoding must be the name of an encoding, such as utf-8, windows-1252 or utf-16le; got "klingon"',
  );
});

test('an unknown categorical column is answered with the nearest, or with those there are', async () => {
  const path = write('known.csv', 'color,size\nred,1\n');
  expect(await complaint(path, { categorical: ['colour'] })).toBe(
    `categorical: ${path} has no column "colour"; did you mean "color"?`,
  );
  expect(await complaint(path, { categorical: ['weight'] })).toContain('its columns are color, size');
});

test.each(['', ',,', '"', 'a', '5', '.', '-', '\n'])('%j is no delimiter', async (delimiter) => {
  expect(await complaint(write('delimiter.csv', 'a,b\n1,2\n'), { delimiter })).toContain(
    `delimiter must be one character, such as ",", ";", "|" or "\\t", or blanks; got ${JSON.stringify(delimiter)}`,
  );
});

describe('numbers that float32 would turn into infinity', () => {
  test.each(['1e39', '-1e39', '3.5e38', '1e300', `1${'0'.repeat(39)}`, '350000000000000000000.5e18'])(
    '%s',
    async (text) => {
      for (const before of [1, 2000]) {
        const path = write('huge.csv', `a,b\n${numbered(before)}\n${text},1\n`);
        expect(await complaint(path)).toBe(
          `${path}: row ${before + 1} (line ${before + 2}), column "a" must be a number that float32 can hold, at most 3.4e38; got "${text}"; give the column in a larger unit`,
        );
      }
    },
  );

  test('but not the largest that it holds', async () => {
    // The largest is (2 − 2^-23) · 2^127; from half a unit above it, a number rounds to infinity.
    const largest = (2 - 2 ** -23) * 2 ** 127;
    const { values } = await readTable(fileSource(write('largest.csv', 'a,b\n3.4028235e38,1\n-3.40282356e38,2\n')));
    expect([...values]).toEqual([largest, 1, -largest, 2]);
  });
});

describe('zero bytes', () => {
  const many = '1,x\n'.repeat(400_000);
  test.each([
    [
      'in a number, after the first MiB',
      `a,b\n${many}1\0,x\n`,
      /row 400001 \(line 400002\), column "a" must be text; got zero bytes in "1\\u0000"$/,
    ],
    [
      'in a word, after the first MiB',
      `a,b\n${many}1,x\0y\n`,
      /row 400001 \(line 400002\), column "b" must be text; got zero bytes in "x\\u0000y"$/,
    ],
    ['in the header', `a,b\0\n1,2\n`, /must be text, such as CSV or TSV; got zero bytes$/],
  ])('%s', async (_, content, message) => {
    const said = await complaint(write('zero.csv', content));
    expect(said).toMatch(message);
    expect(said).not.toContain('\0');
  });
});

test('control characters in a message are escaped', async () => {
  expect(await complaint(write('escape.csv', 'a,b\n1,2\n3,4\n\u001b[31mred,5\n'))).toContain('got "\\u001b[31mred"');
});

describe('a quote that is never closed', () => {
  /** Milliseconds to read a file whose quote opens in its first line, or that has none. */
  async function timed(name: string, head: string, lines: number): Promise<number> {
    const path = write(name, `${head}\n${'1,2,3\n'.repeat(lines)}`);
    const start = performance.now();
    await readTable(fileSource(path)).catch(() => {});
    return performance.now() - start;
  }

  test('in the header is refused once it is longer than any name, whatever follows', async () => {
    const path = write('open.csv', `a,"b\n${'1,2,3\n'.repeat(3_000_000)}`);
    expect(await complaint(path)).toBe(`${path}: the header must close each quote that it opens`);
    // 18 MB of rows take far longer to read than the one or two MiB in which the name could still end.
    const [open, closed] = [await timed('o.csv', 'a,"b', 3_000_000), await timed('c.csv', 'a,"b",c', 3_000_000)];
    expect(open).toBeLessThan(closed);
  });

  test('in a row is refused, too', async () => {
    expect(await complaint(write('row.csv', `a,b\n1,"2\n${'1,2\n'.repeat(1_000_000)}`))).toMatch(
      /row 1 \(line 2\), field 2 must close the quote that it opens$/,
    );
  });
});

test('a million columns are read, or one message says how many fields came', async () => {
  const row = (cell: (i: number) => unknown) => Array.from({ length: 1_000_000 }, (_, i) => cell(i)).join();
  const { columns, values } = await readTable(
    fileSource(write('wide.csv', `${row((i) => `c${i}`)}\n${row((i) => i % 7)}\n`)),
  );
  expect([columns.length, values.length, values[13]]).toEqual([1_000_000, 1_000_000, 6]);
  expect(await complaint(write('wide-row.csv', `a,b\n${row(() => 1)}\n`))).toContain(
    'row 1 (line 2) must have 2 fields, as the header has; got 1000000',
  );
});
