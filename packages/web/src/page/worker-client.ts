import type { LiveUpdate } from 'lrfind/src/live/live-state.js';
import type { Answers, FromWorker, Task, ToWorker } from '../protocol.js';

/** Milliseconds in which stopped work should end by itself. */
const PATIENCE = 2000;

/** What went wrong, in words for the visitor. */
export class WorkError extends Error {
  /**
   * @param isMistake whether the visitor can correct it
   * @param isStop whether the visitor stopped the work
   */
  constructor(
    message: string,
    readonly isMistake: boolean,
    readonly isStop = false,
  ) {
    super(message);
  }
}

/** Work that is being done. */
export interface Work<Answer> {
  readonly answer: Promise<Answer>;
  /** Ends it: by a signal, and where it does not listen with the worker. Its answer is then a `WorkError` that says so. */
  stop(): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: WorkError) => void;
  readonly onUpdate?: ((update: LiveUpdate) => void) | undefined;
}

/** The worker of the page, which starts with the first task, and again when it had to be ended. */
export function workerClient() {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let worker: Worker | undefined;

  function start(): Worker {
    const made = new Worker(new URL('worker.js', document.baseURI), { type: 'module', name: 'lrfind' });
    made.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      const task = waiting.get(data.id);
      if (!task) return;
      if ('update' in data) return task.onUpdate?.(data.update);
      waiting.delete(data.id);
      if ('error' in data) task.reject(new WorkError(data.error, data.isMistake, data.error === 'stopped'));
      else task.resolve(data.answer as never);
    };
    made.onerror = (event) => end(`The worker failed: ${event.message || 'its script could not be loaded'}`, false);
    return made;
  }

  /** Ends the worker and all that it does, and starts another one. */
  function end(why: string, isStop: boolean): void {
    worker?.terminate();
    worker = undefined;
    const tasks = [...waiting.values()];
    waiting.clear();
    for (const { reject } of tasks) reject(new WorkError(why, false, isStop));
  }

  return {
    /**
     * Gives the worker something to do.
     *
     * @param onUpdate gets what changes meanwhile
     */
    ask<Kind extends Task['kind']>(
      task: Extract<Task, { kind: Kind }>,
      onUpdate?: (update: LiveUpdate) => void,
    ): Work<Answers[Kind]> {
      last += 1;
      const id = last;
      const answer = new Promise<Answers[Kind]>((resolve, reject) => {
        waiting.set(id, { resolve, reject, onUpdate });
      });
      worker ??= start();
      worker.postMessage({ id, task } satisfies ToWorker);
      return {
        answer,
        stop() {
          worker?.postMessage({ stop: id } satisfies ToWorker);
          setTimeout(() => waiting.has(id) && end('stopped', true), PATIENCE);
        },
      };
    },
  };
}

/** What `workerClient` gives. */
export type WorkerClient = ReturnType<typeof workerClient>;
