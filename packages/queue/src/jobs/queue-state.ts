import { Queue } from 'bullmq';
import { redisAddress } from '../redis/address.js';
import { checkRedis, redisConnection } from '../redis/connection.js';
import { redisFailure } from '../redis/failure.js';
import { type JobKind, kindOfQueue, PREFIX } from './job-kind.js';
import { type PresentWorker, presentWorkers } from './presence.js';
import type { JobResult, TrialJob } from './trial-job.js';

/** What is in a queue, and who works on it. */
export interface QueueState {
  readonly workers: readonly PresentWorker[];
  readonly kinds: readonly KindState[];
}

/** The trainings of a kind. */
export interface KindState extends JobKind {
  readonly waiting: number;
  /** Those that run now. */
  readonly running: readonly ShownJob[];
  readonly done: number;
  readonly failed: number;
  /** The last of those that are done, the latest first. */
  readonly lastDone: readonly ShownJob[];
  /** The last of those that failed every time, the latest first. */
  readonly lastFailed: readonly ShownJob[];
}

/** A part of a training in a queue. */
export interface ShownJob {
  readonly trial: string;
  readonly seed: number;
  /** The step at which this part ends. */
  readonly untilStep: number;
  /** Host and process of the worker; null if it is not known. */
  readonly worker: string | null;
  /** Times that it was begun. */
  readonly tries: number;
  /** Seconds that it ran for, by the worker's clock; null while it runs. */
  readonly seconds: number | null;
  /** Why it failed; missing where it did not. */
  readonly reason?: string;
}

/**
 * Looks at all queues of lrfind in a Redis.
 *
 * @param url of Redis
 * @param last how many of those that have ended, of each kind
 * @param what messages call the URL
 * @throws InputError for a URL that is none of a Redis, and for a Redis that cannot hold a queue
 */
export async function queueState(url: string, last: number, what = '--queue'): Promise<QueueState> {
  const address = redisAddress(url, what);
  await checkRedis(address);
  const redis = redisConnection(address, 'lrfind queue');
  redis.on('error', () => {});
  try {
    const names = (await redis.smembers(`${PREFIX}:queues`)).toSorted();
    const kinds: KindState[] = [];
    for (const name of names) {
      const kind = kindOfQueue(name);
      if (!kind) continue;
      const queue = new Queue<TrialJob, JobResult>(name, { connection: redis, prefix: PREFIX });
      const end = last - 1;
      const [counts, running, done, failed] = await Promise.all([
        queue.getJobCounts('wait', 'prioritized', 'delayed', 'completed', 'failed'),
        queue.getActive(),
        last > 0 ? queue.getCompleted(0, end) : [],
        last > 0 ? queue.getFailed(0, end) : [],
      ]);
      const { wait = 0, prioritized = 0, delayed = 0 } = counts;
      kinds.push({
        ...kind,
        waiting: wait + prioritized + delayed,
        running: running.map(shown),
        done: counts.completed ?? 0,
        failed: counts.failed ?? 0,
        lastDone: done.map(shown),
        lastFailed: failed.map((job) => ({ ...shown(job), reason: job.failedReason })),
      });
    }
    return { workers: await presentWorkers(redis), kinds };
  } catch (error) {
    throw redisFailure(address, error) ?? error;
  } finally {
    redis.disconnect();
  }
}

function shown(job: {
  readonly data: TrialJob;
  readonly processedBy?: string;
  readonly attemptsStarted: number;
  readonly processedOn?: number;
  readonly finishedOn?: number;
}): ShownJob {
  const { spec } = job.data;
  const { processedOn, finishedOn } = job;
  return {
    trial: spec.trial,
    seed: spec.seed,
    untilStep: spec.evaluateAt.at(-1) as number,
    worker: job.processedBy ?? null,
    tries: job.attemptsStarted,
    seconds: processedOn !== undefined && finishedOn !== undefined ? (finishedOn - processedOn) / 1000 : null,
  };
}
