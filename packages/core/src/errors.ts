/**
 * A mistake that the caller can correct: a wrong option, a missing file, a bad row. The message names the option, file
 * or row, says what is allowed and shows the value. The command line prints only the message and exits with code 2. Any
 * other error is a bug in lrfind and keeps its stack.
 *
 * @example
 * try {
 *   await findLearningRate(model, data, { steps: 1 });
 * } catch (error) {
 *   // steps must be a whole number at least 2 and at most 10000; got 1
 *   if (error instanceof InputError) console.error(error.message);
 * }
 */
export class InputError extends Error {
  override readonly name: string = 'InputError';
}

/**
 * The error for a value that is not allowed: `steps must be a whole number; got "ten"`.
 *
 * @param what the option, parameter or field
 * @param allowed what it may be, in words
 * @param got the caller's value
 */
export function notAllowed(what: string, allowed: string, got: unknown): InputError {
  return new InputError(`${what} must be ${allowed}; got ${shownValue(got)}`);
}

/**
 * The error for a name that is not in a list: `optimizer must be one of sgd, adam; got "adm"; did you mean adam?`.
 *
 * @param what the option, parameter or field
 * @param allowed every name that it may be
 * @param got the caller's value
 */
export function notOneOf(what: string, allowed: readonly string[], got: unknown): InputError {
  return new InputError(
    `${what} must be one of ${allowed.join(', ')}; got ${shownValue(got)}${suggestion(String(got), allowed)}`,
  );
}

/**
 * The error for a file or folder with which the system cannot do something, with the system's reason: `sweep.png cannot be
 * written: ENOSPC: no space left on device`.
 *
 * @param what the path and what cannot be done, such as `sweep.png cannot be written`; a zero byte in it is shown as `\0`
 * @param error what Node threw
 */
export function fileError(what: string, error: unknown): InputError {
  const { code, message } = error as { code?: string; message?: string };
  const shown = what.replaceAll('\0', '\\0');
  if (code === 'ERR_INVALID_ARG_VALUE') return new InputError(`${shown}: a path must have no zero byte`);
  // Node adds the call and its paths, of which one may be the name of an unfinished file.
  const reason = /^E[A-Z0-9]+: [^,]+/.exec(message ?? '')?.[0];
  return new InputError(`${shown}: ${reason ?? message ?? String(error)}`);
}

/**
 * The error for an option that does not exist: `unknown option step; did you mean steps? Options: steps, seed`.
 *
 * @param got the caller's option
 * @param known every option
 */
export function unknownOption(got: string, known: readonly string[]): InputError {
  const hint = suggestion(got, known);
  return new InputError(`unknown option ${got}${hint || '.'} Options: ${known.join(', ')}`);
}

/**
 * Checks the names of a call's options: all of them, so that a misspelt one is answered with the nearest of all.
 *
 * @param given the caller's options; `undefined` values count as left out
 * @param known every option of the call
 * @param what messages call the object, such as `options`
 * @param label what messages call an option; by default its name
 * @throws InputError for what is no object, and for an unknown option
 */
export function assertOptions(
  given: unknown,
  known: readonly string[],
  what = 'options',
  label: (name: string) => string = (name) => name,
): void {
  const wanted = `an object, such as { ${known[0]}: … }`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw notAllowed(what, wanted, given);
  // A plain object has one prototype at most; an instance of a class, such as a tensor, has more.
  const prototype: unknown = Object.getPrototypeOf(given);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new InputError(`${what} must be ${wanted}; got an instance of ${given.constructor?.name || 'a class'}`);
  const unknown = Object.entries(given).find(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown) throw unknownOption(label(unknown[0]), known.map(label));
}

/**
 * The end of a message about an unknown name: `; did you mean steps?`.
 *
 * @param got the caller's name
 * @param allowed every name that it may be
 * @returns the empty text when no name is close
 */
export function suggestion(got: string, allowed: readonly string[]): string {
  const near = nearest(got, allowed);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** With as many letters, the beginning of a name says which is meant. */
const MEANT_LETTERS = 4;

/** Characters of a value that a message shows. */
const SHOWN_CHARACTERS = 200;

/**
 * A value as messages show it: as JSON, but NaN, infinities and `undefined` by name, and a function as `function`. At most
 * 200 characters, so that a damaged file cannot fill the screen.
 */
export function shownValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/**
 * The allowed name closest to the typed one, by edit distance, ignoring case: `adm` is adam. Where none is, the first that
 * begins with it: `restore` is restoreBestWeights.
 *
 * @param typed the caller's name
 * @param allowed every name that it may be
 * @returns `undefined` when the distance is more than a third of the letters, and more than 2, and no name begins with it
 */
export function nearest(typed: string, allowed: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of allowed) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  const longer = allowed.find(
    (candidate) => wanted.length >= MEANT_LETTERS && candidate.toLowerCase().startsWith(wanted),
  );
  return least <= 2 ? best : (longer ?? best);
}

/** The Levenshtein distance. It keeps one row of the matrix at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    above = current;
  }
  return above[b.length] as number;
}
