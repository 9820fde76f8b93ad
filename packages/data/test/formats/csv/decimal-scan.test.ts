import { expect, test } from 'vitest';
import { scanDecimal } from '../../../src/formats/csv/decimal-scan.js';
import { readTable } from '../../../src/formats/registry.js';
import { fileSource } from '../../../src/node.js';
import { columnReader } from '../../../src/table.js';
import { repeatableRandom, temporaryFiles } from '../../temporary-files.js';

const { write } = temporaryFiles();
const source = (name: string, content: string | Uint8Array) => fileSource(write(name, content));

/** Reads decimals as a column; the first value beyond 2^24 makes the column keep double precision. */
async function parsed(name: string, decimals: readonly string[]): Promise<number[]> {
  const table = await readTable(source(name, `x,y\n${decimals.map((text) => `${text},0`).join('\n')}\n`));
  const read = columnReader(table, 0);
  return decimals.map((_, row) => read(row));
}

test('decimals beyond 2^24 equal Number() to the last bit', async () => {
  const random = repeatableRandom(3);
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const decimals = Array.from({ length: 20_000 }, () => {
    const sign = ['', '-', '+'][Math.floor(random() * 3)];
    const whole = `${1 + Math.floor(random() * 9)}${digits(8 + Math.floor(random() * 14))}`;
    const fraction = random() < 0.5 ? `.${digits(Math.floor(random() * 12))}` : '';
    // Of 22 digits at most, so that float32 holds the number.
    const power = `${Math.floor(random() * 16)}`.padStart(2, '0');
    const exponent =
      random() < 0.3 ? `${random() < 0.5 ? 'e' : 'E'}${['', '+'][Math.floor(random() * 2)]}${power}` : '';
    return `${sign}${whole}${fraction}${exponent}`;
  });
  expect(await parsed('wide.csv', decimals)).toEqual(decimals.map(Number));
});

test('small decimals equal Number() rounded to float32', async () => {
  const random = repeatableRandom(4);
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const decimals = Array.from({ length: 20_000 }, () => {
    const sign = ['', '-', '+'][Math.floor(random() * 3)];
    const fraction = digits(Math.floor(random() * 20));
    const whole = digits(Math.floor(random() * 7)) || (fraction === '' ? '0' : '');
    const exponent = random() < 0.3 ? `e-${digits(1 + Math.floor(random() * 2))}` : '';
    const space = random() < 0.1 ? ' ' : '';
    return `${space}${sign}${whole}${random() < 0.8 || whole === '' ? `.${fraction}` : ''}${exponent}${space}`;
  }).map((text) => (/\d/.test(text.split('e')[0] as string) ? text : '0'));
  expect(await parsed('small.csv', decimals)).toEqual(decimals.map((text) => Math.fround(Number(text))));
});

test('decimals at and beside the middle between two float32 numbers are rounded as Number() rounds them', async () => {
  const random = repeatableRandom(5);
  const decimals = Array.from({ length: 3000 }, () => {
    // From 1024 to 2048 float32 numbers lie 2^-13 apart, so that their middle has 14 places.
    const middle = (1024 + Math.floor(random() * 2 ** 23) / 2 ** 13 + 2 ** -14).toFixed(14);
    const below = `${middle.slice(0, -1)}${Number(middle.at(-1)) - 1}99999`;
    return [middle, `${middle}00`, `${middle}00001`, `${middle}0000000000001`, below];
  }).flat();
  expect(await parsed('middle.csv', decimals)).toEqual(decimals.map((text) => Math.fround(Number(text))));
});

test('numbers of full length are read without the detour over a string', () => {
  const random = repeatableRandom(6);
  const result = { value: 0 };
  const scanned = Array.from({ length: 1000 }, () => {
    const text = `${random() * 100 - 50}`;
    const end = scanDecimal(Buffer.from(`${text},`), 0, 2 ** 24, result);
    return end === text.length && Math.fround(result.value) === Math.fround(Number(text));
  });
  expect(scanned.filter(Boolean).length).toBeGreaterThan(990);
});

test('with a space between fields, none is taken for padding', async () => {
  const table = await readTable(source('spaces.csv', 'a b c\n1.5e0  3\n  +6\n'), { delimiter: ' ' });
  expect([...table.values]).toEqual([1.5, Number.NaN, 3, Number.NaN, Number.NaN, 6]);
});

test('unusual but valid decimals are numbers', async () => {
  const decimals = ['1.', '.5', '-.5', '+7', '-0', '007', '1E3', '1e+3', '2.50', '0.000000000000000000001', '4e-400'];
  expect(await parsed('unusual.csv', decimals)).toEqual(
    [1, 0.5, -0.5, 7, -0, 7, 1000, 1000, 2.5, 1e-21, 0].map(Math.fround),
  );
});

test.each(['0x10', '1_000', '1 5', '--1', '1e', 'e5', '.', '-', '1.2.3', '1-', 'Infinit'])(
  '%s is not a number',
  async (text) => {
    const bad = source('bad.csv', `x,y\n1,0\n2,0\n3,0\n${text},0\n`);
    await expect(readTable(bad)).rejects.toThrow(`row 4 (line 5), column "x" must be a number; got "${text}"`);
  },
);
