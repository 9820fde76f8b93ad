import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '@lrfind/core';
import type { Executor } from '@lrfind/core/study';
import { type SentTrials, stockLayers } from '@lrfind/finder';
import { Queue, QueueEvents } from 'bullmq';
import { clockWatch } from '../clock-watch.js';
import { type Content, checkShared, openContents } from '../contents/contents.js';
import { sendSession } from '../contents/sent-session.js';
import { kindText, ownKind, PREFIX, queueName } from '../jobs/job-kind.js';
import { presentWorkers } from '../jobs/presence.js';
import type { JobResult, TrialJob } from '../jobs/trial-job.js';
import { type RedisAddress, redisAddress, shownAddress } from '../redis/address.js';
import { checkRedis, redisConnection } from '../redis/connection.js';
import { mayPass, redisFailure } from '../redis/failure.js';
import { untilAnswered } from '../redis/until-answered.js';
import { watchConnection } from '../redis/watch.js';
import { awaitedJobs, RESUMABLE } from './awaited-jobs.js';

/** How trainings are given to workers. */
export interface TrialQueueOptions {
  /** Name of the backend that workers must compute on. */
  readonly backend: string;
  /** A folder or URL that workers have too, for what is too large for Redis: `--shared`. */
  readonly shared?: string | undefined;
  /** The module that a model is the value of. */
  readonly moduleOf?: ((model: SentTrials['model']) => string | undefined) | undefined;
  /** Gets what the user should know while trainings wait: no worker, a Redis that has gone or is back, a clock that jumped. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Seconds for which a Redis that has gone is waited for. Default: 600. */
  readonly patience?: number | undefined;
}

/** Runs the trainings of a comparison on workers. */
export interface TrialQueue {
  /**
   * Sends models and rows, which trials refer to.
   *
   * @throws InputError for a model or rows that cannot be sent, and for what is wrong with Redis
   */
  executor(sessions: readonly SentTrials[]): Promise<Executor>;
  /** Ends the connections. Jobs that no worker has begun are taken back. */
  close(): Promise<void>;
}

/** Entries of the stream by which Redis tells of jobs. Who misses some looks at the jobs themselves. */
const STREAMED = 2000;

/** Milliseconds for which Redis is asked for events at a time. BullMQ stays for as long after the end where Redis has gone. */
const LISTENS_FOR = 2000;

/** Milliseconds between two looks at jobs that are waited for, which would show what no event has told. */
const LOOK_EVERY = 3000;

/** Seconds without any job ending after which it is looked whether Redis can be written to, and said if there is no worker. */
const IDLE_BEFORE_NOTE = 10;

/** Milliseconds for saying goodbye to Redis. */
const CLOSING = 5000;

/**
 * Opens a queue of trainings on Redis, for `compare`.
 *
 * @param url `redis://` or `rediss://`, with user and password if need be; no message, result or journal shows them
 * @param what messages call the URL
 * @throws InputError for a URL that is none of a Redis, and for a Redis that cannot hold a queue
 *
 * @example
 * const queue = await trialQueue('redis://127.0.0.1', { backend: 'wasm' });
 * const result = await compare(model, { xs, ys }, { trials, queue });
 * await queue.close();
 */
export async function trialQueue(url: string, options: TrialQueueOptions, what = '--queue'): Promise<TrialQueue> {
  const address = redisAddress(url, what);
  checkShared(options.shared);
  await checkRedis(address);
  let opened: ReturnType<typeof openQueue> | undefined;
  return {
    async executor(sessions) {
      const modules = sessions.map(({ model, copy }) =>
        stockLayers(copy.topology) ? undefined : (options.moduleOf?.(model) ?? missingModule(model.name)),
      );
      opened = openQueue(
        address,
        options,
        modules.some((path) => path !== undefined),
      );
      return opened.executor(sessions, modules);
    },
    close: async () => opened?.close(),
  };
}

function missingModule(model: string): never {
  throw new InputError(
    `model "${model}" has layers of its own, which no worker knows: give the model as a module (--model build.js) to workers that were started with --allow-code`,
  );
}

function openQueue(address: RedisAddress, options: TrialQueueOptions, hasCode: boolean) {
  const { backend, shared, onNote = () => {}, patience = 600 } = options;
  const kind = ownKind(backend, hasCode);
  const name = queueName(kind);
  const redis = redisConnection(address, 'lrfind study');
  const blocking = redisConnection(address, 'lrfind study events');
  const queue = new Queue<TrialJob, JobResult>(name, {
    connection: redis,
    prefix: PREFIX,
    streams: { events: { maxLen: STREAMED } },
    skipWaitingForReady: true,
  });
  const events = new QueueEvents(name, { connection: blocking, prefix: PREFIX, blockingTimeout: LISTENS_FOR });
  const contents = openContents(redis, shared);
  /** What all trainings need. */
  const common = new Map<string, Content>();
  let ended: unknown;
  let lastSign = performance.now();
  let saidNoWorker = false;
  let isClosed = false;

  /** What ends each wait for an answer. */
  const asking = new Set<(error: unknown) => void>();
  const fail = (error: unknown): void => {
    ended ??= error;
    awaited.fail(error);
    // ioredis never answers what it meant to send again, and has not.
    for (const reject of asking) reject(ended);
    redis.endForGood();
    blocking.endForGood();
  };
  /** What an error means, after which trainings cannot go on. */
  const meaning = (error: unknown): unknown => {
    // Words of another failure may look like an answer of Redis.
    const failure = error instanceof InputError ? undefined : redisFailure(address, error);
    return ended ?? (failure ? new InputError(`${failure.message}; ${RESUMABLE}`) : error);
  };
  const watch = watchConnection(redis, address, {
    onNote,
    onFailure(error) {
      if (!isClosed) fail(meaning(error));
    },
  });
  queue.on('error', watch.met);
  events.on('error', watch.met);
  events.on('ioredis:close', watch.closed);
  redis.on('ready', () => awaited.lookAtAll());
  /** Asks Redis something until it answers, or this study ends. */
  const patiently = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const once = () =>
      new Promise<Answer>((resolve, reject) => {
        asking.add(reject);
        ask()
          .then(resolve, reject)
          .finally(() => asking.delete(reject));
      });
    try {
      return await untilAnswered(once, () => ended !== undefined);
    } catch (error) {
      throw meaning(error);
    }
  };
  const awaited = awaitedJobs({ address, queue, contents, patiently, onNote });
  const ofJob = ({ jobId: id }: { readonly jobId: string }) => {
    lastSign = performance.now();
    awaited.look(id);
  };
  events.on('completed', ofJob);
  events.on('failed', ofJob);

  const clock = clockWatch(onNote);
  const looks = setInterval(() => {
    clock.look();
    awaited.lookAtSome();
    if (watch.goneFor() > patience * 1000)
      fail(
        new InputError(
          `${shownAddress(address)} has not answered for ${patience < 120 ? `${patience} s` : `${Math.round(patience / 60)} minutes`}; ${RESUMABLE}`,
        ),
      );
    else if (!awaited.isEmpty && watch.goneFor() === 0 && performance.now() - lastSign >= IDLE_BEFORE_NOTE * 1000)
      void lookAround();
  }, LOOK_EVERY);
  const keeps = setInterval(() => void contents.keep([...common.values()]).catch(() => {}), 600_000);

  /** Finds out why nothing happens. */
  const lookAround = async (): Promise<void> => {
    try {
      // Workers may be unable to tell what they have done.
      await redis.set(`${PREFIX}:check`, '1', 'EX', 1);
      if (!saidNoWorker) await noteMissingWorkers();
    } catch (error) {
      if (!isClosed && !mayPass(error)) fail(meaning(error));
    }
  };
  const noteMissingWorkers = async (): Promise<void> => {
    const workers = await presentWorkers(redis);
    if (workers.some(({ kinds }) => kinds.some((each) => queueName(each) === name))) return;
    saidNoWorker = true;
    const others = [...new Set(workers.flatMap(({ kinds }) => kinds.map(kindText)))];
    onNote(
      `no worker takes trainings of ${kindText(kind)}${others.length > 0 ? `; there are workers of ${others.join(', and of ')}, which could not reproduce them` : ''}: start one with lrfind worker --queue …${backend === 'wasm' ? '' : ` --backend ${backend}`}${hasCode ? ' --allow-code' : ''}`,
    );
  };

  return {
    async executor(sessions: readonly SentTrials[], modules: readonly (string | undefined)[]): Promise<Executor> {
      const sent = new Map<string, Pick<TrialJob, 'model' | 'rows' | 'code'>>();
      const send = async ({ ref, copy }: SentTrials, module: string | undefined, again: boolean) => {
        const { model, rows } = await sendSession(copy, contents, again);
        const code = module === undefined ? undefined : await contents.put(await readFile(module), { again });
        const parts = {
          ...{ model, rows },
          ...(code && { code: { ...code, file: basename(module as string) } }),
        };
        for (const each of [model, rows, ...(code ? [code] : [])]) common.set(each.sha256, each);
        sent.set(ref, parts);
      };
      await patiently(() => redis.sadd(`${PREFIX}:queues`, name));
      for (const [i, session] of sessions.entries()) await patiently(() => send(session, modules[i], false));
      return {
        concurrency: MOST_AT_ONCE,
        async run(spec, { onEvaluation, signal }) {
          signal?.throwIfAborted();
          if (ended !== undefined) throw ended;
          const { model, data: _data, from, ...own } = spec;
          if ('ref' in spec.recipe.schedule)
            throw new InputError(
              `trial "${spec.trial}" has a schedule that is code, which no worker has: give it as text`,
            );
          const bytes = from && new TextEncoder().encode(JSON.stringify(from));
          const put = async (again: boolean): Promise<Content | null> => bytes && contents.put(bytes, { again });
          const job: TrialJob = {
            ...{ lrfind: kind.lrfind, backend },
            ...(sent.get(model.ref) as Pick<TrialJob, 'model' | 'rows' | 'code'>),
            ...{ spec: own, from: await patiently(() => put(false)) },
          };
          const sendAgain = async () => {
            await put(true);
            const i = sessions.findIndex(({ ref }) => ref === model.ref);
            await send(sessions[i] as SentTrials, modules[i], true);
          };
          const one = { job, spec, sendAgain };
          const outcome = await abortable(awaited.outcomeOf(one), signal as AbortSignal | undefined, () =>
            awaited.takeBack(one),
          );
          for (const evaluation of outcome.training.evaluations.slice(from?.training.evaluations.length ?? 0))
            onEvaluation?.(evaluation);
          return outcome;
        },
      };
    },
    async close(): Promise<void> {
      clearInterval(looks);
      clearInterval(keeps);
      const goodbye = async () => {
        if (redis.status === 'ready') await awaited.takeAllBack();
        isClosed = true;
        await Promise.all([events.close(), queue.close()]).catch(() => {});
      };
      // BullMQ would wait for a Redis that has gone, or does not answer.
      await Promise.race([goodbye(), new Promise((resolve) => setTimeout(resolve, CLOSING).unref())]);
      isClosed = true;
      fail(new Error('the queue was closed'));
    },
  };
}

/** Jobs that a study has in Redis at a time: enough for a thousand workers, and few enough that what waits takes little memory. */
const MOST_AT_ONCE = 2000;

/** What a promise gives, unless a signal is aborted before. @param onAbort called then */
async function abortable<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Promise<Value> {
  if (!signal) return promise;
  // All trainings listen to one signal, which Node would take for a leak.
  setMaxListeners(0, signal);
  let stopListening = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const end = () => {
      onAbort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', end);
    stopListening = () => signal.removeEventListener('abort', end);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
