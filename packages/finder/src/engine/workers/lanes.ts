import { useThreads } from '@lrfind/backends';
import type { Workers } from '@lrfind/core/study';
import { type CopiedSession, copySessions, type SessionCopy } from './session-copy.js';

/** Another thread that has copies of the sessions of some lanes. */
export interface SessionWorker {
  /**
   * Runs a task on a copy.
   *
   * @param task plain data
   * @param onEvent gets what the task reports while it runs
   * @throws the signal's reason when it is aborted; a ListenerFailure when `onEvent` throws; an error of the worker, which says nothing
   *   about the task
   */
  ask(task: object, onEvent: (event: never) => void, signal: AbortSignal | undefined): Promise<unknown>;
  /** Lets the thread compute with so many threads from now on, its own among them. */
  useThreads(threads: number): void;
  /** Lets the thread end. */
  close(): void;
}

/** What a function of the caller's has thrown, to which a worker reported. */
export class ListenerFailure {
  constructor(readonly error: unknown) {}
}

/** A piece of work, and how to do it here or on a worker, with the same result. */
export interface Job<Result> {
  /** The number of its session. */
  readonly session: number;
  readonly here: () => Promise<Result>;
  readonly there: (worker: SessionWorker) => Promise<Result>;
  /** Whether a worker can do it: whether it is plain data. Default: yes. */
  readonly isPlain?: boolean;
  /**
   * How fast it was done, as a multiple of this thread's pace while no worker computes; undefined where that is not known.
   *
   * @param milliseconds that it took
   */
  readonly speed?: ((result: Result, milliseconds: number) => number | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a worker computes the same with a session as this thread does. */
export type Check = (worker: SessionWorker) => Promise<boolean>;

/** What computes the trainings of some sessions: this thread, which takes one job at a time, and workers, once there are any. */
export interface Lanes {
  /** How many lanes there are to be. */
  readonly wanted: Workers;
  /** Lets a session into the lanes; the result is its number. */
  enter(session: () => CopiedSession): number;
  /**
   * Runs a job in the first lane that is free. Jobs begin in the order in which they were given, but for those that no worker can take
   * yet. One whose signal is aborted does not begin.
   */
  run<Result>(job: Job<Result>): Promise<Result>;
  /** Whether workers may be added. */
  readonly isOpen: boolean;
  /**
   * Whether workers may be started for the jobs of a session: there were none since the last release, it can be copied, and it is a
   * while since workers made no gain.
   */
  mayStart(session: number): boolean;
  /** Whether no worker computes now. */
  readonly isAlone: boolean;
  /** Whether there are workers that may not take jobs of a session yet, because none was checked with it, but could. */
  needsCheck(session: number): boolean;
  /** Copies of all sessions, for workers; null for one that cannot be copied. */
  copies(): readonly (SessionCopy | null)[];
  /**
   * Adds workers once they have passed a check.
   *
   * @param threads that each lane computes with while all have work
   */
  add(workers: readonly SessionWorker[], session: number, check: Check, threads: number): void;
  /** Lets the workers take the jobs of a further session too, once one that is idle has passed a check; does nothing where none is. */
  extend(session: number, check: Check): void;
  /** Why there are fewer lanes than were asked for, in sentences. */
  readonly notes: readonly string[];
  /** Lets the workers end that there are now. */
  release(): void;
  /** Lets all workers end, and those that are still to come. */
  close(): void;
}

/** Workers must make all lanes together at least this much faster than this thread alone. */
const LEAST_GAIN = 1.1;

/** Milliseconds of work of each lane by which that is judged: a single short job may be slow for any reason. */
const LEAST_MEASURED = 2000;

/**
 * Milliseconds until workers may be started again after they made no gain: other programs may have had the processors then. Doubled each
 * time.
 */
const FIRST_REST = 60_000;

/** The work of a lane beside others, and how long this thread alone would have taken for it, in milliseconds. */
interface LaneWork {
  milliseconds: number;
  alone: number;
}

interface Waiting {
  readonly session: number;
  readonly here: () => Promise<void>;
  readonly there: (worker: SessionWorker) => Promise<void>;
  readonly isPlain: boolean;
  /** Gives it up, where its signal was aborted. */
  readonly dropped: () => boolean;
}

/**
 * The lanes of some sessions: at first this thread alone.
 *
 * @param wanted how many lanes there are to be. Workers that were asked for by number stay, however little they gain
 */
export function sessionLanes(wanted: Workers = 'auto'): Lanes {
  const isAuto = wanted === 'auto';
  const queue: Waiting[] = [];
  /** The workers that were started, and of those that were added how many jobs each has. */
  const started = new Set<SessionWorker>();
  const workers = new Map<SessionWorker, number>();
  const sessions: (() => CopiedSession)[] = [];
  /** The sessions that the workers have copies of, those that cannot be copied, and those that a worker was checked with, or is. */
  const copied = new Set<number>();
  const uncopied = new Set<number>();
  const checked = new Set<number>();
  const checking = new Set<number>();
  const notes: string[] = [];
  const works = new Map<SessionWorker | 'here', LaneWork>();
  let isOpen = true;
  /** Until when no workers are started, and for how long after the next time that they made no gain. */
  let restsUntil = 0;
  let rest = FIRST_REST;
  let hasStarted = false;
  let busyHere = false;
  /** Jobs that workers have. */
  let jobsOfWorkers = 0;
  /** Of all lanes together. */
  let allThreads = 1;
  /** What each worker was told last, and this thread. */
  const threadsOf = new Map<SessionWorker, number>();
  let threadsHere = Number.POSITIVE_INFINITY;

  const note = (why: string) => {
    if (!isAuto && !notes.includes(why)) notes.push(why);
  };
  const dispatch = (): void => {
    handOut();
    shareThreads();
  };
  /** Divides the threads among the lanes that have work. */
  const shareThreads = (): void => {
    // One that is being checked computes too.
    const busy = [...started].filter((worker) => workers.get(worker) !== 0);
    const each = Math.max(1, Math.floor(allThreads / (busy.length + (busyHere ? 1 : 0))));
    const here = busy.length === 0 ? Number.POSITIVE_INFINITY : each;
    if (threadsHere !== here) useThreads(here);
    threadsHere = here;
    for (const worker of busy) {
      if (threadsOf.get(worker) !== each) worker.useThreads(each);
      threadsOf.set(worker, each);
    }
  };
  const handOut = (): void => {
    while (!busyHere) {
      const job = queue.shift();
      if (!job) break;
      if (!job.dropped()) void onThisThread(job);
    }
    for (;;) {
      const worker = nextWorker();
      const at = worker ? queue.findIndex(({ isPlain, session }) => isPlain && checked.has(session)) : -1;
      if (!worker || at < 0) return;
      const [job] = queue.splice(at, 1) as [Waiting];
      if (!job.dropped()) void onWorker(worker, job.there);
    }
  };
  /**
   * The worker that gets the next job: one without any. While more jobs wait than there are lanes, also one that has a single one, so
   * that it need not wait until this thread, which is busy with a job of its own, hears that it has ended.
   */
  const nextWorker = (): SessionWorker | undefined => {
    const having = (jobs: number) => [...workers.keys()].find((worker) => workers.get(worker) === jobs);
    return having(0) ?? (queue.length > workers.size + 1 ? having(1) : undefined);
  };
  const onThisThread = async (job: Waiting): Promise<void> => {
    busyHere = true;
    await job.here();
    busyHere = false;
    dispatch();
  };
  const onWorker = async (worker: SessionWorker, work: (worker: SessionWorker) => Promise<void>): Promise<void> => {
    jobsOfWorkers += 1;
    workers.set(worker, (workers.get(worker) ?? 0) + 1);
    await work(worker);
    jobsOfWorkers -= 1;
    const jobs = workers.get(worker);
    if (jobs !== undefined) workers.set(worker, jobs - 1);
    dispatch();
  };
  const remove = (worker: SessionWorker): void => {
    started.delete(worker);
    workers.delete(worker);
    works.delete(worker);
    threadsOf.delete(worker);
    worker.close();
    // The limit outlives these lanes: it is the backend's.
    shareThreads();
  };
  const release = (): void => {
    for (const worker of [...started]) remove(worker);
    hasStarted = false;
    // Later workers are checked again.
    for (const each of [copied, checked, checking]) each.clear();
  };
  const compare = (): void => {
    const all = [...works.values()];
    if (!isAuto || !works.has('here') || all.length < 2) return;
    if (all.some(({ milliseconds }) => milliseconds < LEAST_MEASURED)) return;
    if (all.reduce((sum, { alone, milliseconds }) => sum + alone / milliseconds, 0) >= LEAST_GAIN) return;
    works.clear();
    release();
    restsUntil = performance.now() + rest;
    rest *= 2;
  };
  const timed = async <Result>(
    lane: SessionWorker | 'here',
    job: Job<Result>,
    run: () => Promise<Result>,
  ): Promise<Result> => {
    const clock = performance.now();
    const shared = jobsOfWorkers > 0;
    const result = await run();
    const milliseconds = performance.now() - clock;
    const speed = job.speed?.(result, milliseconds);
    const isAdded = lane === 'here' || workers.has(lane);
    if (speed !== undefined && isAdded && shared && (lane !== 'here' || jobsOfWorkers > 0)) {
      const before = works.get(lane) ?? { milliseconds: 0, alone: 0 };
      works.set(lane, {
        milliseconds: before.milliseconds + milliseconds,
        alone: before.alone + speed * milliseconds,
      });
      compare();
    }
    return result;
  };
  const passes = async (worker: SessionWorker, check: Check): Promise<boolean> => {
    try {
      if (await check(worker)) return true;
      note('a worker did not compute the same as the calling thread, and was not used');
    } catch (error) {
      note(`a worker did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
    return false;
  };

  return {
    wanted,
    enter: (session) => sessions.push(session) - 1,
    run: (job) =>
      new Promise((resolve, reject) => {
        const { session, signal, isPlain = true } = job;
        const here = () => timed('here', job, job.here).then(resolve, reject);
        const there = async (worker: SessionWorker) => {
          try {
            resolve(await timed(worker, job, () => job.there(worker)));
          } catch (error) {
            if (error instanceof ListenerFailure) return reject(error.error);
            if (signal?.aborted) return reject(error);
            // What is wrong with the worker need not be wrong with the job.
            note(`a worker ended before its time: ${error instanceof Error ? error.message : String(error)}`);
            remove(worker);
            queue.unshift({ session, here, there, isPlain: false, dropped });
          }
        };
        const dropped = () => {
          if (signal?.aborted) reject(signal.reason);
          return signal?.aborted ?? false;
        };
        queue.push({ session, here, there, isPlain, dropped });
        dispatch();
      }),
    get isOpen() {
      return isOpen;
    },
    mayStart: (session) => isOpen && !hasStarted && performance.now() >= restsUntil && !uncopied.has(session),
    get isAlone() {
      return jobsOfWorkers === 0;
    },
    needsCheck: (session) => isOpen && copied.has(session) && !checking.has(session),
    copies: () =>
      copySessions(sessions.map((session) => session())).map((copy, i) => {
        if (typeof copy !== 'string') {
          copied.add(i);
          return copy;
        }
        uncopied.add(i);
        note(copy);
        return null;
      }),
    add(all, session, check, threads) {
      hasStarted = true;
      allThreads = threads * (all.length + 1);
      checking.add(session);
      for (const worker of all) {
        started.add(worker);
        void passes(worker, check).then((isSame) => {
          if (!isSame || !isOpen || !started.has(worker)) return remove(worker);
          checked.add(session);
          workers.set(worker, 0);
          dispatch();
        });
      }
      shareThreads();
    },
    extend(session, check) {
      const worker = [...workers.keys()].find((each) => workers.get(each) === 0);
      if (!worker) return;
      checking.add(session);
      void onWorker(worker, async () => {
        if (await passes(worker, check)) checked.add(session);
      });
      shareThreads();
    },
    notes,
    release,
    close() {
      isOpen = false;
      release();
    },
  };
}
