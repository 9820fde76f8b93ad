import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { BackendError } from '../backend-error.js';

/**
 * The folder of this user that holds what lrfind has fetched: `LRFIND_CACHE` where that is set, else `lrfind` in the
 * system's own place for such things. It may not exist yet.
 *
 * @throws BackendError when the user has no home folder
 */
export function cacheFolder(): string {
  const { LRFIND_CACHE, XDG_CACHE_HOME } = process.env;
  if (LRFIND_CACHE) return resolve(LRFIND_CACHE);
  // XDG's specification tells to pass over what is not absolute.
  if (process.platform !== 'darwin' && XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME))
    return join(XDG_CACHE_HOME, 'lrfind');
  return join(home(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'lrfind');
}

function home(): string {
  try {
    return homedir();
  } catch {
    throw new BackendError('this user has no home folder; set LRFIND_CACHE to a folder to write to', 'tensorflow', []);
  }
}
