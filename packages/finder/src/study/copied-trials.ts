import type { Executor } from '@lrfind/core/study';
import { openCopy } from '../engine/workers/open-copy.js';
import type { SessionCopy } from '../engine/workers/session-copy.js';
import { inProcessExecutor } from './in-process.js';

/** Runs trials on a copy of a session. */
export interface CopiedTrials {
  readonly executor: Executor;
  /** Ends the session, and frees its model. */
  close(): Promise<void>;
}

/** About how many trainings of a copy share an optimizer. */
const SHARING = 10;

/**
 * Opens a copy of a session for trials.
 *
 * @param ref what specs call its model
 * @throws InputError for a copy that cannot be opened here, such as one with layers that are not known
 */
export async function copiedTrials(copy: SessionCopy, ref: string): Promise<CopiedTrials> {
  const session = await openCopy(copy);
  return {
    executor: inProcessExecutor(new Map([[ref, session]]), new Map(), SHARING),
    async close() {
      await session.restore();
      session.model.dispose();
    },
  };
}
