import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What the thread runs. A failure is left to the main thread, which loads the libraries once more and says why it cannot. */
const PROGRAM = `
  const { workerData: { koffi, paths, flags } } = require('node:worker_threads');
  const dlopen = require(koffi).load(null).func('void *dlopen(const char *path, int flags)');
  paths.every((path) => dlopen(path, flags));`;

/**
 * Loads libraries into the process from a thread of its own, so that the caller can do something else in the half second that
 * TensorFlow's take. A library is loaded once in a process: who opens it again afterwards has it at once.
 *
 * @param paths of the libraries, in order
 * @param flags of dlopen
 * @returns when the thread has ended, also where it could not load them
 */
export function loadInThread(paths: readonly string[], flags: number): Promise<void> {
  const koffi = createRequire(import.meta.url).resolve('koffi');
  const thread = new Worker(PROGRAM, { eval: true, workerData: { koffi, paths, flags } });
  return new Promise((resolve) => {
    thread.once('error', () => resolve());
    thread.once('exit', () => resolve());
  });
}
