import { useBackend } from '@lrfind/backends';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trialQueue } from '../src/trial-queue.js';
import { hasRedis, type RedisServer, startRedis } from './redis-server.js';
import { rates, rememberedJournal, study, untimed } from './study.js';
import { workerPlace } from './workers.js';

await useBackend('wasm');

describe.skipIf(!hasRedis)('a queue on Redis', () => {
  let redis: RedisServer;
  const workers = workerPlace();
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await workers.remove();
    await redis.remove();
  });

  test('gives the result of one process, with halving, and journals each part once', async () => {
    const worker = workers.start(redis.url);
    const queue = await trialQueue(redis.url, { backend: 'wasm' });
    const journal = rememberedJournal();
    const options = { trials: rates(4), halving: true, repeats: 2 } as const;
    const there = await study({ ...options, queue, journal });
    await queue.close();
    const here = await study(options);
    expect(untimed(there)).toBe(untimed(here));
    const parts = journal.entries.map((entry) => 'untilStep' in entry && [entry.trial, entry.seed, entry.untilStep]);
    // Four trials with two seeds until the checkpoint, two of them until the end.
    expect(parts).toHaveLength(4 * 2 + 2 * 2);
    expect(new Set(parts.map(String)).size).toBe(parts.length);
    await worker.kill();
  });
});
