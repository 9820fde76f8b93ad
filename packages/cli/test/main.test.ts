import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

test('the built program answers --version with the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { status, stdout } = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  expect([status, stdout.trim()]).toEqual([0, version]);
});

test('--help goes to stdout and shows every option of the default command', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  for (const flag of ['--model', '--start-lr', '--repeats', '--nesterov', '--no-progress', '--validation-split']) {
    expect(stdout).toContain(flag);
  }
});

test('nothing but the answer is on stdout, nothing at all on stderr when it is no terminal', () => {
  const argv = [bin, '--model', here.model, '--data', here.data, '--steps', '40', '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[\d.e-]+\n$/);
});

test('a mistake has exit code 2 in a real process too', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, '--model', 'no.json', '--data', 'no.csv'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, 'lrfind: no such file: no.json\n']);
});

test('Ctrl-C ends with 130 and leaves no file behind', async () => {
  const out = here.path('sweep.json');
  const argv = [bin, '--model', here.model, '--data', here.data, '--steps', '5000', '--repeats', '200', '--out', out];
  // Starting takes long on a busy machine, and before it has started nothing handles Ctrl-C.
  const hook = "process.on('newListener', (name) => { if (name === 'SIGINT') process.stderr.write('started'); });";
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  await new Promise((resolve) => child.stderr.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(here.path('.')).toSorted()).toEqual(['data.csv', 'model.json']);
});
