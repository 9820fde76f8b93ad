import { version } from '@lrfind/core';
import { flagOptions } from '../shared/flag-values.js';
import { queueUrl } from '../shared/queue-url.js';
import { WorkerFiles, WorkerOptions } from './options.js';

/** What shells report after Ctrl-C. */
const INTERRUPTED = 130;

/** Milliseconds in which a worker that Redis refuses says goodbye. */
const ENDING = 3000;

/**
 * `lrfind worker`: trains what a queue holds, until it is interrupted.
 *
 * @param given from commander
 * @throws InputError for a backend that cannot train, and a Redis that cannot hold a queue, or that refuses the worker later
 */
export async function worker(given: Readonly<Record<string, unknown>>): Promise<never> {
  const { queue, concurrency, backend, stalledAfter } = flagOptions(WorkerOptions, given);
  const { cache, cacheSize, shared, allowCode, quiet } = flagOptions(WorkerFiles, given);
  const { url, what } = queueUrl(queue);
  const { runWorker } = await import('@lrfind/queue');
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const running = await runWorker(
    url,
    {
      ...{ backend, concurrency, cache, shared, allowCode, stalledAfter },
      cacheBytes: cacheSize * 1e9,
      onNote: (note) => (quiet && note.startsWith('done: ') ? undefined : say(note)),
    },
    what,
  );
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const others = process.listeners(signal);
    process.on(signal, () => {
      if (isEnding) process.exit(INTERRUPTED);
      isEnding = true;
      say('ends once its trainings have ended; Ctrl-C again ends it at once');
      void running.close().finally(() => process.exit(INTERRUPTED));
    });
    // In place of the handler that ends every other command at once. Removed last: a signal that comes while there is none would be lost.
    for (const other of others) process.off(signal, other);
  }
  say(
    `worker ${running.name} of lrfind ${version} takes trainings on ${running.backend}, ${running.concurrency} at a time; Ctrl-C ends it`,
  );
  return running.failed.finally(() => {
    // Processes that still train end with this one. What they give would be refused.
    setTimeout(() => process.exit(), ENDING).unref();
  });
}
