// What a study and its workers do when Redis refuses them while they run. Each test has a database and users of its own.
import { useBackend } from '@lrfind/backends';
import { version } from '@lrfind/core';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobResult, TrialJob } from '../src/jobs/trial-job.js';
import { trialQueue } from '../src/study/trial-queue.js';
import { hasRedis, type RedisServer, startRedis } from './redis-server.js';
import { rates, study, untimed } from './study.js';
import { workerPlace } from './workers.js';

await useBackend('wasm');

const PASSWORD = 'not-to-be-seen';
const QUEUE = `lrfind:trainings-${version}-wasm`;
const MAY_NOT = "does not let this user do what a queue needs: allow it all commands on keys that begin with 'lrfind:'";
const RESUMABLE = 'what is done is in the journal, and --resume goes on';
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.skipIf(!hasRedis)('Redis refuses in the middle', () => {
  let server: RedisServer;
  const workers = workerPlace();
  const connections: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await workers.remove();
    for (const each of connections) each.disconnect();
    await server.remove();
  });

  /** A database with a user who may do everything until that is changed. */
  async function database(db: number, user: string) {
    const redis = new Redis({ port: server.port, db, maxRetriesPerRequest: null });
    connections.push(redis);
    const may = (...rules: string[]) => redis.call('ACL', 'SETUSER', user, ...rules);
    await may('on', `>${PASSWORD}`, '~lrfind:*', '&lrfind:*', '+@all');
    return {
      ...{ redis, may },
      url: `redis://127.0.0.1:${server.port}/${db}`,
      usersUrl: `redis://${user}:${PASSWORD}@127.0.0.1:${server.port}/${db}`,
      at: `Redis at 127.0.0.1:${server.port}/${db}`,
    };
  }

  test.concurrent('a study may not tell of jobs any more: it ends, and what it added by halves is queued again', async () => {
    const { redis, may, url, usersUrl, at } = await database(1, 'study');
    const options = { trials: rates(2), seed: 31 };
    const halted = await trialQueue(usersUrl, { backend: 'wasm' });
    await may('-xadd');
    await expect(study({ ...options, queue: halted })).rejects.toThrow(`${at} ${MAY_NOT}; ${RESUMABLE}`);
    await halted.close();
    // The command stopped between what the job holds and where it waits.
    expect([(await redis.keys(`${QUEUE}:${'?'.repeat(40)}`)).length, await redis.llen(`${QUEUE}:wait`)]).toEqual([
      2, 0,
    ]);
    await may('+xadd');
    workers.start(url);
    const queue = await trialQueue(usersUrl, { backend: 'wasm' });
    expect(untimed(await study({ ...options, queue }))).toBe(untimed(await study(options)));
    await queue.close();
  });

  test.concurrent('a worker may not read any more: it ends with exit code 2, others go on, and no training counts as failed', async () => {
    const { redis, may, url, usersUrl, at } = await database(2, 'works');
    const options = { trials: rates(3), seed: 32 };
    const refused = workers.start(usersUrl, '--stalled-after', '1');
    await refused.says('takes trainings');
    await may('resetkeys', '~lrfind:trainings*', '~lrfind:workers', '~lrfind:queues');
    const ended = new Promise((resolve) => refused.process.once('close', resolve));
    const queue = await trialQueue(url, { backend: 'wasm' });
    const there = study({ ...options, queue });
    expect(await ended).toBe(2);
    expect(refused.said().split('\n').slice(1)).toEqual([`lrfind: ${at} ${MAY_NOT}`, '']);
    // Nor does one whose job somebody damages.
    const [waits] = await redis.lrange(`${QUEUE}:wait`, 0, 0);
    await redis.hset(`${QUEUE}:${waits}`, 'data', '{}');
    workers.start(url, '--stalled-after', '1');
    expect(untimed(await there)).toBe(untimed(await study(options)));
    await queue.close();
  });

  test.concurrent('a study whose user is deleted ends, and tries to connect no more', async () => {
    const { redis, usersUrl, at } = await database(3, 'gone');
    const queue = await trialQueue(usersUrl, { backend: 'wasm' });
    const there = study({ trials: rates(2), seed: 33, queue });
    there.catch(() => {});
    while ((await redis.llen(`${QUEUE}:wait`)) < 2) await pause(20);
    await redis.call('ACL', 'DELUSER', 'gone');
    await expect(there).rejects.toThrow(`${at} refuses the user or the password; ${RESUMABLE}`);
    await queue.close();
    await pause(500);
    await redis.call('ACL', 'LOG', 'RESET');
    // After its read of events, which takes three seconds, BullMQ connects anew once: for ever if that were tried again and again.
    await pause(5000);
    const log = (await redis.call('ACL', 'LOG')) as (string | number)[][];
    const tries = log
      .filter((entry) => entry.includes('gone'))
      .map((entry) => Number(entry[entry.indexOf('count') + 1]));
    expect(tries.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2);
  });

  test.concurrent('what a worker refused is asked again by the next study; what Redis refuses it five times', async () => {
    const { redis, url } = await database(4, 'unused');
    let result: JobResult = { refused: 'the shared folder /mnt cannot be read: EIO: i/o error' };
    let runs = 0;
    const next = () => {
      runs += 1;
      return result;
    };
    const worker = new Worker<TrialJob, JobResult>(QUEUE.replace('lrfind:', ''), async () => next(), {
      ...{ connection: redis.duplicate(), prefix: 'lrfind', name: 'simulated' },
    });
    const options = { trials: rates(1), seed: 34 };
    const first = await trialQueue(url, { backend: 'wasm' });
    await expect(study({ ...options, queue: first })).rejects.toThrow(
      /^the shared folder \/mnt cannot be read: EIO: i\/o error \(simulated\)$/,
    );
    await first.close();
    expect(runs).toBe(1);
    result = { redis: 'Redis at example:1 is full (maxmemory): give it more memory', refuses: false };
    const second = await trialQueue(url, { backend: 'wasm' });
    await expect(study({ ...options, queue: second })).rejects.toThrow(
      `Redis at example:1 is full (maxmemory): give it more memory (simulated); ${RESUMABLE}`,
    );
    await second.close();
    expect(runs).toBe(1 + 6);
    await worker.close();
  });
});
