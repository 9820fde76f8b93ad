import { readFile } from 'node:fs/promises';
import { Value } from 'typebox/value';
import { InputError } from './errors.js';
import { Run } from './result.js';

/**
 * Reads a run that was written as JSON.
 *
 * @throws InputError when there is no such file, it is not JSON or not a run of a version that is known
 */
export async function readRun(path: string): Promise<Run> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' ? `no such run file: ${path}` : `cannot read the run ${path}: ${error.message}`,
    );
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (Value.Check(Run, parsed)) return parsed;
  const { format, version } = (parsed ?? {}) as { format?: unknown; version?: unknown };
  if (format !== 'lrfind-run') throw new InputError(`${path} is not a run of lrfind: it has no "format": "lrfind-run"`);
  if (version !== 1) throw new InputError(`${path} is a run of version ${version}; this lrfind reads version 1`);
  const [first] = Value.Errors(Run, parsed);
  throw new InputError(`${path} is a damaged run: ${first?.instancePath || '/'} ${first?.message}`);
}
