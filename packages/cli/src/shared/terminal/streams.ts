import { fileError } from '@lrfind/core';
import { awaitsFiles } from '../outputs/output-files.js';
import { restoreTerminal } from './restore.js';

let failure: number | undefined;

/**
 * Watches stdout and stderr for errors, which come after the writing. A full stdout is reported once and makes the exit code
 * 2. One that is closed early, as by `lrfind … | head`, is no mistake. Either ends the program, unless files are to be written:
 * a training whose model is to be saved goes on. Errors of stderr have nowhere to be reported.
 */
export function watchOutput(): void {
  failure = undefined;
  // Never removed; added once, however often this is called.
  if (process.stdout.listeners('error').includes(stdoutFailed)) return;
  process.stdout.on('error', stdoutFailed);
  process.stderr.on('error', () => {});
}

/** The exit code after an error of stdout; undefined where there was none. */
export function outputFailure(): number | undefined {
  return failure;
}

function stdoutFailed(error: NodeJS.ErrnoException): void {
  const closed = error.code === 'EPIPE';
  if (failure === undefined && !closed) {
    restoreTerminal();
    process.stderr.write(`lrfind: ${fileError('stdout cannot be written', error).message}\n`);
  }
  failure ??= closed ? 0 : 2;
  if (!awaitsFiles()) process.exit(failure);
}
