import { type CopiedTrials, copiedTrials, type SessionCopy } from '@lrfind/finder';
import type { Content, Contents } from './contents.js';
import { pack, unpack } from './pack.js';

/** The part of a session that its model is. */
export type ModelCopy = Pick<SessionCopy, 'topology' | 'frozen' | 'weights'>;
/** The part of a session that its rows are, and what they are measured by. */
export type RowsCopy = Omit<SessionCopy, keyof ModelCopy>;

/** Stores a session. Sessions with the same rows share them. */
export async function sendSession(
  { topology, frozen, weights, ...rows }: SessionCopy,
  contents: Contents,
  again = false,
): Promise<{ readonly model: Content; readonly rows: Content }> {
  const model: ModelCopy = { topology, frozen, weights };
  return {
    model: await contents.put(pack(model), { again }),
    rows: await contents.put(pack(rows satisfies RowsCopy), { again }),
  };
}

/** Opens a session that was stored, to run trials whose model is called `model`. */
export function openSent(model: Uint8Array, rows: Uint8Array): Promise<CopiedTrials> {
  return copiedTrials({ ...(unpack(model) as ModelCopy), ...(unpack(rows) as RowsCopy) }, SENT_MODEL);
}

/** What specs call the model of a session that was sent. */
export const SENT_MODEL = 'model';
