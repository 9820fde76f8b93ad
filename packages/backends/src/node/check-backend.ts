import { fileURLToPath } from 'node:url';
import { BackendError } from '../backend-error.js';
import { runChild } from './run-child.js';

/** What a backend says of itself after it has trained a step. */
export interface CheckedBackend {
  /** The version of the package that computes. */
  readonly version: string;
  /** Where tensors were computed, in words. */
  readonly device: string;
}

const PROGRAM = fileURLToPath(new URL('./check-backend-process.js', import.meta.url));

/**
 * Opens a backend and trains one step whose result is known, in a process of its own, which may crash.
 *
 * @param options environment variables that differ for that process; a signal that ends it
 * @throws BackendError saying why it does not start or computes something else
 * @throws the signal's reason
 */
export async function checkBackend(
  name: string,
  { env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<CheckedBackend> {
  const {
    code,
    signal: killed,
    stdout,
    stderr,
  } = await runChild(process.execPath, [PROGRAM, name], {
    env: { ...process.env, ...env },
    signal,
  });
  if (code === 0) return JSON.parse(stdout);
  throw new BackendError(stderr.trim() || `the process ended by ${killed ?? `exit code ${code}`}`, name, []);
}
