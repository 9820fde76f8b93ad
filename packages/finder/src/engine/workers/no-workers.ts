// What a page has in place of `session-workers.ts`: everything runs in the thread that calls it.
import { InputError } from '@lrfind/core';
import type {
  checkWorkers as check,
  jobsAtOnce as jobs,
  lanesWorth as lanes,
  prepareWorkers as prepare,
  useWorkers as use,
} from './session-workers.js';

/** Does nothing: there are no threads of Node. */
export const prepareWorkers: typeof prepare = () => {};

/** @throws InputError for more lanes than this thread */
export const checkWorkers: typeof check = (wanted) => {
  if (wanted !== 'auto' && wanted !== 1)
    throw new InputError(`workers must be auto or 1 outside of Node, whose threads workers are; got ${wanted}`);
};

/** One: this thread's. */
export const jobsAtOnce: typeof jobs = () => 1;

/** One training at a time. */
export const lanesWorth: typeof lanes = () => 1;

/** Starts no workers, whatever the pace. */
export const useWorkers: typeof use = async () => {};
