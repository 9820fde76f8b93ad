import { useThreads } from '@lrfind/backends';

/** Another thread that has a copy of a session. */
export interface SessionWorker {
  /**
   * Runs a task on the copy.
   *
   * @param task plain data
   * @param onEvent gets what the task reports while it runs
   * @throws the signal's reason when it is aborted; a ListenerFailure when `onEvent` throws; an error of the worker, which says nothing
   *   about the task
   */
  ask(task: object, onEvent: (event: never) => void, signal: AbortSignal | undefined): Promise<unknown>;
  /** Lets the thread end. */
  close(): void;
}

/** What a function of the caller's has thrown, to which a worker reported. */
export class ListenerFailure {
  constructor(readonly error: unknown) {}
}

/** A piece of work, and how to do it here or on a worker, with the same result. */
export interface Job<Result> {
  readonly here: () => Promise<Result>;
  readonly there: (worker: SessionWorker) => Promise<Result>;
  /** Whether a worker can do it: whether it is plain data. Default: yes. */
  readonly isPlain?: boolean;
  /** Steps that were taken, where the pace of the lanes is to be compared. */
  readonly steps?: (result: Result) => number;
  readonly signal?: AbortSignal | undefined;
}

/** What computes the trainings of a session: this thread, which takes one job at a time, and workers, once there are any. */
export interface Lanes {
  /** Runs a job in the first lane that is free. Jobs begin in the order in which they were given. */
  run<Result>(job: Job<Result>): Promise<Result>;
  /** Whether workers may be added. */
  readonly isOpen: boolean;
  /** Adds a worker. */
  add(worker: SessionWorker): void;
  /** Says how long a step takes here while no worker runs, in milliseconds. */
  paceAlone(milliseconds: number): void;
  /** Lets the workers end that there are now. */
  release(): void;
  /** Lets all workers end, and those that are still to come. */
  close(): void;
}

/** Workers must make all lanes together at least this much faster than this thread alone. */
const LEAST_GAIN = 1.1;

interface Waiting {
  readonly here: () => Promise<void>;
  readonly there: (worker: SessionWorker) => Promise<void>;
  readonly isPlain: boolean;
}

/** The lanes of a session: at first this thread alone. */
export function sessionLanes(): Lanes {
  const queue: Waiting[] = [];
  const idle: SessionWorker[] = [];
  const workers = new Set<SessionWorker>();
  /** Milliseconds a step: of this thread alone, and of each lane while workers run. */
  let alone: number | undefined;
  const paces = new Map<SessionWorker | 'here', number>();
  let isOpen = true;
  let busyHere = false;
  let busyWorkers = 0;

  const dispatch = (): void => {
    if (!busyHere) {
      const job = queue.shift();
      if (job) void onThisThread(job);
    }
    while (idle.length > 0) {
      const plain = queue.findIndex(({ isPlain }) => isPlain);
      if (plain < 0) return;
      const [job] = queue.splice(plain, 1);
      void onWorker(idle.shift() as SessionWorker, job as Waiting);
    }
  };
  const onThisThread = async (job: Waiting): Promise<void> => {
    busyHere = true;
    await job.here();
    busyHere = false;
    dispatch();
  };
  const onWorker = async (worker: SessionWorker, job: Waiting): Promise<void> => {
    busyWorkers += 1;
    // Each processor has a lane of its own now.
    useThreads(false);
    await job.there(worker);
    busyWorkers -= 1;
    if (busyWorkers === 0) useThreads(true);
    if (workers.has(worker)) idle.push(worker);
    dispatch();
  };
  const remove = (worker: SessionWorker): void => {
    workers.delete(worker);
    worker.close();
  };
  const release = (): void => {
    for (const worker of [...workers]) remove(worker);
    idle.length = 0;
  };
  const compare = (): void => {
    const all = [...paces.values()];
    if (alone === undefined || !paces.has('here') || all.length < 2) return;
    const together = all.reduce((sum, pace) => sum + 1 / pace, 0);
    if (together >= LEAST_GAIN / alone) return;
    isOpen = false;
    release();
  };
  const paced = async <Result>(
    lane: SessionWorker | 'here',
    job: Job<Result>,
    run: () => Promise<Result>,
  ): Promise<Result> => {
    const clock = performance.now();
    const shared = busyWorkers > 0;
    const result = await run();
    const steps = job.steps?.(result) ?? 0;
    if (steps > 0 && shared && (lane !== 'here' || busyWorkers > 0)) {
      paces.set(lane, (performance.now() - clock) / steps);
      compare();
    }
    return result;
  };

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const here = () => paced('here', job, job.here).then(resolve, reject);
        const there = async (worker: SessionWorker) => {
          try {
            resolve(await paced(worker, job, () => job.there(worker)));
          } catch (error) {
            if (error instanceof ListenerFailure) return reject(error.error);
            if (job.signal?.aborted) return reject(error);
            // What is wrong with the worker need not be wrong with the job.
            remove(worker);
            queue.unshift({ here, there, isPlain: false });
          }
        };
        queue.push({ here, there, isPlain: job.isPlain ?? true });
        dispatch();
      }),
    get isOpen() {
      return isOpen;
    },
    add(worker) {
      if (!isOpen) return worker.close();
      workers.add(worker);
      idle.push(worker);
      dispatch();
    },
    paceAlone(milliseconds) {
      alone = milliseconds;
    },
    release,
    close() {
      isOpen = false;
      release();
    },
  };
}
