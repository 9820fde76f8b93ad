import { availableParallelism } from 'node:os';
import { BackendError } from '../backend-error.js';

/** The module computes with no more threads, whatever it is asked for. */
const MOST = 8;

/**
 * How many threads the wasm backend shall compute with: the environment variable `LRFIND_THREADS`, else as many as the
 * machine runs at once, at most 8. Results don't depend on it, bit for bit.
 *
 * @throws BackendError when `LRFIND_THREADS` is no whole number from 1 to 8
 */
export function threadCount(): number {
  const asked = process.env.LRFIND_THREADS;
  if (asked === undefined) return Math.min(availableParallelism(), MOST);
  if (!/^[1-8]$/.test(asked)) {
    throw new BackendError(`LRFIND_THREADS is "${asked}"; allowed: a whole number from 1 to ${MOST}`, 'wasm', []);
  }
  return Number(asked);
}
