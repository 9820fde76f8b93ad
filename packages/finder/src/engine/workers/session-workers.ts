import { type BackendInfo, backendInUse } from '@lrfind/backends';
import type { SearchOptions } from '../search.js';
import type { Session } from '../session.js';
import { nodeProcess } from './node.js';
import { prepareThreads, startWorker } from './start-worker.js';
import { workerModule } from './worker-module.js';

/** Milliseconds until a worker has loaded its modules, opened its backend and compiled its first step, on a slow machine. */
const START_MS = 1000;

/** More workers than this would hardly find work in a search. */
const MOST_WORKERS = 7;

/** Threads that are started ahead. */
const MOST_PREPARED = 3;

/** The processors that lrfind may use, as for the threads of a backend. */
function processors(): number {
  const { env, getBuiltinModule } = nodeProcess as NodeJS.Process;
  const { LRFIND_THREADS } = env;
  const available = getBuiltinModule('node:os').availableParallelism();
  return Math.min(available, LRFIND_THREADS === undefined ? available : Number(LRFIND_THREADS));
}

/**
 * Whether trainings of a session may run on workers: on a backend that gives the same bits there. TensorFlow's differ in
 * their last bits with the number of threads, so `LRFIND_DETERMINISTIC=1` keeps its trainings in one thread.
 */
function mayUseWorkers({ name, device }: Partial<BackendInfo> = backendInUse() ?? {}): boolean {
  if (!hasThreads()) return false;
  if (name === 'tensorflow') return device?.startsWith('CPU') === true && nodeProcess?.env.LRFIND_DETERMINISTIC !== '1';
  return name === 'wasm';
}

/** Whether this is Node, and the modules are built. */
function hasThreads(): boolean {
  const versions = nodeProcess?.versions;
  const isNode = versions?.node !== undefined && !versions.bun && !versions.deno;
  return isNode && 'getBuiltinModule' in (nodeProcess as object) && !workerModule().pathname.endsWith('.ts');
}

/**
 * Starts the threads of workers ahead of a search that is likely to need them, so that they load their modules while the caller
 * reads its data. Called again once a backend is chosen, they open it too. Threads that no search needs are idle, and end with the
 * process. Where there are no threads, nothing happens.
 *
 * @example
 * prepareWorkers();
 * // … what takes a while: reading the data, building the model …
 * const { suggestion } = await findLearningRate(model, { xs, ys });
 */
export function prepareWorkers(): void {
  if (!hasThreads()) return;
  const backend = mayUseWorkers() ? backendInUse()?.name : undefined;
  prepareThreads(Math.min(processors() - 1, MOST_PREPARED), backend);
}

/**
 * How many workers are worth their start.
 *
 * @param milliseconds that this thread alone would still compute for
 */
export function workersWorthStarting(milliseconds: number, processorCount: number): number {
  return Math.max(0, Math.min(processorCount - 1, MOST_WORKERS, Math.floor(milliseconds / (2 * START_MS))));
}

/**
 * How many trainings may run side by side on a backend.
 *
 * @param milliseconds that this thread alone would compute for
 */
export function lanesWorth(milliseconds: number, backend: BackendInfo): number {
  return 1 + (mayUseWorkers(backend) ? workersWorthStarting(milliseconds, processors()) : 0);
}

/**
 * What a search does once it knows its pace: starts workers, as many as are worth it, and adds each to the session's lanes once it has
 * passed the check. Only the first call does something, since a range that moves begins with the first sweep again.
 *
 * @param stepsLeft about how many steps of trainings there are still
 */
export function workersOnPace(session: Session, stepsLeft: number): NonNullable<SearchOptions['onPace']> {
  let done = false;
  return (pace, check) => {
    if (done || !mayUseWorkers()) return;
    done = true;
    const count = workersWorthStarting(pace * stepsLeft, processors());
    const copy = count > 0 ? session.copy() : null;
    if (!copy) return;
    for (let i = 0; i < count; i++) {
      const worker = startWorker(copy);
      check(worker).then(
        (isSame) => (isSame ? session.lanes.add(worker) : worker.close()),
        () => worker.close(),
      );
    }
  };
}
