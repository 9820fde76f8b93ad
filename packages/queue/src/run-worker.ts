import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { type Job, Worker } from 'bullmq';
import { clockWatch } from './clock-watch.js';
import { checkShared } from './contents.js';
import {
  type JobKind,
  type JobResult,
  kindOfQueue,
  kindText,
  ownKind,
  PREFIX,
  queueName,
  type TrialJob,
} from './jobs.js';
import { checkRedis, redisConnection } from './open-redis.js';
import { ANNOUNCED_EVERY, announce, leave, workerName } from './presence.js';
import { redisAddress, shownAddress } from './redis-address.js';
import { isRefused, mayPass, redisFailure } from './redis-failure.js';
import { type ProcessSettings, SETTINGS, URL_VARIABLE } from './worker-settings.js';

/** How a worker works. */
export interface WorkerOptions {
  /** Name of the backend on which it computes. It takes the trainings of that backend alone. */
  readonly backend: string;
  /** Trainings at a time, each in a process of its own, which computes with its part of the processors. Default: one for each processor. */
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
  /** Rejected with what ends it: a Redis that refuses it. */
  readonly failed: Promise<never>;
  /** Waits for the trainings that it has, then ends; at once where Redis cannot be reached. */
  close(): Promise<void>;
}

/** Bytes of the cache by default. */
const CACHE_BYTES = 2e9;

/** Times that a training may be begun again because its worker ended or did not answer. */
const MOST_STALLED = 3;

/**
 * Takes trainings from a queue until it is closed. Each runs in a process of its own, because a training leaves no time to renew the lock
 * of its job, without which another worker would take it too.
 *
 * @param url of Redis
 * @param what messages call the URL
 * @throws InputError for a URL that is none of a Redis, and for a Redis that cannot hold a queue
 *
 * @example
 * const worker = await runWorker('redis://127.0.0.1', { backend: 'wasm', onNote: console.error });
 */
export async function runWorker(url: string, options: WorkerOptions, what = '--queue'): Promise<RunningWorker> {
  const {
    backend,
    concurrency = availableParallelism(),
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
  const name = workerName();
  const kinds = [ownKind(backend, false), ...(allowCode ? [ownKind(backend, true)] : [])];
  const settings: ProcessSettings = { backend, cache, cacheBytes, shared, allowCode };
  const env = {
    ...process.env,
    LRFIND_THREADS: String(Math.max(1, Math.floor(availableParallelism() / concurrency))),
    [SETTINGS]: JSON.stringify(settings),
    [URL_VARIABLE]: url,
  };
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  let isGone = false;
  const onError = (error: unknown): void => {
    const failure = redisFailure(address, error);
    if (mayPass(error)) {
      if (!isGone) onNote(`${failure?.message ?? `${shownAddress(address)} is not ready`}; waiting for it`);
      isGone = true;
    } else if (isRefused(error)) fail(failure);
    else onNote(failure?.message ?? (error as Error).message);
  };
  const redis = redisConnection(address, 'lrfind worker');
  redis.on('error', onError);
  redis.on('ready', () => {
    if (isGone) onNote(`${shownAddress(address)} is back`);
    isGone = false;
  });
  const worker = (kind: JobKind): Worker<TrialJob, JobResult> => {
    const blocking = redisConnection(address, 'lrfind worker');
    const made = new Worker<TrialJob, JobResult>(queueName(kind), jobProcess(), {
      connection: blocking,
      prefix: PREFIX,
      name,
      concurrency,
      lockDuration: stalledAfter * 1000,
      stalledInterval: stalledAfter * 1000,
      maxStalledCount: MOST_STALLED,
      // A program that preloads modules (`--import`) means itself by that.
      workerForkOptions: { env, execArgv: [] },
    });
    made.on('error', onError);
    made.on('completed', (job) => onNote(`done: ${jobText(job)}`));
    made.on('failed', (job, error) => job && onNote(`failed: ${jobText(job)}: ${error.message.split('\n')[0]}`));
    made.on('stalled', (id) => onNote(`begun again, because its worker ended or did not answer: ${id}`));
    return made;
  };
  const workers = kinds.map(worker);
  const clock = clockWatch(onNote);
  const present = { name, kinds, concurrency };
  const say = () => announce(redis, present).catch(onError);
  await say();
  const says = setInterval(say, ANNOUNCED_EVERY * 1000);
  const looks = setInterval(() => clock.look(), 3000);
  for (const text of await otherKinds()) onNote(text);
  return {
    name,
    failed,
    async close() {
      clearInterval(says);
      clearInterval(looks);
      // Without a Redis nobody would take what its trainings give, and BullMQ would wait for one.
      if (redis.status === 'ready') {
        await Promise.all(workers.map((each) => each.close()));
        await leave(redis, name).catch(() => {});
      } else for (const each of workers) void each.close(true).catch(() => {});
      redis.disconnect();
    },
  };

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

// A name of its own, so that bundlers leave it alone.
const PROCESS = './job-process.js';

/** Where the program of a process is that runs jobs. */
function jobProcess(): URL {
  const url = new URL(PROCESS, import.meta.url);
  if (url.pathname.endsWith('.ts')) throw new InputError('a worker runs the built modules: build them first');
  return url;
}

function jobText({ data: { spec } }: Job<TrialJob>): string {
  return `${spec.trial}, seed ${spec.seed}, until step ${spec.evaluateAt.at(-1)}`;
}
