import { InputError, sizeText } from '@lrfind/core';
import { checkJournalEntry, TrialFailure, type TrialOutcome, type TrialSpec } from '@lrfind/core/study';
import { Job, type Queue } from 'bullmq';
import { type Content, type Contents, MOST_IN_REDIS } from '../contents/contents.js';
import { isJob, isJobResult, type JobResult, jobId, type TrialJob } from '../jobs/trial-job.js';
import { type RedisAddress, shownAddress } from '../redis/address.js';

/** A training that a study gives to workers. */
export interface Awaited {
  readonly job: TrialJob;
  readonly spec: TrialSpec;
  /** Stores what the job needs once more. */
  readonly sendAgain: () => Promise<void>;
}

/** The jobs that a study waits for. */
export interface AwaitedJobs {
  /** Whether there are any. */
  readonly isEmpty: boolean;
  /**
   * Adds a job, or finds it from before, and waits for its outcome: taken once, whoever reports it, and computed again where it is lost.
   *
   * @throws TrialFailure for a training that failed each time; InputError for what no other try would change
   */
  outcomeOf(awaited: Awaited): Promise<TrialOutcome>;
  /** Waits for a job no longer, and takes it back. */
  takeBack(awaited: Awaited): void;
  /** Takes back all jobs that no worker has begun. */
  takeAllBack(): Promise<void>;
  /** Looks at a job: takes what it gave, or adds it where it is not there. */
  look(id: string): void;
  /** Looks at all of them. */
  lookAtAll(): void;
  /** Looks at some of them, in turn. */
  lookAtSome(): void;
  /** Ends all waiting. */
  fail(error: unknown): void;
}

/** What jobs are waited for by. */
export interface AwaitingOptions {
  readonly address: RedisAddress;
  readonly queue: Queue<TrialJob, JobResult>;
  readonly contents: Contents;
  /** Asks Redis something until it answers. */
  readonly patiently: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly onNote: (note: string) => void;
}

/** Tries of a training that fails, each on any worker. */
const TRIES = 3;

/** Jobs that have ended are kept so that `lrfind queue` can show them: this many of a kind. */
const KEPT = 2000;

/** Jobs that are looked at in turn. */
const LOOKS = 500;

/** Times that a worker may miss what it needs before the study ends. */
const MOST_SENT = 3;

/** Times that a training is done again because what a worker gave is gone or damaged. */
const MOST_RENEWED = 5;

/** What a study that ends tells of itself. */
export const RESUMABLE = 'what is done is in the journal, and --resume goes on';

interface Waiting extends Awaited {
  readonly resolve: (outcome: TrialOutcome) => void;
  readonly reject: (error: unknown) => void;
  looking: boolean;
  /** Something happened while it was looked at. */
  again: boolean;
  sent: number;
  renewed: number;
}

/** Waits for jobs of a queue. */
export function awaitedJobs({ address, queue, contents, patiently, onNote }: AwaitingOptions): AwaitedJobs {
  const waiting = new Map<string, Waiting>();
  let looked = 0;

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
      const outcome = readOutcome(bytes, entry);
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

  const hasOutcome = async (id: string): Promise<boolean> => {
    const result: unknown = (await Job.fromId(queue, id))?.returnvalue;
    return isJobResult(result) && 'outcome' in result;
  };

  /** Adds a job, or finds it from before: one that could not be done then is tried again. */
  const begin = async (id: string, entry: Waiting): Promise<void> => {
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
  };

  return {
    get isEmpty() {
      return waiting.size === 0;
    },
    outcomeOf: (awaited) =>
      new Promise((resolve, reject) => {
        const id = jobId(awaited.job);
        const entry: Waiting = {
          ...{ ...awaited, resolve, reject },
          ...{ looking: false, again: false, sent: 0, renewed: 0 },
        };
        waiting.set(id, entry);
        void begin(id, entry);
      }),
    takeBack({ job }) {
      const id = jobId(job);
      waiting.delete(id);
      void queue.remove(id).catch(() => {});
    },
    async takeAllBack() {
      await Promise.all([...waiting.keys()].map((id) => queue.remove(id).catch(() => {})));
    },
    look: (id) => void look(id),
    lookAtAll() {
      for (const id of waiting.keys()) void look(id);
    },
    lookAtSome() {
      const ids = [...waiting.keys()];
      for (const id of ids.slice(looked, looked + LOOKS)) void look(id);
      looked = looked + LOOKS < ids.length ? looked + LOOKS : 0;
    },
    fail(error) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

/** Whether bytes go by what is shared. */
function isLarge({ bytes }: Content): boolean {
  return bytes > MOST_IN_REDIS;
}

/** Why a job failed each time, in one line. */
function failureText({ failedReason = 'no reason is known', processedBy }: Job): string {
  const stalled = /stalled more than/.test(failedReason);
  const reason = stalled ? 'each worker that began it ended, or did not answer' : failedReason.split('\n')[0];
  return `${reason}${processedBy ? ` (last on ${processedBy})` : ''}`;
}

/** @throws InputError for bytes that are no outcome of the training */
function readOutcome(bytes: Uint8Array, { spec }: Waiting): TrialOutcome {
  const outcome = JSON.parse(new TextDecoder().decode(bytes)) as TrialOutcome;
  const { trial, seed, evaluateAt } = spec;
  checkJournalEntry(
    { kind: 'trained', trial, seed, untilStep: evaluateAt.at(-1), ...outcome } as never,
    `what a worker gave for trial "${trial}"`,
  );
  return outcome;
}
