// The commands of a page, and the folder in which they run: for the script that makes the pictures, and for the tests.
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digits, writeTable } from '../../examples/mnist/digits.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The commands `lrfind …` in the blocks of a page that are marked `sh`, in their order. A command goes on in the next line where
 * one ends with a backslash; spaces before what follows are one.
 *
 * @param {string} markdown
 */
export function commandsOf(markdown) {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
  const lines = blocks.flatMap((block) => block.replaceAll(/ *\\\n */g, ' ').split('\n'));
  return lines.filter((line) => line.startsWith('lrfind '));
}

/** The pictures of a page: their files beside the page, each by its name. @param {string} markdown */
export function picturesOf(markdown) {
  const paths = [...markdown.matchAll(/!\[[^\]]*\]\((images\/[^)]+)\)/g)].map(([, path]) => path ?? '');
  return new Map(paths.map((path) => [path.split('/').at(-1) ?? '', path]));
}

/**
 * What a shell needs before it runs a command of a page: `lrfind` as the clone has it.
 *
 * @param {string} command
 */
export function program(command) {
  return `lrfind() { '${process.execPath}' '${root}packages/cli/bin/lrfind.js' "$@"; }; ${command}`;
}

/**
 * A reader's folder: the fixtures, and the digits as `examples/mnist/tables.js` writes them.
 *
 * @param {string} folder
 * @param {{ train: number, test: number }} rows how many of them are in each table
 */
export async function readersFolder(folder, rows) {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'fixtures'))) symlinkSync(`${root}fixtures`, join(folder, 'fixtures'));
  copyFileSync(`${root}fixtures/mnist-mlp/model.json`, join(folder, 'model.json'));
  const all = digits();
  await writeTable(join(folder, 'mnist-train.csv'), all.slice(0, rows.train));
  await writeTable(join(folder, 'mnist-test.csv'), all.slice(8000, 8000 + rows.test));
}
