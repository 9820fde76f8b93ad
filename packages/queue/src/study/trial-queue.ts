import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError, sizeText } from '@lrfind/core';
import { checkJournalEntry, type Executor, TrialFailure, type TrialOutcome, type TrialSpec } from '@lrfind/core/study';
import { type SentTrials, stockLayers } from '@lrfind/finder';
import { Job, Queue, QueueEvents } from 'bullmq';
import { clockWatch } from '../clock-watch.js';
import { type Content, checkShared, MOST_IN_REDIS, openContents } from '../contents/contents.js';
import { sendSession } from '../contents/sent-session.js';
import { kindText, ownKind, PREFIX, queueName } from '../jobs/job-kind.js';
import { presentWorkers } from '../jobs/presence.js';
import { isJob, isJobResult, type JobResult, jobId, type TrialJob } from '../jobs/trial-job.js';
import { type RedisAddress, redisAddress, shownAddress } from '../redis/address.js';
import { checkRedis, redisConnection } from '../redis/connection.js';
import { mayPass, redisFailure } from '../redis/failure.js';
import { watchConnection } from '../redis/watch.js';

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

/** Tries of a training that fails, each on any worker. */
const TRIES = 3;

/** Jobs that have ended are kept so that `lrfind queue` can show them: this many of a kind. */
const KEPT = 2000;

/** Entries of the stream by which Redis tells of jobs. Who misses some looks at the jobs themselves. */
const STREAMED = 2000;

/** Milliseconds for which Redis is asked for events at a time. BullMQ stays for as long after the end where Redis has gone. */
const LISTENS_FOR = 2000;

/** Milliseconds between two looks at jobs that are waited for, which would show what no event has told; and how many then. */
const LOOK_EVERY = 3000;
const LOOKS = 500;

/** Seconds without any job ending after which it is looked whether Redis can be written to, and said if there is no worker. */
const IDLE_BEFORE_NOTE = 10;

/** Milliseconds for saying goodbye to Redis. */
const CLOSING = 5000;

/** Times that a worker may miss what it needs before the study ends. */
const MOST_SENT = 3;

/** Times that a training is done again because what a worker gave is gone or damaged. */
const MOST_RENEWED = 5;

/** Milliseconds before Redis is asked again what it could not answer. */
const ASK_AGAIN = 500;

/** What a study that ends tells of itself. */
const RESUMABLE = 'what is done is in the journal, and --resume goes on';

interface Waiting {
  readonly job: TrialJob;
  readonly spec: TrialSpec;
  /** Stores what the job needs once more. */
  readonly sendAgain: () => Promise<void>;
  readonly resolve: (outcome: TrialOutcome) => void;
  readonly reject: (error: unknown) => void;
  looking: boolean;
  /** Something happened while it was looked at. */
  again: boolean;
  sent: number;
  renewed: number;
}

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
  const waiting = new Map<string, Waiting>();
  /** What all trainings need. */
  const common = new Map<string, Content>();
  let ended: unknown;
  let lastSign = performance.now();
  let saidNoWorker = false;
  let looked = 0;
  let isClosed = false;

  /** What ends each wait for an answer. */
  const asking = new Set<(error: unknown) => void>();
  const fail = (error: unknown): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
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
  redis.on('ready', () => {
    for (const id of waiting.keys()) void look(id);
  });
  /** Asks Redis something until it answers, whatever becomes of connections meanwhile. */
  const patiently = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        return await new Promise<Answer>((resolve, reject) => {
          asking.add(reject);
          ask()
            .then(resolve, reject)
            .finally(() => asking.delete(reject));
        });
      } catch (error) {
        if (ended !== undefined || error instanceof InputError || !mayPass(error)) throw meaning(error);
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
      }
    }
  };
  const ofJob = ({ jobId: id }: { readonly jobId: string }) => {
    lastSign = performance.now();
    void look(id);
  };
  events.on('completed', ofJob);
  events.on('failed', ofJob);

  const add = async (id: string, { job }: Waiting): Promise<void> => {
    await queue.add(job.spec.trial, job, {
      jobId: id,
      attempts: TRIES,
      removeOnComplete: { count: KEPT },
      removeOnFail: { count: KEPT },
      stackTraceLimit: 1,
    });
  };

  /** Looks at a job that is waited for: takes what it gave, or adds it where it is not there. */
  const look = async (id: string): Promise<void> => {
    const entry = waiting.get(id);
    if (!entry) return;
    if (entry.looking) {
      entry.again = true;
      return;
    }
    entry.looking = true;
    try {
      do {
        entry.again = false;
        await patiently(() => take(id, entry));
      } while (entry.again && waiting.has(id));
    } catch (error) {
      waiting.delete(id);
      entry.reject(error);
    } finally {
      entry.looking = false;
    }
  };

  const take = async (id: string, entry: Waiting): Promise<void> => {
    const state = await queue.getJobState(id);
    if (state === 'unknown') return addAnew(id, entry);
    if (state !== 'completed' && state !== 'failed') return;
    // Read after its state, so that what is read is how it ended.
    const job = await Job.fromId<TrialJob, JobResult>(queue, id);
    if (!job) return addAnew(id, entry);
    if (state === 'failed') {
      // It was no fault of the training that its job was damaged.
      if (!isJob(job.data) || jobId(job.data) !== id) return renew(id, entry, job);
      waiting.delete(id);
      return entry.reject(new TrialFailure(failureText(job)));
    }
    const result: unknown = job.returnvalue;
    if (!isJobResult(result)) return renew(id, entry, job);
    const worker = job.processedBy ?? 'a worker';
    if ('refused' in result) throw new InputError(`${result.refused} (${worker})`);
    if ('redis' in result) return renew(id, entry, job, `${result.redis} (${worker})`);
    if ('outcome' in result) {
      const bytes = await contents.get(result.outcome);
      // Forgotten, or taken by an earlier study: it is computed again.
      if (!bytes) return renew(id, entry, job, result.outcome);
      const outcome = outcomeOf(bytes, entry);
      // Taken once, whoever else reports it.
      if (!waiting.delete(id)) return;
      entry.resolve(outcome);
      const { from } = entry.job;
      await Promise.all([contents.remove(result.outcome), from && contents.remove(from)]).catch(() => {});
      return;
    }
    entry.sent += 1;
    if (entry.sent >= MOST_SENT) {
      const { missing } = result;
      throw new InputError(
        `a worker cannot have ${sizeText(missing.bytes)} of model, rows or state (SHA-256 ${missing.sha256}): ${isLarge(missing) ? '--shared must name the same folder or URL for this command and for all workers' : `somebody removes or changes it in ${shownAddress(address)}`}`,
      );
    }
    onNote(`${worker} did not find what a training needs, or found it damaged; it is sent again`);
    await entry.sendAgain();
    await renew(id, entry, job);
  };

  /**
   * Lets a job be done again whose result cannot be used.
   *
   * @param cause in words, or what was gone or damaged
   */
  const renew = async (id: string, entry: Waiting, job: Job, cause?: string | Content): Promise<void> => {
    entry.renewed += 1;
    if (entry.renewed > MOST_RENEWED) {
      const where = typeof cause === 'object' && isLarge(cause) ? 'what --shared names' : shownAddress(address);
      const lost = `${where} did not keep what workers gave for trial "${entry.spec.trial}", ${MOST_RENEWED} times: somebody removes or changes it there`;
      throw new InputError(`${typeof cause === 'string' ? cause : lost}; ${RESUMABLE}`);
    }
    await job.remove();
    await add(id, entry);
  };

  /** Adds a job that is in no list: lost, or added in part by a command that Redis refused in the middle, as whose copy a new one would count. */
  const addAnew = async (id: string, entry: Waiting): Promise<void> => {
    await queue.remove(id);
    await add(id, entry);
  };

  const clock = clockWatch(onNote);
  const looks = setInterval(() => {
    clock.look();
    const ids = [...waiting.keys()];
    for (const id of ids.slice(looked, looked + LOOKS)) void look(id);
    looked = looked + LOOKS < ids.length ? looked + LOOKS : 0;
    if (watch.goneFor() > patience * 1000)
      fail(
        new InputError(
          `${shownAddress(address)} has not answered for ${patience < 120 ? `${patience} s` : `${Math.round(patience / 60)} minutes`}; ${RESUMABLE}`,
        ),
      );
    else if (waiting.size > 0 && watch.goneFor() === 0 && performance.now() - lastSign >= IDLE_BEFORE_NOTE * 1000)
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
          const id = jobId(job);
          const abortable = signal as AbortSignal | undefined;
          let onAbort: (() => void) | undefined;
          const outcome = await new Promise<TrialOutcome>((resolve, reject) => {
            onAbort = () => {
              waiting.delete(id);
              void queue.remove(id).catch(() => {});
              reject(abortable?.reason);
            };
            // All trainings listen to one signal, which Node would take for a leak.
            if (abortable) setMaxListeners(0, abortable);
            abortable?.addEventListener('abort', onAbort);
            const sendAgain = async () => {
              await put(true);
              const i = sessions.findIndex(({ ref }) => ref === model.ref);
              await send(sessions[i] as SentTrials, modules[i], true);
            };
            waiting.set(id, {
              ...{ job, spec, sendAgain, resolve, reject },
              looking: false,
              again: false,
              sent: 0,
              renewed: 0,
            });
            void begin(id);
          }).finally(() => onAbort && abortable?.removeEventListener('abort', onAbort));
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
        if (redis.status === 'ready')
          await Promise.all([...waiting.keys()].map((id) => queue.remove(id).catch(() => {})));
        isClosed = true;
        await Promise.all([events.close(), queue.close()]).catch(() => {});
      };
      // BullMQ would wait for a Redis that has gone, or does not answer.
      await Promise.race([goodbye(), new Promise((resolve) => setTimeout(resolve, CLOSING).unref())]);
      isClosed = true;
      fail(new Error('the queue was closed'));
    },
  };

  async function hasOutcome(id: string): Promise<boolean> {
    const result: unknown = (await Job.fromId(queue, id))?.returnvalue;
    return isJobResult(result) && 'outcome' in result;
  }

  /** Adds a job, or finds it from before: one that could not be done then is tried again. */
  async function begin(id: string): Promise<void> {
    const entry = waiting.get(id) as Waiting;
    try {
      const state = await patiently(() => queue.getJobState(id));
      if (state === 'failed' || (state === 'completed' && !(await patiently(() => hasOutcome(id)))))
        await patiently(() => addAnew(id, entry));
      else if (state === 'unknown') await patiently(() => add(id, entry));
      else await look(id);
    } catch (error) {
      waiting.delete(id);
      entry.reject(error);
    }
  }
}

/** Whether bytes go by what is shared. */
function isLarge({ bytes }: Content): boolean {
  return bytes > MOST_IN_REDIS;
}

/** Jobs that a study has in Redis at a time: enough for a thousand workers, and few enough that what waits takes little memory. */
const MOST_AT_ONCE = 2000;

/** Why a job failed each time, in one line. */
function failureText({ failedReason = 'no reason is known', processedBy }: Job): string {
  const stalled = /stalled more than/.test(failedReason);
  const reason = stalled ? 'each worker that began it ended, or did not answer' : failedReason.split('\n')[0];
  return `${reason}${processedBy ? ` (last on ${processedBy})` : ''}`;
}

/** @throws InputError for bytes that are no outcome of the training */
function outcomeOf(bytes: Uint8Array, { spec }: Waiting): TrialOutcome {
  const outcome = JSON.parse(new TextDecoder().decode(bytes)) as TrialOutcome;
  const { trial, seed, evaluateAt } = spec;
  checkJournalEntry(
    { kind: 'trained', trial, seed, untilStep: evaluateAt.at(-1), ...outcome } as never,
    `what a worker gave for trial "${trial}"`,
  );
  return outcome;
}
