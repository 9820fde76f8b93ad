import { backendInUse } from '@lrfind/backends';
import { notAllowed } from '@lrfind/core';
import type { ModelFile } from '@lrfind/finder';
import type { TrialQueue } from '@lrfind/queue';
import type { Static } from 'typebox';
import { isModelCode } from '../files/model-code.js';
import { queueUrl } from '../shared/queue-url.js';
import type { QueueOptions } from './queue-options.js';

/** A queue that is closed at the end of its block. */
export type OpenedQueue = TrialQueue & AsyncDisposable;

/**
 * The queue that workers take the trainings from; undefined where this process trains. Call it once the backend is open.
 *
 * @param models in the order of their paths
 * @throws InputError for a URL that is none of a Redis, and for a Redis that cannot hold a queue
 */
export async function openedQueue(
  { queue: given, shared }: Static<typeof QueueOptions>,
  paths: readonly string[],
  models: readonly ModelFile[],
): Promise<OpenedQueue | undefined> {
  if (given === undefined || given === false) {
    if (shared !== undefined) throw notAllowed('--shared', 'left out without --queue', shared);
    return undefined;
  }
  const { url, what } = queueUrl(given);
  // Loaded only here: BullMQ and its client of Redis.
  const { trialQueue } = await import('@lrfind/queue');
  const queue = await trialQueue(
    url,
    {
      backend: backendInUse()?.name as string,
      shared,
      moduleOf(model) {
        const path = paths[models.findIndex((file) => file.model === model)];
        return path !== undefined && isModelCode(path) ? path : undefined;
      },
      onNote: (note) => process.stderr.write(`note: ${note}\n`),
    },
    what,
  );
  return { ...queue, [Symbol.asyncDispose]: () => queue.close() };
}
