import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackendError } from '../../backend-error.js';
import type { Installation } from '../../tensorflow/installation.js';
import { runChild } from '../run-child.js';

const PROGRAM = fileURLToPath(new URL('../../../python/wheel.py', import.meta.url));

/** A wheel, and the files that were unpacked from it. */
export type Unpacked = Installation['wheels'][number] & { readonly files: Installation['files'] };

/**
 * Unpacks the libraries and licences of a wheel, and compares each file with the size and hash that the wheel records.
 *
 * @throws BackendError when the wheel is damaged, or the disk is full
 */
export async function unpackWheel(
  python: string,
  wheel: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Unpacked> {
  return (await runOnWheel(python, ['unpack', wheel, folder], signal)) as Unpacked;
}

/**
 * The requirements of an extra of a wheel's package, in pip's syntax.
 *
 * @throws BackendError when the wheel is damaged
 */
export async function extraRequirements(
  python: string,
  wheel: string,
  extra: string,
  signal?: AbortSignal,
): Promise<string[]> {
  return (await runOnWheel(python, ['requirements', wheel, extra], signal)) as string[];
}

async function runOnWheel(
  python: string,
  argv: [command: string, wheel: string, ...string[]],
  signal?: AbortSignal,
): Promise<unknown> {
  const { code, signal: killed, stdout, stderr } = await runChild(python, ['-I', PROGRAM, ...argv], { signal });
  if (code === 0) return JSON.parse(stdout);
  const reason = stderr.trim().split('\n').at(-1) || killed || `exit code ${code}`;
  throw new BackendError(`${basename(argv[1])} cannot be unpacked: ${reason}`, 'tensorflow');
}
