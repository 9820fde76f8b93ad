import { availableParallelism } from 'node:os';

/** More threads than this would gain a single training little; WebAssembly takes no more. */
const MOST_THREADS = 8;

/** The processors that lrfind may use: those that this process has, or as many of them as `LRFIND_THREADS` says, which a backend checks. */
export function processors(): number {
  const { LRFIND_THREADS } = process.env;
  const available = availableParallelism();
  return Math.min(available, LRFIND_THREADS === undefined ? available : Number(LRFIND_THREADS));
}

/**
 * The threads that each of some trainings that run at once computes with, so that together they have one for each processor: 1 to 8.
 *
 * @param lanes how many run at once
 */
export function threadsEach(lanes: number, processorCount = processors()): number {
  return Math.min(MOST_THREADS, Math.max(1, Math.floor(processorCount / lanes)));
}

/**
 * How many trainings run at once on a device unless told otherwise: one for each processor, or a single one on a GPU, which it keeps busy.
 *
 * @param device in words, as a backend names it
 */
export function lanesOn(device: string): number {
  return device.startsWith('CPU') ? processors() : 1;
}
