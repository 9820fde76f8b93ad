import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { version } from '@lrfind/core';
import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFiles } from '../../../data/test/temporary-files.js';
import { redisAddress } from '../../src/redis/address.js';
import { redisConnection } from '../../src/redis/connection.js';
import { trialQueue } from '../../src/study/trial-queue.js';
import { mostAtOnce } from '../at-once.js';
import { ownLayerCode } from '../own-layer.js';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';
import { rates, study } from '../study.js';
import { type StartedWorker, workerPlace } from '../workers.js';

const bin = fileURLToPath(new URL('../../../cli/bin/lrfind.js', import.meta.url));

describe.skipIf(!hasRedis)('a worker', () => {
  let redis: RedisServer;
  const workers = workerPlace();
  const files = temporaryFiles();
  beforeAll(async () => {
    await useBackend('wasm');
    redis = await startRedis();
  });
  afterEach(() => workers.kill());
  afterAll(async () => {
    await workers.remove();
    await redis.remove();
  });

  test('runs as many trainings at a time as it says, of models with code and without, and ends both', async () => {
    const module = files.write('own.mjs', ownLayerCode({ units: 1 }));
    const own = (await import(module)).default({ ...core, ...layers }) as layers.LayersModel;
    const open = () =>
      trialQueue(redis.url, { backend: 'wasm', moduleOf: (model) => (model === own ? module : undefined) });
    const queues = await Promise.all([open(), open()]);
    const options = { trials: rates(12), steps: 300 };
    const studies = [study({ ...options, queue: queues[0] }), study({ ...options, queue: queues[1] }, own)];
    const connection = redisConnection(redisAddress(redis.url, 'url'), 'test');
    const kinds = ['', '-code'].map(
      (kind) => new Queue(`trainings-${version}-wasm${kind}`, { connection, prefix: 'lrfind' }),
    );
    const wait = async () => (await Promise.all(kinds.map((kind) => kind.getWaitingCount()))).join();
    while ((await wait()) !== '12,12') await new Promise((resolve) => setTimeout(resolve, 20));
    workers.start(redis.url, '--allow-code', '--concurrency', '2');
    for (const { trials } of await Promise.all(studies))
      expect(trials.map(({ trainings }) => trainings[0]?.outcome)).not.toContain('failed');
    const jobs = (await Promise.all(kinds.map((kind) => kind.getCompleted()))).flat();
    expect(jobs).toHaveLength(24);
    expect(mostAtOnce(jobs)).toBe(2);
    for (const queue of queues) await queue.close();
    connection.disconnect();
  });

  /** The exit code after SIGTERM, or that there is none within ten seconds. */
  function terminated({ process }: StartedWorker): Promise<unknown> {
    const ended = new Promise((resolve) => process.once('exit', (code, signal) => resolve(signal ?? code)));
    process.kill('SIGTERM');
    return Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000, 'still runs'))]);
  }

  test('that gets SIGTERM while Redis is gone ends at once, with exit code 130', async () => {
    const worker = workers.start(redis.url);
    await worker.says('takes trainings');
    await redis.stop();
    await worker.says('waiting for it');
    const code = await terminated(worker);
    await redis.start();
    expect(code).toBe(130);
  });

  test.each([[[]], [['--allow-code']]])('that has no training ends at once on SIGTERM, with %j', async (flags) => {
    const worker = workers.start(redis.url, ...flags);
    await worker.says('takes trainings');
    expect(await terminated(worker)).toBe(130);
  });

  test('runs one training for each processor that LRFIND_THREADS leaves it', async () => {
    const argv = [bin, 'worker', '--backend', 'wasm', '--cache', files.folder];
    const env = { ...process.env, LRFIND_QUEUE: redis.url, LRFIND_THREADS: '1' };
    const worker = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    for await (const text of worker.stderr.setEncoding('utf8')) {
      said += text;
      if (said.includes('\n')) break;
    }
    worker.kill('SIGKILL');
    expect(said).toMatch(/ takes trainings on wasm, 1 at a time; /);
  });

  test('does not start on a backend that cannot train here, and says why', async () => {
    const argv = [bin, 'worker', '--backend', 'wasm'];
    const env = { ...process.env, LRFIND_QUEUE: redis.url, LRFIND_THREADS: 'all' };
    const worker = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    worker.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    expect(await new Promise((resolve) => worker.once('close', resolve))).toBe(2);
    expect(said).toBe('lrfind: LRFIND_THREADS must be a whole number from 1 to 8; got "all"\n');
  });
});
