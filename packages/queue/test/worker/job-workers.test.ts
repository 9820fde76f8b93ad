import { type Job, Queue, type Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisAddress } from '../../src/redis/address.js';
import { redisConnection } from '../../src/redis/connection.js';
import { jobProcesses } from '../../src/worker/job-processes.js';
import { closeWorkers, startWorkers } from '../../src/worker/job-workers.js';
import { mostAtOnce } from '../at-once.js';
import { hasRedis, type RedisServer, startRedis } from '../redis-server.js';

const program = new URL('./waiting-job.mjs', import.meta.url);

describe.skipIf(!hasRedis)('workers of two queues', () => {
  let redis: RedisServer;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => redis.remove());

  const connection = () => {
    const opened = redisConnection(redisAddress(redis.url, 'url'), 'test');
    closing.push(async () => opened.disconnect());
    return opened;
  };
  /** A queue with as many jobs that take so long. */
  async function filled(name: string, count: number, milliseconds: number): Promise<Queue> {
    const queue = new Queue(name, { connection: connection() });
    await queue.addBulk(Array.from({ length: count }, () => ({ name: 'job', data: { milliseconds } })));
    return queue;
  }
  function start(queues: readonly Queue[], concurrency: number): Worker[] {
    const names = queues.map(({ name }) => name);
    const processes = jobProcesses(program, process.env);
    closing.push(async () => processes.end());
    const workers = startWorkers(names, processes.run, concurrency, () => ({ connection: connection() }));
    for (const worker of workers) worker.on('error', () => {});
    closing.push(() => closeWorkers(workers));
    return workers;
  }
  /** The jobs of queues once so many have ended, in the order in which they began. */
  async function ended(queues: readonly Queue[], count: number): Promise<Job[]> {
    for (;;) {
      const jobs = (await Promise.all(queues.map((queue) => queue.getCompleted()))).flat();
      if (jobs.length >= count) return jobs.toSorted((a, b) => Number(a.processedOn) - Number(b.processedOn));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test.each([1, 2, 3])('run at most %i jobs at a time, in as many processes, and end those of both', async (count) => {
    const queues = [await filled(`a${count}`, 12, 40), await filled(`b${count}`, 12, 40)];
    start(queues, count);
    const jobs = await ended(queues, 24);
    expect(mostAtOnce(jobs)).toBe(count);
    expect(new Set(jobs.map(({ returnvalue }) => returnvalue)).size).toBe(count);
    const early = jobs.slice(0, 12).map(({ queueName }) => queueName[0]);
    expect(early.filter((name) => name === 'a').length).toBeGreaterThanOrEqual(4);
    expect(early.filter((name) => name === 'b').length).toBeGreaterThanOrEqual(4);
  });

  test('take a job that comes late before more of the other queue', async () => {
    const busy = await filled('busy', 40, 50);
    const late = new Queue('late', { connection: connection() });
    start([busy, late], 2);
    await ended([busy], 2);
    const { timestamp: added } = await late.add('job', { milliseconds: 1 });
    const [job] = await ended([late], 1);
    const before = (await busy.getCompleted()).filter(
      ({ processedOn = 0 }) => processedOn > added && processedOn < Number(job?.processedOn),
    );
    // It is heard of while others begin.
    expect(before.length).toBeLessThanOrEqual(4);
  });

  test('end the jobs that they have when they are closed, and begin no others', async () => {
    const queues = [await filled('closed a', 3, 10), await filled('closed b', 3, 400)];
    const workers = start(queues, 2);
    const counts = (state: 'active' | 'completed' | 'failed') =>
      Promise.all(queues.map(async (queue) => (await queue.getJobCounts(state))[state]));
    // One of each kind, the second of which outlasts the other.
    while ((await counts('active')).join() !== '1,1') await new Promise((resolve) => setTimeout(resolve, 2));
    await closeWorkers(workers);
    expect([await counts('active'), await counts('failed')]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const [ofA = 0, ofB] = await counts('completed');
    expect(ofA).toBeLessThan(3);
    expect(ofB).toBe(1);
  });

  test('run as many of one queue while the other one is empty', async () => {
    const queues = [await filled('full', 12, 60), new Queue('empty', { connection: connection() })];
    start(queues, 3);
    expect(mostAtOnce(await ended(queues, 12))).toBe(3);
  });
});
