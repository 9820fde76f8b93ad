import { BackendError } from './backend-error.js';

/**
 * The threads that the environment variable `LRFIND_THREADS` asks for; undefined when it is not set.
 *
 * @param backend who asks, for the error
 * @param most more are not allowed; without bound when left out
 * @throws BackendError when it is no whole number from 1 to `most`
 */
export function threadSetting(backend: string, most = Number.POSITIVE_INFINITY): number | undefined {
  const given = process.env.LRFIND_THREADS;
  if (given === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(given) || Number(given) > most) {
    const range = Number.isFinite(most) ? `from 1 to ${most}` : 'from 1';
    throw new BackendError(`LRFIND_THREADS is "${given}"; allowed: a whole number ${range}`, backend, []);
  }
  return Number(given);
}
