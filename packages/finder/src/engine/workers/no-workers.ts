// What a page has in place of `session-workers.ts`: a search runs in the thread that calls it.
import type { lanesWorth as lanes, workersOnPace as onPace, prepareWorkers as prepare } from './session-workers.js';

/** Does nothing: there are no threads of Node. */
export const prepareWorkers: typeof prepare = () => {};

/** One training at a time. */
export const lanesWorth: typeof lanes = () => 1;

/** Starts no workers, whatever the pace. */
export const workersOnPace: typeof onPace = () => () => {};
