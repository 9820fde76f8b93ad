import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exitCodes } from '../src/exit-codes.js';
import { lrfind } from './command.js';
import { workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

test('the table in docs/command-line.md has every exit code', () => {
  const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
  const codes = [...page.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([...Object.values(exitCodes), 130]);
});

const files = () => ['-m', here.model, '-d', here.data, '--backend', 'wasm', '-o', here.path('result.json')];
// Without activations and with squares, a rate of 1e30 diverges at once.
const explodes = ['--loss', 'meanSquaredError', '--optimizer', 'sgd'];

test.each<[string, number, () => (string | number)[], stderr: RegExp]>([
  ['a search with an answer', 0, () => ['find', ...files(), '--no-verify', '--repeats', 1], /^$/],
  [
    'a search without one',
    3,
    () => ['find', ...files(), '--no-verify', '--start-lr', 0.01, '--end-lr', 0.015],
    /^no learning rate: /,
  ],
  ['a training', 0, () => ['train', ...files(), '--lr', 0.01, '--epochs', 1], /^$/],
  ['a training that diverges', 3, () => ['train', ...files(), '--lr', 1e30, ...explodes], /^the training diverged\n$/],
  [
    'a comparison of which one training diverges',
    0,
    () => ['compare', ...files(), '--lr', '0.01,1e30', '--epochs', 1, '--repeats', 1, ...explodes],
    /^$/,
  ],
  [
    'a comparison of which all do',
    3,
    () => ['compare', ...files(), '--lr', '1e29,1e30', '--epochs', 1, '--repeats', 1, ...explodes],
    /^no best trial: every training diverged\n$/,
  ],
])('%s ends with %i, with its file written', async (_, expected, argv, message) => {
  const { code, stdout, stderr } = await lrfind(...argv(), '--quiet');
  expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
  expect(JSON.parse(readFileSync(here.path('result.json'), 'utf8')).format).toMatch(/^lrfind-/);
  if (expected === 0) expect(stdout).not.toBe('');
});

test('a mistake ends with 2 and writes nothing', async () => {
  const { code, stderr } = await lrfind('find', ...files(), '--steps', 'many');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^lrfind: --steps must be a whole number/)]);
  expect(here.files()).toEqual(['data.csv', 'model.json']);
});
