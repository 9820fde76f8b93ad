import { openSession, type Session } from '../session.js';
import { modelOfCopy, type SessionCopy } from './session-copy.js';

/** Opens a session that was copied, on a model of its own. */
export async function openCopy(copy: SessionCopy): Promise<Session> {
  const { rows, holdsOutAtRandom, options } = copy;
  return openSession(await modelOfCopy(copy), rows.dataset, { ...options, given: { data: rows, holdsOutAtRandom } });
}
