import { InputError } from '@lrfind/core';
import type { Trial } from '@lrfind/core/study';
import type { SentTrials } from '../engine/workers/trial-runner.js';
import type { RatedTrial } from './plan-trials.js';

/** Rows above this are not sent. */
const MOST_BYTES = 1e9;

/**
 * What trials refer to, as another machine can be sent it.
 *
 * @param trials in the order of `rated`
 * @throws InputError for what cannot be sent
 */
export function sentTrials(trials: readonly Trial[], rated: readonly RatedTrial[]): SentTrials[] {
  const sent = new Map<string, SentTrials>();
  for (const [i, { model: reference }] of trials.entries()) {
    if (sent.has(reference.ref)) continue;
    const { model, copy } = (rated[i] as RatedTrial).session;
    const copied = copy(MOST_BYTES);
    if (typeof copied === 'string')
      throw new InputError(
        `model "${model.name}" and its rows cannot be sent to workers, because ${copied}: leave the queue out`,
      );
    sent.set(reference.ref, { ref: reference.ref, model, copy: copied });
  }
  return [...sent.values()];
}
