import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '@lrfind/core';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hasRedis, startRedis } from '../../../queue/test/redis-server.js';
import { commands } from '../../src/commands.js';
import { flagOf } from '../../src/shared/flags.js';
import { workspace } from '../workspace.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const page = readFileSync(`${root}docs/many-machines.md`, 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] as string;
const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());

test.skipIf(!hasRedis)('the commands of docs/many-machines.md compare by a queue', async () => {
  const redis = await startRedis();
  const commands = block('sh')
    .split('\n')
    .filter((line) => line.startsWith('npx lrfind '))
    .map((line) =>
      line.replace('npx lrfind', `"${process.execPath}" "${bin}"`).replace('redis://127.0.0.1', redis.url),
    );
  expect(commands).toHaveLength(3);
  // The worker is in the background.
  const script = `trap 'kill -9 $worker' EXIT\n${commands[0]}\nworker=$!\n${commands.slice(1).join('\n')}`;
  const env = { ...process.env, LRFIND_CACHE: here.path('cache') };
  const { stdout, stderr, status } = spawnSync('sh', ['-ec', script], {
    ...{ cwd: here.path('.'), env, encoding: 'utf8', timeout: 250_000 },
    // A worker that is killed leaves processes for a second, which would hold a pipe open.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote comparison.json')]);
  expect(existsSync(here.path('comparison.json'))).toBe(true);
  expect(stdout).toMatch(/: 0 wait, 0 run, 9 done, 0 failed/);
  await redis.remove();
});

/** The worker of the file of Docker Compose. */
const { services } = parse(block('yaml')) as {
  services: Record<'redis' | 'worker', { command: string; environment: Record<string, string> }>;
};
/** The unit's settings, by name. */
const unit = new Map(
  block('ini')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

test.skipIf(!hasRedis)('the worker of the file of Docker Compose finishes what it has when it is stopped', async () => {
  const redis = await startRedis();
  const { command, environment } = services.worker;
  const env = { LRFIND_QUEUE: redis.url, LRFIND_CACHE: here.path('compose-cache') };
  expect(Object.keys(environment)).toEqual(Object.keys(env));
  const [name, ...argv] = command.split(' ');
  expect(name).toBe('lrfind');
  const start = (words: readonly string[]) => {
    const child = spawn(process.execPath, [bin, ...words], {
      ...{ cwd: here.path('.'), env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    return { child, said: () => said, ended: new Promise((resolve) => child.once('exit', resolve)) };
  };
  const one = [...argv, '--concurrency', '1'];
  const first = start(one);
  const trials = ['--lr', '0.1,0.01', '--repeats', '1', '--steps', '8000', '--backend', 'wasm', '--no-progress'];
  const compare = start(['compare', '-m', 'model.json', '-d', 'data.csv', ...trials, '--queue']);
  const runs = async () => (await redis.ask('LLEN', `lrfind:trainings-${version}-wasm:active`)) === 1;
  while (!first.said().includes('takes trainings') || !(await runs()))
    await new Promise((resolve) => setTimeout(resolve, 20));
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(Number(unit.get('SuccessExitStatus')));
  expect(first.said()).toMatch(/ends once its trainings have ended.*\ndone: lr 0\.1, seed 0, until step 8000\n$/);
  const second = start(one);
  expect([await compare.ended, compare.said()]).toEqual([0, '']);
  second.child.kill('SIGKILL');
  await second.ended;
  expect(second.said()).not.toContain('lr 0.1,');
  await redis.remove();
});

describe('what docs/many-machines.md writes of lrfind exists', () => {
  const shell = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, lines = '']) => lines.split('\n'));
  const called = [
    ...shell.map((line) => line.replace(/ +[#&].*/, '')),
    services.worker.command,
    unit.get('ExecStart') ?? '',
  ]
    .map((line) => line.replace(/^npx /, '').split(' '))
    .filter(([name]) => name === 'lrfind');

  test('the commands, with their flags', async () => {
    expect(called).toHaveLength(5);
    for (const [, command, ...argv] of called) {
      const options = await commands.find(({ name }) => name === command)?.options();
      const flags = (options?.flags ?? []).flatMap(([, { properties }]) =>
        Object.entries(properties).flatMap(([name, option]) => {
          const { short } = option as { short?: string };
          return [flagOf(name, option as object), ...(short ? [`-${short}`] : [])];
        }),
      );
      expect(flags).toEqual(expect.arrayContaining(argv.filter((word) => word.startsWith('-'))));
    }
  });

  test('the variables of the environment', () => {
    const sources = ['backends', 'cli'].flatMap((name) =>
      readdirSync(`${root}packages/${name}/src`, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFileSync(`${root}packages/${name}/src/${path}`, 'utf8')),
    );
    const variables = new Set((block('yaml') + block('ini')).match(/\bLRFIND_\w+/g));
    expect([...variables].toSorted()).toEqual(['LRFIND_CACHE', 'LRFIND_QUEUE']);
    for (const variable of variables) expect(sources.some((text) => text.includes(variable))).toBe(true);
  });

  test('the version that is installed', () => {
    expect(page.match(/\blrfind@[\d.]*\d/g)).toEqual([`lrfind@${version}`, `lrfind@${version}`]);
    expect(page).toContain(`The version, here ${version},`);
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test.skipIf(!hasSystemd)('the unit of docs/many-machines.md is one that systemd takes', () => {
  // It also looks whether the program is there.
  const path = here.put(
    'lrfind-worker.service',
    block('ini').replace('ExecStart=lrfind', `ExecStart=${process.execPath}`),
  );
  expect(execFileSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })).toBe('');
});
