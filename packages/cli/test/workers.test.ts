import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { workspace } from './workspace.js';

const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());

/** A result of the built command, without times. */
async function untimed(...argv: string[]): Promise<unknown> {
  const args = [bin, ...argv, '--json', '--no-progress'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: here.path('.') });
  return JSON.parse(stdout, (key, value) => (key === 'seconds' || key === 'environment' ? null : value));
}

const data = ['-m', 'model.json', '-d', 'data.csv', '--backend', 'wasm'];

test.each<[string, string[]]>([
  ['find', ['find', ...data, '--repeats', '3']],
  ['compare', ['compare', ...data, '--lr', '0.1,0.01,find', '--epochs', '30', '--repeats', '2']],
  ['train', ['train', ...data, '--lr', 'find', '--epochs', '3']],
])(
  '%s gives the same result with two workers as with one, which is no part of it',
  async (_, argv) => {
    const one = await untimed(...argv, '--workers', '1');
    expect(await untimed(...argv, '--workers', '2')).toEqual(one);
    expect(JSON.stringify(one)).not.toContain('workers');
  },
  120_000,
);

const allowed = '--workers must be auto, or a whole number from 1 to 64';
test.each<[string, string]>([
  ['0', `${allowed}; got 0`],
  ['65', `${allowed}; got 65`],
  ['2.5', `${allowed}; got 2.5`],
  ['two', `${allowed}; got "two"`],
])('--workers %s is refused', async (workers, message) => {
  for (const command of [['find'], ['train'], ['compare', '--lr', '0.1,0.2']]) {
    const argv = ['-m', here.model, '-d', here.data, '--workers', workers];
    const { code, stderr } = await lrfind(...command, ...argv);
    expect([code, stderr]).toEqual([2, `lrfind: ${message}\n`]);
  }
});

/** How the built command fails. */
const failing = (...args: string[]) =>
  promisify(execFile)(process.execPath, [bin, ...args], { cwd: here.path('.') }).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );

test('two workers are refused on a backend that computes in one thread', async () => {
  const stderr = 'lrfind: --workers must be auto or 1 with the backend cpu, which computes in one thread; got 2\n';
  expect(await failing('find', ...data, '--backend', 'cpu', '--workers', '2')).toEqual({ code: 2, stderr });
});

test('train refuses workers where there is no search', async () => {
  const stderr =
    'lrfind: --workers must be auto or 1 where no learning rate is searched for, because a training runs in one thread; got 2\n';
  expect(await failing('train', ...data, '--lr', '0.1', '--workers', '2')).toEqual({ code: 2, stderr });
});
