// What a Python has of the peers.
import { spawnSync } from 'node:child_process';

/**
 * Which of these modules a Python can import, as far as it can say without importing them.
 *
 * @param {string} python @param {readonly string[]} modules @returns {string[]} those that are missing; all where there is no such Python
 */
export function missingModules(python, modules) {
  const program = 'import sys, importlib.util as u; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])';
  const { status, stdout } = spawnSync(python, ['-c', program, ...modules], { encoding: 'utf8' });
  return status === 0 ? stdout.split(/\s+/).filter(Boolean) : [...modules];
}

/**
 * The folder of a Python's TensorFlow, so that lrfind computes on the same one.
 *
 * @param {string} python @returns {string | undefined} undefined where it has none
 */
export function tensorflowOf(python) {
  if (missingModules(python, ['tensorflow']).length > 0) return undefined;
  const where = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  return spawnSync(python, ['-c', where], { encoding: 'utf8' }).stdout.trim();
}
