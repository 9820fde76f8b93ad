import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '@lrfind/core';

/** The modules of the caller that have run. */
const ran = new Set<string>();

/**
 * Runs the caller's code.
 *
 * @param path of the module, for messages
 * @throws InputError for whatever the code throws, with file and line
 */
export async function runOwnCode<Value>(path: string, run: () => Value | Promise<Value>): Promise<Value> {
  ran.add(path);
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === 'SyntaxError' && placeOf(error) === undefined)
      throw ownCodeError(path, error, await placeOfSyntaxError(path));
    throw ownCodeError(path, error);
  }
}

/**
 * The message about an error that arose in the caller's code later, such as in a loss or a layer; `undefined` for any other
 * error.
 */
export function errorOfOwnCode(error: unknown): InputError | undefined {
  if (ran.size === 0 || !(error instanceof Error)) return undefined;
  const { stack = '' } = error;
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  return frame && PLACE.test(frame) && !isOwn(frame) ? ownCodeError([...ran].join(', '), error) : undefined;
}

function ownCodeError(path: string, error: unknown, place?: string): InputError {
  if (!(error instanceof Error)) return new InputError(`${path}: its code threw ${String(error)}`);
  const at = place ?? placeOf(error);
  const kind = error.name === 'Error' ? '' : `${error.name}: `;
  const message = error.message.split('\n')[0]?.trim() ?? '';
  const where = at === undefined || message.includes(at) ? '' : ` (${at})`;
  return new InputError(`${path}: its code failed: ${kind}${message}${where}`, { cause: error });
}

/** Where lrfind's own code is, all packages of it: as a path and as a URL, in which stacks name modules. */
const HERE = new URL('../../..', import.meta.url);
const OWN = [fileURLToPath(HERE), HERE.href];
const isOwn = (line: string) => OWN.some((place) => line.includes(place));

/** A place in a file, as stacks and messages write it. */
const PLACE = /(?:file:\/\/)?((?:[A-Za-z]:)?[\\/][^\s()]*?:\d+(?::\d+)?)(?=[\s)]|$)/;

/** Where an error arose in the caller's files: the place that is named first, outside of packages. */
function placeOf({ stack = '' }: Error): string | undefined {
  const lines = stack.split('\n').filter((line) => !/node_modules|node:/.test(line) && !isOwn(line));
  return lines.map((line) => PLACE.exec(line)?.[1]).find((place) => place !== undefined);
}

/** Node keeps the place of a syntax error in a module to itself, unless it is asked to check the file. */
async function placeOfSyntaxError(path: string): Promise<string | undefined> {
  const text = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--check', path], { timeout: 10_000 }, (_error, _stdout, stderr) => resolve(stderr));
  });
  return PLACE.exec(text.split('\n')[0] ?? '')?.[1];
}
