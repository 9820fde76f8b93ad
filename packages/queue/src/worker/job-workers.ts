import { type Job, Worker, type WorkerOptions } from 'bullmq';
import { openPlaces, type Places } from './places.js';

/**
 * Starts BullMQ's workers of some queues, which together run at most `concurrency` jobs at a time. Where jobs wait in several queues, they
 * are taken in turn.
 *
 * @param run runs a job of any of the queues
 * @param options those of one worker; called for each, since each has a connection of its own
 */
export function startWorkers<Data, Result>(
  queues: readonly string[],
  run: (data: Data) => Promise<Result>,
  concurrency: number,
  options: () => WorkerOptions,
): Worker<Data, Result>[] {
  const all = () => ({ ...options(), concurrency });
  const process = (job: Job<Data, Result>) => run(job.data);
  if (queues.length === 1) return queues.map((queue) => new Worker(queue, process, all()));
  const places = openPlaces(concurrency);
  return queues.map((queue) => new PlacedWorker(queue, process, places, all()));
}

/** Waits for the jobs that workers have, then ends them. */
export async function closeWorkers(workers: readonly Worker[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.close()));
}

/** A worker that takes a job only when it has a place for it. Workers that share places run no more jobs at a time than there are. */
class PlacedWorker<Data, Result> extends Worker<Data, Result> {
  readonly #places: Places;
  /** Jobs that have a place, and which BullMQ's loop has yet to begin. */
  #taken = 0;

  constructor(
    name: string,
    process: (job: Job<Data, Result>) => Promise<Result>,
    places: Places,
    options: WorkerOptions,
  ) {
    super(name, process, options);
    this.#places = places;
  }

  /** Looks for a job: here alone BullMQ's loop takes any, one after the other. */
  protected override async moveToActive(token: string, name?: string): Promise<Job<Data, Result>> {
    const none = undefined as unknown as Job<Data, Result>;
    if (!this.#places.takeFree()) {
      // The loop begins what it has taken once it finds no other. If it waited before, two workers could wait for each other.
      if (this.#taken > 0) return none;
      await this.#places.take();
    }
    let job = none;
    try {
      if (!this.closing && !this.paused) job = await super.moveToActive(token, name);
    } finally {
      if (job) this.#taken += 1;
      else this.#places.giveBack();
    }
    return job;
  }

  /** Runs a job, and reports how it ended, without taking the next one of its queue in the same command: others may be in line. */
  override async processJob(job: Job<Data, Result>, token: string): Promise<undefined> {
    this.#taken -= 1;
    try {
      await super.processJob(job, token, () => false);
    } finally {
      this.#places.giveBack();
    }
  }
}
