import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { version } from '@lrfind/core';
import type { Executor, Journal, TrialSpec } from '@lrfind/core/study';
import type { SentTrials, TrialRunner } from '@lrfind/finder';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { repeatableRandom } from '../../data/test/temporary-files.js';
import { announce } from '../src/jobs/presence.js';
import { queueState } from '../src/jobs/queue-state.js';
import type { TrialJob } from '../src/jobs/trial-job.js';
import { type TrialQueueOptions, trialQueue } from '../src/study/trial-queue.js';
import { cuttingProxy } from './cutting-proxy.js';
import { hasRedis, type RedisServer, startRedis } from './redis-server.js';
import { rates, rememberedJournal, study, untimed } from './study.js';
import { workerPlace } from './workers.js';

await useBackend('wasm');

const PASSWORD = 'not-to-be-seen';
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.skipIf(!hasRedis)('a queue on Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  const workers = workerPlace();
  const notes: string[] = [];
  const open = (options: Partial<TrialQueueOptions> = {}) =>
    trialQueue(server.url, { backend: 'wasm', onNote: (note) => notes.push(note), ...options });
  beforeAll(async () => {
    server = await startRedis('--requirepass', PASSWORD);
    redis = new Redis({ port: server.port, password: PASSWORD });
    redis.on('error', () => {});
  });
  afterEach(() => workers.kill());
  afterAll(async () => {
    await workers.remove();
    redis.disconnect();
    await server.remove();
  });

  test('gives the result of one process, with halving, and each part once; the password is nowhere', async () => {
    const worker = workers.start(server.url);
    const queue = await open();
    const journal = rememberedJournal();
    const options = { trials: rates(4), halving: true, repeats: 2 } as const;
    const there = await study({ ...options, queue, journal });
    await queue.close();
    const here = await study(options);
    expect(untimed(there)).toBe(untimed(here));
    const parts = journal.entries.map((entry) => 'seed' in entry && [entry.trial, entry.seed, entry.untilStep]);
    // Four trials with two seeds until the checkpoint, two of them until the end.
    expect(parts).toHaveLength(4 * 2 + 2 * 2);
    expect(new Set(parts.map(String)).size).toBe(parts.length);

    const state = await queueState(server.url, 20);
    expect(state.workers).toEqual([
      {
        name: expect.stringMatching(/:\d+$/),
        kinds: [{ lrfind: version, backend: 'wasm', hasCode: false }],
        concurrency: 1,
      },
    ]);
    const [kind] = state.kinds;
    expect(kind).toMatchObject({ lrfind: version, backend: 'wasm', waiting: 0, running: [], done: 12, failed: 0 });
    const [name] = state.workers.map((each) => each.name);
    expect(new Set(kind?.lastDone.map((job) => job.worker))).toEqual(new Set([name]));
    expect(JSON.stringify([there, journal.entries, state, notes, worker.said()])).not.toContain(PASSWORD);
  });

  test('finds a damaged file of the cache, says so, and computes with the right one', async () => {
    for (const name of readdirSync(workers.cache)) writeFileSync(join(workers.cache, name), 'damaged');
    const worker = workers.start(server.url);
    const queue = await open();
    const options = { trials: rates(3) };
    const there = await study({ ...options, queue });
    await queue.close();
    expect(untimed(there)).toBe(untimed(await study(options)));
    // SHA-256 of "damaged", by sha256sum.
    const damaged = '41f0c27c00e8018f7715b5f50f67b5b54c229c1b843a014152785d9005f58fde';
    expect(worker.said()).toMatch(
      new RegExp(
        `^lrfind worker: the file ${workers.cache}/[0-9a-f]{64} of the cache is damaged: its SHA-256 is ${damaged}; it is fetched again$`,
        'm',
      ),
    );
  });

  test('sends again what Redis has lost', async () => {
    const queue = await open();
    const options = { trials: rates(5), seed: 7 };
    const there = study({ ...options, queue });
    const waits = `lrfind:trainings-${version}-wasm:wait`;
    while ((await redis.llen(waits)) < 5) await pause(20);
    for (const key of await redis.keys('lrfind:content:*')) await redis.del(key);
    const empty = workerPlace();
    empty.start(server.url);
    expect(untimed(await there)).toBe(untimed(await study(options)));
    await queue.close();
    expect(notes.join('\n')).toMatch(/ did not find what a training needs, or found it damaged; it is sent again$/m);
    await empty.remove();
  });

  test('counts a training as failed that fails each time, and goes on with the others', async () => {
    workers.start(server.url);
    const queue = await open();
    const journal = rememberedJournal();
    const result = await study({ trials: rates(3), queue: spoiling(queue, 'trial 1'), journal });
    await queue.close();
    expect(result.ranking.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['trial 2', 'finished'],
      ['trial 0', 'finished'],
      ['trial 1', 'failed'],
    ]);
    expect(result.trials[1]?.trainings[0]).toMatchObject({
      outcome: 'failed',
      evaluations: [],
      failure: expect.stringMatching(/^optimizer must be one of .*; got "none" \(last on .*:\d+\)$/),
    });
    expect(result.conclusions.join(' ')).toContain('Failed, and not compared: trial 1.');
    expect(journal.entries).toHaveLength(3);
    const { kinds } = await queueState(server.url, 1);
    expect(kinds[0]?.lastFailed[0]).toMatchObject({ trial: 'trial 1', tries: 3 });
  });

  test('says which workers there are where none can reproduce what waits, and they say so too', async () => {
    const kind = { lrfind: '9.9.9', backend: 'wasm', hasCode: false };
    // Those that were killed before count as there for a minute.
    await redis.del('lrfind:workers');
    await announce(redis, { name: 'other:1', kinds: [kind], concurrency: 1 });
    const queue = await open();
    const controller = new AbortController();
    const there = study({ trials: rates(2), seed: 9, queue, signal: controller.signal });
    const wanted = `no worker takes trainings of lrfind ${version} on wasm; there are workers of lrfind 9.9.9 on wasm, which could not reproduce them: start one with lrfind worker --queue …`;
    while (!notes.includes(wanted)) await pause(100);
    controller.abort(new Error('enough'));
    await expect(there).rejects.toThrow('enough');
    await queue.close();
    // What was taken back waits for nobody.
    expect(await redis.llen(`lrfind:trainings-${version}-wasm:wait`)).toBe(0);
    await redis.hdel('lrfind:workers', 'other:1');

    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    const others = new Queue('trainings-9.9.9-wasm', { connection, prefix: 'lrfind' });
    await others.add('a', {});
    await redis.sadd('lrfind:queues', 'trainings-9.9.9-wasm');
    const worker = workers.start(server.url);
    await worker.says(
      `1 trainings wait for a worker of lrfind 9.9.9 on wasm; this one, of lrfind ${version} on wasm, cannot reproduce them`,
    );
    await others.obliterate({ force: true });
    await others.close();
    connection.disconnect();
    await redis.srem('lrfind:queues', 'trainings-9.9.9-wasm');
  });

  test('a worker refuses a job of another version that comes by its own queue', async () => {
    workers.start(server.url);
    const name = `trainings-${version}-wasm`;
    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    const queue = new Queue<Partial<TrialJob>>(name, { connection, prefix: 'lrfind' });
    await queue.add(
      'other',
      { lrfind: '9.9.9', backend: 'wasm', spec: { trial: 'a', evaluateAt: [1] } as never },
      { jobId: 'other' },
    );
    while ((await queue.getJobState('other')) !== 'completed') await pause(50);
    expect((await queue.getJob('other'))?.returnvalue).toEqual({
      refused: `a worker of lrfind ${version} on wasm cannot reproduce a training of lrfind 9.9.9 on wasm`,
    });
    await queue.close();
    connection.disconnect();
  });

  test('a job that is no training harms neither files, workers, other trainings nor the state that is shown', async () => {
    const worker = workers.start(server.url);
    const kept = join(workers.cache, '..', 'kept');
    writeFileSync(kept, 'not of the cache');
    const name = `trainings-${version}-wasm`;
    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    const jobs = new Queue(name, { connection, prefix: 'lrfind' });
    const content = { sha256: '0'.repeat(64), bytes: 1 };
    const recipe = { optimizer: { name: 'adam' }, batchSize: 1, schedule: {} };
    const spec = { trial: 'a', recipe, seed: 0, evaluateAt: [1], length: 1 };
    const training = { ...{ lrfind: version, backend: 'wasm', rows: content, spec, from: null } };
    const rubbish = [null, 7, 'text', [], {}, { lrfind: 7 }, { ...training, model: { sha256: '../kept', bytes: 16 } }];
    const ids = rubbish.map((_data, i) => `rubbish-${i}`);
    for (const [i, data] of rubbish.entries()) await jobs.add('rubbish', data, { jobId: ids[i] as string });
    for (const id of ids) while (!['failed', 'completed'].includes(await jobs.getJobState(id))) await pause(50);
    expect((await jobs.getJob('rubbish-6'))?.failedReason).toBe(
      'a job: /model/sha256 must be a SHA-256 in hexadecimal; got "../kept"',
    );
    expect(readFileSync(kept, 'utf8')).toBe('not of the cache');
    const [kind] = (await queueState(server.url, 20)).kinds;
    expect(kind?.lastFailed.map(({ trial }) => trial)).not.toContain('a');
    const queue = await open();
    const options = { trials: rates(2), seed: 21 };
    expect(untimed(await study({ ...options, queue }))).toBe(untimed(await study(options)));
    await queue.close();
    expect(worker.process.exitCode).toBeNull();
    await jobs.close();
    connection.disconnect();
  });

  test('has done again what is damaged in Redis', async () => {
    const options = { trials: rates(6), seed: 22 };
    const name = `trainings-${version}-wasm`;
    const connection = redis.duplicate({ maxRetriesPerRequest: null });
    const jobs = new Queue(name, { connection, prefix: 'lrfind' });
    const before = new Set((await jobs.getCompleted()).map(({ id }) => id));
    const proxy = await cuttingProxy(server.port);
    const url = `redis://:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const queue = await trialQueue(url, { backend: 'wasm' });
    const there = study({ ...options, queue });
    while ((await jobs.getWaitingCount()) < 6) await pause(20);
    // What the study hears of, it takes at once.
    proxy.hold(true);
    workers.start(server.url);
    const done = async () => (await jobs.getCompleted()).filter(({ id }) => !before.has(id));
    while ((await done()).length < 6) await pause(50);
    for (const { returnvalue } of (await done()).slice(3)) {
      const key = `lrfind:content:${(returnvalue as { outcome: { sha256: string } }).outcome.sha256}`;
      expect(await redis.exists(key)).toBe(1);
      await redis.setrange(key, 3, '~');
    }
    const damagedAt = Date.now();
    proxy.hold(false);
    expect(untimed(await there)).toBe(untimed(await study(options)));
    expect((await done()).filter(({ finishedOn }) => Number(finishedOn) >= damagedAt)).toHaveLength(3);
    await queue.close();
    proxy.close();
    await jobs.close();
    connection.disconnect();
  });

  test('two studies of the same trainings at once both end, with the same result', async () => {
    workers.start(server.url);
    workers.start(server.url);
    const options = { trials: rates(4), halving: true, seed: 23 } as const;
    const queues = [await open(), await open()];
    const journals = queues.map(() => rememberedJournal());
    const [one, other] = await Promise.all(
      queues.map((queue, i) => study({ ...options, queue, journal: journals[i] as Journal })),
    );
    expect(untimed(one)).toBe(untimed(other));
    expect(untimed(one)).toBe(untimed(await study(options)));
    for (const { entries } of journals) expect(entries).toHaveLength(4 + 2);
    for (const queue of queues) await queue.close();
  });

  test('connections that are cut off, in the middle of an answer too, cost nothing', async () => {
    workers.start(server.url);
    const proxy = await cuttingProxy(server.port);
    const url = `redis://:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const said: string[] = [];
    const queue = await trialQueue(url, { backend: 'wasm', patience: 3, onNote: (note) => said.push(note) });
    const random = repeatableRandom(5);
    const options = { trials: rates(40), seed: 24, steps: 100 };
    const there = study({ ...options, queue });
    // The one on which Redis tells of jobs, alone: the others still answer.
    await pause(300);
    proxy.cut((sent) => sent.includes('xread'));
    proxy.cutAfter(() => 2000 + Math.floor(20_000 * random()));
    expect(untimed(await there)).toBe(untimed(await study(options)));
    await queue.close();
    proxy.close();
    expect(said.filter((note) => note.includes('is back'))).not.toEqual([]);
  });

  test('gives up a Redis that stays away, with how to go on', async () => {
    const queue = await open({ patience: 1 });
    const there = study({ trials: rates(2), seed: 11, queue });
    there.catch(() => {});
    while ((await redis.llen(`lrfind:trainings-${version}-wasm:wait`)) < 2) await pause(20);
    await server.stop();
    const at = `Redis at 127.0.0.1:${server.port}`;
    await expect(there).rejects.toThrow(
      `${at} has not answered for 1 s; what is done is in the journal, and --resume goes on`,
    );
    expect(notes.filter((note) => note.startsWith(at)).at(-1)).toMatch(
      /(does not answer: \w+|has closed the connection); waiting for it$/,
    );
    await queue.close();
    await server.start();
  });

  test('ends with what is wrong where Redis is full in the middle', async () => {
    const queue = await open();
    await redis.config('SET', 'maxmemory', '1');
    await expect(study({ trials: rates(2), seed: 12, queue })).rejects.toThrow(
      `Redis at 127.0.0.1:${server.port} is full (maxmemory): give it more memory; what is done is in the journal, and --resume goes on`,
    );
    await redis.config('SET', 'maxmemory', '0');
    await queue.close();
  });

  test('ends where Redis becomes a replica in the middle', async () => {
    const queue = await open();
    const there = study({ trials: rates(2), seed: 14, queue });
    there.catch(() => {});
    while ((await redis.llen(`lrfind:trainings-${version}-wasm:wait`)) < 2) await pause(20);
    await redis.call('REPLICAOF', '127.0.0.1', '1');
    await expect(there).rejects.toThrow(
      `Redis at 127.0.0.1:${server.port} can only be read: it is a replica; name the Redis that it follows; what is done is in the journal, and --resume goes on`,
    );
    await queue.close();
    await redis.call('REPLICAOF', 'NO', 'ONE');
    await redis.flushall();
  });

  test('says why it waits where Redis has no connection left, and goes on once it has', async () => {
    const queue = await open();
    const controller = new AbortController();
    const there = study({ trials: rates(2), seed: 15, queue, signal: controller.signal });
    there.catch(() => {});
    while ((await redis.llen(`lrfind:trainings-${version}-wasm:wait`)) < 2) await pause(20);
    await redis.config('SET', 'maxclients', '1');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const at = `Redis at 127.0.0.1:${server.port}`;
    const said = async (note: string) => {
      while (!notes.includes(note)) await pause(20);
    };
    await said(`${at} takes no more connections: raise its maxclients; waiting for it`);
    notes.length = 0;
    await redis.config('SET', 'maxclients', '1000');
    await said(`${at} is back`);
    controller.abort(new Error('enough'));
    await expect(there).rejects.toThrow('enough');
    await queue.close();
  });

  test('ends where Redis comes back with another password', async () => {
    const queue = await open();
    const there = study({ trials: rates(2), seed: 13, queue });
    there.catch(() => {});
    while ((await redis.llen(`lrfind:trainings-${version}-wasm:wait`)) < 2) await pause(20);
    await redis.config('SET', 'requirepass', 'another');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect(there).rejects.toThrow(`Redis at 127.0.0.1:${server.port} refuses the user or the password`);
    await queue.close();
    await redis.config('SET', 'requirepass', PASSWORD);
  });
});

/** A queue in which the optimizer of a trial has a name that no worker knows. */
function spoiling(queue: TrialRunner, trial: string): TrialRunner {
  return {
    async executor(sessions: readonly SentTrials[]): Promise<Executor> {
      const executor = await queue.executor(sessions);
      const spoilt = (spec: TrialSpec): TrialSpec => ({
        ...spec,
        recipe: { ...spec.recipe, optimizer: spec.trial === trial ? { name: 'none' } : spec.recipe.optimizer },
      });
      return { ...executor, run: (spec, options) => executor.run(spoilt(spec), options) };
    },
  };
}
