import { BackendError } from './backend-error.js';

/**
 * Reads a number of threads from the environment variable `LRFIND_THREADS`.
 *
 * @param text the variable's value; undefined where it is not set
 * @param backend the backend that the error names
 * @param most the largest number allowed; without bound by default
 * @returns the number of threads; undefined where the variable is not set
 * @throws BackendError when it is not a whole number from 1 to `most`
 */
export function threadSetting(
  text: string | undefined,
  backend: string,
  most = Number.POSITIVE_INFINITY,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text) || Number(text) > most) {
    const range = Number.isFinite(most) ? `from 1 to ${most}` : 'from 1';
    throw new BackendError(`LRFIND_THREADS must be a whole number ${range}; got "${text}"`, backend);
  }
  return Number(text);
}
