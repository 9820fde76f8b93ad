import { BackendError, backendInUse, useBackend } from '@lrfind/backends';
import { InputError, version } from '@lrfind/core';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { queueUrl } from '../shared/queue-url.js';
import { WorkerFiles, WorkerOptions } from './options.js';

/** What shells report after Ctrl-C. */
const INTERRUPTED = 130;

/**
 * `lrfind worker`: trains what a queue holds, until it is interrupted.
 *
 * @param given from commander
 * @throws InputError for a Redis that cannot hold a queue, or that refuses the worker later
 */
export async function worker(given: Readonly<Record<string, unknown>>): Promise<never> {
  const { queue, concurrency, backend, stalledAfter } = flagOptions(WorkerOptions, given);
  const { cache, cacheSize, shared, allowCode, quiet } = flagOptions(WorkerFiles, given);
  const { url, what } = queueUrl(queue);
  await named('--backend', () => useBackend(backend)).catch((error) => {
    throw error instanceof BackendError ? new InputError(error.message) : error;
  });
  const { name } = backendInUse() as { readonly name: string };
  const { runWorker } = await import('@lrfind/queue');
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const running = await runWorker(
    url,
    {
      ...{ backend: name, concurrency, cache, shared, allowCode, stalledAfter },
      cacheBytes: cacheSize * 1e9,
      onNote: (note) => (quiet && note.startsWith('done: ') ? undefined : say(note)),
    },
    what,
  );
  say(`worker ${running.name} of lrfind ${version} takes trainings on ${name}; Ctrl-C ends it`);
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // In place of the handler that ends every other command at once.
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (isEnding) process.exit(INTERRUPTED);
      isEnding = true;
      say('ends once its trainings have ended; Ctrl-C again ends it at once');
      void running.close().finally(() => process.exit(INTERRUPTED));
    });
  }
  return running.failed;
}
