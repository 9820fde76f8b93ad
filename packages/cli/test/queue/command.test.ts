import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '@lrfind/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ownLayerCode } from '../../../queue/test/own-layer.js';
import { hasRedis, type RedisServer, startRedis } from '../../../queue/test/redis-server.js';
import { untimed } from '../../../queue/test/study.js';
import { workerPlace } from '../../../queue/test/workers.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const here = workspace();
afterAll(() => here.remove());
const result = (name: string) => untimed(JSON.parse(readFileSync(here.path(name), 'utf8')));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a queue that is named wrongly', () => {
  const compare = (...argv: string[]) =>
    lrfind(
      'compare',
      '-m',
      here.model,
      '-d',
      here.data,
      '--lr',
      '0.1,0.01',
      '--steps',
      2,
      '--backend',
      'wasm',
      ...argv,
    );

  test('is refused with what it must be, and without a password', async () => {
    process.env.LRFIND_QUEUE = '';
    expect(await compare('--queue')).toMatchObject({
      code: 2,
      stderr:
        'lrfind: --queue must be the URL of a Redis, such as redis://127.0.0.1:6379; or set LRFIND_QUEUE, which keeps a password out of the list of processes\n',
    });
    expect(await compare('--shared', 'folder')).toMatchObject({
      code: 2,
      stderr: 'lrfind: --shared must be left out without --queue; got "folder"\n',
    });
    // A number is a text here, and true no word for the environment.
    for (const url of ['5', 'true', '127.0.0.1'])
      expect(await compare('--queue', url)).toMatchObject({
        code: 2,
        stderr:
          "lrfind: --queue must be the URL of a Redis, such as redis://127.0.0.1:6379/0, or rediss:// for an encrypted connection; what it is can't be read as a URL\n",
      });
    expect(await compare('--queue', 'redis://127.0.0.1:1', '--workers', '2')).toMatchObject({
      code: 2,
      stderr:
        'lrfind: --workers must be left out with --queue, where lrfind worker --concurrency says how many trainings its machine runs at once; got 2\n',
    });
    const { code, stderr } = await compare('--queue', 'http://ann:secret@example');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--queue must be the URL of a Redis')]);
    const stray = await lrfind('worker', 'redis://ann:secret@example');
    expect(stray.stderr).toContain('got redis://…@example');
    for (const text of [stderr, stray.stderr]) expect(text).not.toContain('secret');
  });
});

test.each([
  ['', '""'],
  ['ftp://example/models', '"ftp://example/models"'],
])('what is shared must be a folder or a URL of HTTP: %j', async (shared, got) => {
  const stderr = `lrfind: --shared must be a folder, or a URL that begins http:// or https://; got ${got}\n`;
  const queue = ['--queue', 'redis://127.0.0.1:1', '--backend', 'wasm', '--shared', shared];
  const compare = ['compare', '-m', here.model, '-d', here.data, '--lr', '0.1,0.01'];
  expect(await lrfind(...compare, ...queue)).toMatchObject({ code: 2, stderr });
  expect(await lrfind('worker', ...queue)).toMatchObject({ code: 2, stderr });
});

test('a worker is told of a cache that is no folder', async () => {
  expect(await lrfind('worker', '--queue', 'redis://127.0.0.1:1', '--cache', '')).toMatchObject({
    code: 2,
    stderr: 'lrfind: --cache must be the path of a folder; got ""\n',
  });
});

describe.skipIf(!hasRedis)('lrfind compare --queue', () => {
  let redis: RedisServer;
  const workers = workerPlace();
  beforeAll(async () => {
    redis = await startRedis();
    process.env.LRFIND_QUEUE = redis.url;
  });
  afterEach(() => workers.kill());
  afterAll(async () => {
    await workers.remove();
    await redis.remove();
  });
  const argv = (model: string, name: string, ...more: string[]) => [
    ...['compare', '-m', model, '-d', here.data, '--lr', '0.1,0.01,0.001,0.03', '--repeats', '2', '--backend', 'wasm'],
    ...['--journal', here.path(`${name}.journal`), '-o', here.path(`${name}.json`), ...more],
  ];

  test('goes on from its journal where it was killed, and ends with the result of one process', async () => {
    const long = ['--steps', '2000', '--halving'];
    workers.start(redis.url);
    const killed = spawn(process.execPath, [bin, ...argv(here.model, 'there', ...long, '--queue')], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => killed.once('close', resolve));
    const lines = () =>
      existsSync(here.path('there.journal'))
        ? readFileSync(here.path('there.journal'), 'utf8').split('\n').length - 1
        : 0;
    while (lines() < 3) await pause(10);
    killed.kill('SIGKILL');
    await ended;
    expect(existsSync(here.path('there.json'))).toBe(false);
    const resumed = await lrfind(...argv(here.model, 'there', ...long, '--queue', '--resume'));
    expect(resumed.code).toBe(0);
    expect((await lrfind(...argv(here.model, 'here', ...long))).code).toBe(0);
    expect(result('there.json')).toBe(result('here.json'));

    const { stdout } = await lrfind('queue', '--last', 100);
    expect(stdout).toMatch(new RegExp(`lrfind ${version} on wasm: 0 wait, 0 run, 12 done, 0 failed`));
    // Four trials and two seeds until the checkpoint, two of them until the end.
    expect(stdout.match(/^done /gm)).toHaveLength(12);
  });

  test('refuses a table that is larger than memory', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${Math.sin(i)},${Math.cos(i)},${i % 3}`);
    const large = here.put('large.csv', ['a,b,y', ...rows, ''].join('\n'));
    const files = ['--memory', '20kB', '-d', large, '--journal', here.path('large.journal'), '--queue'];
    expect(await lrfind(...argv(here.model, 'large', '--steps', '4', ...files))).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'lrfind: model "classifier" and its rows cannot be sent to workers, because its rows are read from a file as they are needed: leave the queue out\n',
    });
    expect(here.files().filter((name) => name.startsWith('large.'))).toEqual(['large.csv']);
  });

  test('runs the code of a model only on workers that allow it', async () => {
    const code = here.put('own.mjs', ownLayerCode({ units: 3, activation: 'softmax' }));
    workers.start(redis.url);
    const allowing = workers.start(redis.url, '--allow-code');
    const there = await lrfind(...argv(code, 'code-there', '--steps', '30', '--queue'));
    expect([there.code, there.stderr]).toEqual([0, expect.not.stringContaining('no worker')]);
    expect((await lrfind(...argv(code, 'code-here', '--steps', '30'))).code).toBe(0);
    expect(result('code-there.json')).toBe(result('code-here.json'));
    expect(allowing.said().match(/^done: /gm)).toHaveLength(8);
  });
});
