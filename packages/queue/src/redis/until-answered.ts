import { InputError } from '@lrfind/core';
import { mayPass } from './failure.js';

/** Milliseconds before Redis is asked again what it could not answer. */
const ASK_AGAIN = 500;

/**
 * Asks Redis something until it answers, whatever becomes of connections meanwhile.
 *
 * @param isOver whether nobody waits for the answer any more
 * @throws what waiting does not help; any error once it is over
 */
export async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  isOver: () => boolean = () => false,
): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // An InputError is none of Redis, although its words may look like it.
      if (isOver() || error instanceof InputError || !mayPass(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
    }
  }
}
