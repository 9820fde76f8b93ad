import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const write = (...more: string[]) =>
  lrfind('data', '--data', here.data, '--init-model', here.path('plain.json'), ...more);

test('a plain model is written, and the command that it names gives an answer', async () => {
  const { code, stdout, stderr } = await write();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^note: plain model: a dense net with hidden layers of 16 and 8 units: .*; 211 parameters$/m);
  const [wrote, next] = stderr.trimEnd().split('\n');
  expect(wrote).toBe(`wrote ${here.path('plain.json')}`);
  const [, command = ''] = /^find its rate with: lrfind (.*)$/.exec(next ?? '') ?? [];
  const found = await lrfind(...command.split(' '), '--steps', 60, '--repeats', 2, '--no-verify', '--json');
  expect(found.code).toBe(0);
  expect(JSON.parse(found.stdout)).toMatchObject({
    suggestion: { learningRate: expect.any(Number) },
    setup: { loss: 'sparseCategoricalCrossentropy', weights: 'drawn', parameters: 211 },
  });
});

test.each([3, 9, 20, 40])('of a table of %i rows the command names a batch size that is small enough', async (rows) => {
  const path = here.put('few.csv', ['a,y', ...Array.from({ length: rows }, (_, i) => `${i},${i * i}`), ''].join('\n'));
  const { stderr } = await lrfind('data', path, '--init-model', here.path('few.json'));
  const [, command = ''] = /find its rate with: lrfind (.* --batch-size \d+)\n/.exec(stderr) ?? [];
  const found = await lrfind(...command.split(' '), '--steps', 30, '--repeats', 2, '--quiet');
  // So few rows may have no rate.
  expect([0, 3]).toContain(found.code);
  expect(command).toContain('--batch-size');
});

test('options of the table that the model depends on are in the command', async () => {
  const { stderr } = await write('--ignore', 'a', '--target', 'y', '--loss', 'mse');
  expect(stderr).toContain(
    `find its rate with: lrfind --model ${here.path('plain.json')} --data ${here.data} --target y --ignore a --loss mse\n`,
  );
});

test('a model that is there is replaced with --force alone', async () => {
  await write();
  const before = readFileSync(here.path('plain.json'), 'utf8');
  const again = await write('--loss', 'mse');
  expect([again.code, again.stdout]).toEqual([2, '']);
  expect(again.stderr).toBe(`lrfind: --init-model ${here.path('plain.json')} is there already; --force replaces it\n`);
  expect(readFileSync(here.path('plain.json'), 'utf8')).toBe(before);
  expect((await write('--loss', 'mse', '--force')).code).toBe(0);
  expect(readFileSync(here.path('plain.json'), 'utf8')).not.toBe(before);
});

test.each<[string, () => string[], RegExp]>([
  ['beside a model', () => ['--model', here.model], /--init-model must be given without --model/],
  ['of a net that the table is not for', () => ['--net', 'conv'], /^lrfind: --net conv must have a square of pixels/],
  ['for an unknown target', () => ['--target', 'q'], /has no column "q"/],
  ['under the name of the table', () => ['--init-model', here.data], /--init-model must end in one of \.json/],
  ['where --out is written', () => ['--out', here.path('plain.json')], /must be a file of its own/],
])('a plain model %s is refused, and nothing is written', async (_, more, message) => {
  const { code, stdout, stderr } = await write(...more());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(existsSync(here.path('plain.json'))).toBe(false);
});

test.each([['find'], ['train'], ['compare']])('%s without a model says how to get one', async (command) => {
  const { code, stderr } = await lrfind(command, '--data', here.data);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /--model must be given: .*; lrfind data --data data\.csv --init-model model\.json writes a plain one/,
  );
});
