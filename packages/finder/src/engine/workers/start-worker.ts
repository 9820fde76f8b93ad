import { backendInUse, processors } from '@lrfind/backends';
import { ListenerFailure, type SessionWorker } from './lanes.js';
import { nodeProcess } from './node.js';
import type { SessionCopy } from './session-copy.js';
import { workerModule } from './worker-module.js';
import type { FromWorker, ToWorker, WorkerTask } from './worker-tasks.js';

/** Waits for the result of a task. */
interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error | ListenerFailure) => void;
  readonly onEvent: (event: never) => void;
}

type Thread = InstanceType<ReturnType<typeof workerThreads>['Worker']>;

const workerThreads = () => (nodeProcess as NodeJS.Process).getBuiltinModule('node:worker_threads');

/** Threads that were started before there was a session for them. */
const prepared: Thread[] = [];

/** What ended threads before somebody listened to them. */
const failures = new WeakMap<Thread, Error>();

/** A thread that loads its modules. It does not keep the process alive, and its end is no error of the process. */
function startThread(threads: number): Thread {
  // Without the flags of the process: modules that it preloads (`--import`) are not for this thread.
  const env = { ...nodeProcess?.env, LRFIND_THREADS: String(threads) };
  const thread = new (workerThreads().Worker)(workerModule(), { env, execArgv: [], name: 'lrfind' });
  thread.on('error', (error: Error) => failures.set(thread, error));
  thread.on('exit', () => failures.set(thread, failures.get(thread) ?? new Error('the worker has ended')));
  thread.unref();
  return thread;
}

/**
 * Starts threads that later workers use, so that they load their modules meanwhile.
 *
 * @param threads that each computes with, at most
 * @param backend which they open too, where it is known
 */
export function prepareThreads(count: number, threads: number, backend: string | undefined): void {
  while (prepared.length < count) prepared.push(startThread(threads));
  if (backend)
    for (const thread of prepared) thread.postMessage({ backend, mostThreads: processors() } satisfies ToWorker);
}

/** Ends the threads that were started ahead and are not used. */
export function endPrepared(): void {
  for (const thread of prepared.splice(0)) thread.postMessage({ close: true } satisfies ToWorker);
}

/**
 * Starts a worker, in Node, with copies of sessions. It does not keep the process alive while it has nothing to do.
 *
 * @param sessions null for one that it has no tasks for
 * @param threads that it computes with
 */
export function startWorker(sessions: readonly (SessionCopy | null)[], threads: number): SessionWorker {
  const worker = prepared.pop() ?? startThread(threads);
  const post = (message: ToWorker) => worker.postMessage(message);
  const asked = new Map<number, Asked>();
  let count = 0;
  let ended = failures.get(worker);
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of asked.values()) reject(ended);
    asked.clear();
  };
  worker.on('message', (message: FromWorker) => {
    const task = asked.get(message.id);
    if (!task) return;
    if ('event' in message) {
      try {
        return task.onEvent(message.event as never);
      } catch (error) {
        post({ abort: message.id });
        asked.delete(message.id);
        return task.reject(new ListenerFailure(error));
      }
    }
    asked.delete(message.id);
    if (asked.size === 0) worker.unref();
    if ('error' in message) task.reject(new Error(message.error));
    else task.resolve(message.result);
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the worker has ended')));
  post({ start: { backend: backendInUse()?.name as string, sessions, threads, mostThreads: processors() } });
  return {
    ask(task, onEvent, signal) {
      if (ended) return Promise.reject(ended);
      if (signal?.aborted) return Promise.reject(signal.reason);
      const id = ++count;
      const abort = () => post({ abort: id });
      signal?.addEventListener('abort', abort);
      worker.ref();
      const result = new Promise((resolve, reject) => asked.set(id, { resolve, reject, onEvent }));
      post({ id, task: task as WorkerTask });
      return result
        .catch((error: Error) => {
          signal?.throwIfAborted();
          throw error;
        })
        .finally(() => signal?.removeEventListener('abort', abort));
    },
    useThreads(count) {
      post({ threads: count });
    },
    close() {
      post({ close: true });
    },
  };
}
