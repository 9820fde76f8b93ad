import { availableParallelism } from 'node:os';
import { threadSetting } from '../thread-setting.js';

/** The module computes with no more threads, whatever it is asked for. */
const MOST = 8;

/**
 * How many threads the wasm backend shall compute with: the environment variable `LRFIND_THREADS`, else as many as the
 * machine runs at once, at most 8. Results don't depend on it, bit for bit.
 *
 * @throws BackendError when `LRFIND_THREADS` is no whole number from 1 to 8
 */
export function threadCount(): number {
  return threadSetting('wasm', MOST) ?? Math.min(availableParallelism(), MOST);
}
