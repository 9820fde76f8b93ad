import { join } from 'node:path';
import { cacheFolder, checkBackend, lanesOn } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { Job } from 'bullmq';
import { clockWatch } from '../clock-watch.js';
import { checkShared } from '../contents/contents.js';
import { type JobKind, kindOfQueue, kindText, ownKind, PREFIX, queueName } from '../jobs/job-kind.js';
import { ANNOUNCED_EVERY, announce, leave, workerName } from '../jobs/presence.js';
import { type JobResult, jobText, type TrialJob } from '../jobs/trial-job.js';
import { redisAddress, shownAddress } from '../redis/address.js';
import { checkRedis, type QueueConnection, redisConnection } from '../redis/connection.js';
import { isRefused, redisFailure } from '../redis/failure.js';
import { watchConnection } from '../redis/watch.js';
import { jobProcesses } from './job-processes.js';
import { closeWorkers, startWorkers } from './job-workers.js';
import { type ProcessSettings, processEnvironment } from './process-settings.js';

/** How a worker works. */
export interface WorkerOptions {
  /** Name of the backend on which it computes, or `auto`. It takes the trainings of that backend alone. */
  readonly backend: string;
  /**
   * Trainings at a time, each in a process of its own, which computes with its part of the processors (of `LRFIND_THREADS` if that is set).
   * Default: one for each processor; on a GPU 1, which keeps it busy.
   */
  readonly concurrency?: number | undefined;
  /** Folder for models and rows that were fetched. Default: `queue` in lrfind's cache folder. */
  readonly cache?: string | undefined;
  /** Bytes that the cache may take. Default: 2 GB. */
  readonly cacheBytes?: number | undefined;
  /** The folder or URL that `lrfind compare` was given as `--shared`. */
  readonly shared?: string | undefined;
  /** Whether to run code that comes with models: with the rights of this process. Default: no. */
  readonly allowCode?: boolean | undefined;
  /** Seconds after which what a worker had that says nothing is given to another one. Default: 30. */
  readonly stalledAfter?: number | undefined;
  /** Gets what happens: which trainings end and fail, a Redis that has gone or is back, trainings of other versions. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** A worker that runs. */
export interface RunningWorker {
  readonly name: string;
  /** Name of the backend on which it computes. */
  readonly backend: string;
  /** Trainings at a time. */
  readonly concurrency: number;
  /** Rejected with what ends it: a Redis that refuses it. */
  readonly failed: Promise<never>;
  /** Waits for the trainings that it has, then ends; at once where Redis cannot be reached. */
  close(): Promise<void>;
}

/** Bytes of the cache by default. */
const CACHE_BYTES = 2e9;

/** Milliseconds for closing connections that no training needs. */
const CLOSING = 2000;

/** Times that a training may be begun again because its worker ended or did not answer. */
const MOST_STALLED = 3;

/**
 * Takes trainings from a queue until it is closed. Each runs in a process of its own, because a training leaves no time to renew the lock
 * of its job, without which another worker would take it too.
 *
 * @param url of Redis
 * @param what messages call the URL
 * @throws InputError for a URL that is none of a Redis, for a Redis that cannot hold a queue, and for a backend that cannot train here
 *
 * @example
 * const worker = await runWorker('redis://127.0.0.1', { backend: 'wasm', onNote: console.error });
 */
export async function runWorker(url: string, options: WorkerOptions, what = '--queue'): Promise<RunningWorker> {
  const {
    cache = join(cacheFolder(), 'queue'),
    cacheBytes = CACHE_BYTES,
    shared,
    allowCode = false,
    stalledAfter = 30,
    onNote = () => {},
  } = options;
  const address = redisAddress(url, what);
  checkShared(shared);
  await checkRedis(address);
  // In a process of its own: this one would keep a GPU that those which train need.
  const { name: backend, device } = await checkBackend(options.backend);
  const { concurrency = lanesOn(device) } = options;
  const name = workerName();
  const kinds = [ownKind(backend, false), ...(allowCode ? [ownKind(backend, true)] : [])];
  const settings: ProcessSettings = { backend, cache, cacheBytes, shared, allowCode, worker: process.pid };
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  /** Texts of the trainings that have begun and not ended, by the ids of their jobs. */
  const running = new Map<string | undefined, string>();
  const timers: NodeJS.Timeout[] = [];
  const said = new Set<string>();
  const sayOnce = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    onNote(text);
  };
  /** Ends it with what no waiting helps. */
  const giveUp = (error: unknown): void => {
    fail(error);
    void end(false);
  };
  const onFailure = (error: unknown): void => {
    const { message } = error as Error;
    const late = LATE.exec(message)?.[1];
    const lost = LOST.exec(message)?.[1];
    const failure = redisFailure(address, error);
    if (lost !== undefined)
      sayOnce(`${shownAddress(address)} has lost ${running.get(lost) ?? lost}, which its study queues again`);
    else if (late !== undefined)
      sayOnce(
        `${running.get(late) ?? late} may be begun again by another worker: this one could not tell Redis in time that it runs`,
      );
    else if (isRefused(error)) giveUp(failure);
    else sayOnce(failure?.message ?? message.split('\n')[0] ?? message);
  };
  const connections: QueueConnection[] = [];
  const connection = (): QueueConnection => {
    const opened = redisConnection(address, 'lrfind worker');
    connections.push(opened);
    return opened;
  };
  const redis = connection();
  const watch = watchConnection(redis, address, { onNote, onFailure });
  const processes = jobProcesses(jobProcess(), processEnvironment(settings, url, concurrency));
  const run = (data: TrialJob) => processes.run(data) as Promise<JobResult>;
  const workers = startWorkers(kinds.map(queueName), run, concurrency, () => ({
    connection: connection(),
    prefix: PREFIX,
    name,
    lockDuration: stalledAfter * 1000,
    stalledInterval: stalledAfter * 1000,
    maxStalledCount: MOST_STALLED,
  }));
  /** Waits until there has been time to close, and no training runs. */
  const idle = async (): Promise<void> => {
    do await new Promise((resolve) => setTimeout(resolve, CLOSING));
    while (running.size > 0);
  };
  for (const each of workers) {
    each.on('error', watch.met);
    each.on('ioredis:close', watch.closed);
    each.on('active', ({ id, data }) => running.set(id, jobText(data)));
    each.on('completed', (job, result) => {
      running.delete(job.id);
      if (!('redis' in result)) onNote(`done: ${jobText(job.data)}`);
      else if (result.refuses) giveUp(new InputError(result.redis));
      else sayOnce(result.redis);
    });
    each.on('failed', (job, error) => {
      running.delete(job?.id);
      if (job) onNote(`failed: ${jobText(job.data)}: ${error.message.split('\n')[0]}`);
    });
    each.on('stalled', async (id) => {
      const job = await Job.fromId<TrialJob>(each, id).catch(() => undefined);
      onNote(`begun again, because its worker ended or did not answer: ${job ? jobText(job.data) : id}`);
    });
  }
  const clock = clockWatch(onNote);
  const present = { name, kinds, concurrency };
  const say = () => announce(redis, present).catch(watch.met);
  timers.push(
    setInterval(say, ANNOUNCED_EVERY * 1000),
    setInterval(() => clock.look(), 3000),
  );
  await Promise.race([failed, say()]);
  for (const text of await Promise.race([failed, otherKinds()])) onNote(text);
  return { ...{ name, backend, concurrency, failed }, close: () => end(redis.status === 'ready') };

  /** @param patiently whether to wait for the trainings that it has; without a Redis nobody would take what they give, and BullMQ would wait for one */
  async function end(patiently: boolean): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    if (patiently) {
      // BullMQ may wait for ever for a connection that it was just opening.
      await Promise.race([closeWorkers(workers), idle()]);
      await leave(redis, name).catch(() => {});
    } else {
      for (const each of workers) void each.close(true).catch(() => {});
      await Promise.race([leave(redis, name).catch(() => {}), new Promise((resolve) => setTimeout(resolve, CLOSING))]);
    }
    // First: Redis must not hear of trainings that fail by the end of their processes.
    for (const each of connections) each.endForGood();
    processes.end();
  }

  /** Says of trainings that wait for workers of another kind. */
  async function otherKinds(): Promise<string[]> {
    const names = await redis.smembers(`${PREFIX}:queues`);
    const texts: string[] = [];
    for (const queue of names) {
      const kind = kindOfQueue(queue);
      const waits = await redis.llen(`${PREFIX}:${queue}:wait`);
      if (!kind || waits === 0 || kinds.some((each) => queueName(each) === queue)) continue;
      texts.push(
        `${waits} trainings wait for a worker of ${kindText(kind)}; this one, of ${kindText(kinds.at(-1) as JobKind)}, cannot reproduce them`,
      );
    }
    return texts;
  }
}

/** What BullMQ says of a job whose lock was not renewed in time. */
const LATE = /(?:could not renew lock for|Missing lock for|Lock mismatch for) job ([^\s.]+)/;

/** What BullMQ says of a job that was removed from Redis while it ran. */
const LOST = /Missing key for job ([^\s.]+)/;

// A name of its own, so that bundlers leave it alone.
const PROCESS = './job-process.js';

/** Where the program of a process is that runs jobs. */
function jobProcess(): URL {
  const url = new URL(PROCESS, import.meta.url);
  if (url.pathname.endsWith('.ts')) throw new InputError('a worker runs the built modules: build them first');
  return url;
}
