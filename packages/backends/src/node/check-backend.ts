import { fileURLToPath } from 'node:url';
import { BackendError, NoDeviceError } from '../backend-error.js';
import { runChild } from './run-child.js';

/** A backend that has trained a step correctly. */
export interface CheckedBackend {
  /** Which it was: the one that was asked for, or what `auto` chose. */
  readonly name: string;
  /** The version of the package or library that computes. */
  readonly version: string;
  /** Where tensors were computed, in words. */
  readonly device: string;
}

/** The exit code of the program where the device is missing. */
export const NO_DEVICE = 3;

const PROGRAM = fileURLToPath(new URL('./check-backend-process.js', import.meta.url));

/**
 * Opens a backend and trains one step whose result is known, in a process of its own, which may crash.
 *
 * @param name a backend's name, or `auto`
 * @param options `env`: environment variables that differ for that process; `signal`: ends it
 * @throws NoDeviceError where this machine has no device for it
 * @throws BackendError saying why it does not start, or what it computes instead
 * @throws the signal's reason
 */
export async function checkBackend(
  name: string,
  { env, signal }: { env?: Readonly<Record<string, string | undefined>>; signal?: AbortSignal | undefined } = {},
): Promise<CheckedBackend> {
  const result = await runChild(process.execPath, [PROGRAM, name], { env: { ...process.env, ...env }, signal });
  if (result.code === 0) return JSON.parse(result.stdout);
  const said = result.stderr.trim();
  // Before that line the driver may have warned.
  if (result.code === NO_DEVICE) throw new NoDeviceError(said.split('\n').at(-1) as string, name);
  throw new BackendError(said || `the process ended with ${result.signal ?? `exit code ${result.code}`}`, name);
}
