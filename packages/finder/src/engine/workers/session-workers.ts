import { type BackendInfo, backendInUse, lanesOn, processors, threadsEach } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { Workers } from '@lrfind/core/study';
import type { Session } from '../session.js';
import type { Check, Lanes } from './lanes.js';
import { nodeProcess } from './node.js';
import { endPrepared, prepareThreads, startWorker } from './start-worker.js';
import { workerModule } from './worker-module.js';

/** Milliseconds until a worker has loaded its modules, opened its backend and compiled its first step, on a slow machine. */
const START_MS = 1000;

/** More workers than this would hardly find work in a search. */
const MOST_WORKERS = 7;

/** Threads that are started ahead. */
const MOST_PREPARED = 3;

/**
 * Why trainings of a session cannot run on workers; null where they can: on a backend that gives the same bits there. TensorFlow's
 * differ in their last bits with the number of threads, so `LRFIND_DETERMINISTIC=1` keeps its trainings in one thread.
 */
function whyNoWorkers({ name }: Partial<BackendInfo> = backendInUse() ?? {}): string | null {
  if (!hasThreads()) return 'outside of Node and its built modules, which have the program of the threads';
  if (name !== 'wasm' && name !== 'tensorflow') return `with the backend ${name}, which computes in one thread`;
  if (name === 'tensorflow' && nodeProcess?.env.LRFIND_DETERMINISTIC === '1')
    return 'with LRFIND_DETERMINISTIC=1, because the last bits of TensorFlow depend on the number of threads';
  return null;
}

/** Whether workers are started without being asked for: not for a GPU, which one thread keeps busy. */
function mayUseWorkers(backend: Partial<BackendInfo> = backendInUse() ?? {}): boolean {
  return whyNoWorkers(backend) === null && lanesOn(backend.device as string) > 1;
}

/** Whether this is Node, and the modules are built: only then there is a program for a thread. */
function hasThreads(): boolean {
  const versions = nodeProcess?.versions;
  const isNode = versions?.node !== undefined && !versions.bun && !versions.deno;
  if (!isNode || !('getBuiltinModule' in (nodeProcess as object))) return false;
  return (nodeProcess as NodeJS.Process).getBuiltinModule('node:fs').existsSync(workerModule());
}

/**
 * Starts the threads of workers ahead of a search that is likely to need them, so that they load their modules while the caller
 * reads its data. Called again once a backend is chosen, they open it too. Threads that no search needs are idle, and end with the
 * process. Where there are no threads, nothing happens.
 *
 * @param wanted the option `workers` of that search. Default: `auto`, up to three threads
 *
 * @example
 * prepareWorkers();
 * // … what takes a while: reading the data, building the model …
 * const { suggestion } = await findLearningRate(model, { xs, ys });
 */
export function prepareWorkers(wanted: Workers = 'auto'): void {
  if (!hasThreads()) return;
  const mayOpen = wanted === 'auto' ? mayUseWorkers() : whyNoWorkers() === null;
  const backend = mayOpen ? backendInUse()?.name : undefined;
  const count = wanted === 'auto' ? Math.min(processors() - 1, MOST_PREPARED) : wanted - 1;
  prepareThreads(count, threadsEach(count + 1), backend);
}

/**
 * Checks that there can be as many lanes as are asked for, on the backend in use, and lets their threads start.
 *
 * @throws InputError where they cannot
 */
export function checkWorkers(wanted: Workers): void {
  if (wanted === 'auto' || wanted === 1) return;
  const why = whyNoWorkers();
  if (why !== null) throw new InputError(`workers must be auto or 1 ${why}; got ${wanted}`);
  prepareWorkers(wanted);
}

/**
 * How many workers are worth their start.
 *
 * @param milliseconds that this thread alone would still compute for
 */
function workersWorthStarting(milliseconds: number, processorCount: number): number {
  return Math.max(0, Math.min(processorCount - 1, MOST_WORKERS, Math.floor(milliseconds / (2 * START_MS))));
}

/** Jobs for each lane, so that some wait while it does one. */
const JOBS_A_LANE = 4;

/** How many jobs lanes can be given at once: some for each of those that there may be. */
export function jobsAtOnce({ wanted }: Lanes): number {
  const automatic = mayUseWorkers() ? Math.min(processors(), MOST_WORKERS + 1) : 1;
  const lanes = wanted === 'auto' ? automatic : wanted;
  return lanes === 1 ? 1 : JOBS_A_LANE * lanes;
}

/**
 * What is done once a pace is known: starts workers for the lanes of a session, as many as are asked for or worth it. Each is added
 * once it has passed a check with the session. Where there are workers already that were not checked with this session, one of them is.
 *
 * @param milliseconds that this thread alone would still compute for
 * @param checking prepares the check; called where there is something to check
 */
export async function useWorkers(
  { lanes, number }: Session,
  milliseconds: number,
  checking: () => Promise<Check>,
): Promise<void> {
  const { wanted } = lanes;
  if (lanes.needsCheck(number)) return lanes.extend(number, await checking());
  if (!lanes.mayStart(number)) return;
  const worth = () => (mayUseWorkers() ? workersWorthStarting(milliseconds, processors()) : 0);
  const count = wanted === 'auto' ? worth() : wanted - 1;
  if (count === 0) return;
  const copies = lanes.copies();
  if (!copies[number]) return endPrepared();
  const check = await checking();
  const threads = threadsEach(count + 1);
  const workers = Array.from({ length: count }, () => startWorker(copies, threads));
  lanes.add(workers, number, check, threads);
}

/**
 * How many trainings may run side by side on a backend.
 *
 * @param milliseconds that this thread alone would compute for
 */
export function lanesWorth(milliseconds: number, backend: BackendInfo): number {
  return 1 + (mayUseWorkers(backend) ? workersWorthStarting(milliseconds, processors()) : 0);
}
