/**
 * A mistake that the caller can correct: a wrong option, a missing file, a bad row. Its message says what must be what,
 * what it got, and what is allowed. The command line prints the message alone and exits with code 2. Any other error is
 * a bug in lrfind and keeps its stack.
 *
 * @example
 * try {
 *   await findLearningRate(model, data, { steps: 1 });
 * } catch (error) {
 *   if (error instanceof InputError) console.error(error.message); // steps must be a whole number at least 2 …; got 1
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
 * @param got the value as it came
 */
export function notAllowed(what: string, allowed: string, got: unknown): InputError {
  return new InputError(`${what} must be ${allowed}; got ${shownValue(got)}`);
}

/**
 * The error for a name that is not in a list: `optimizer must be one of sgd, adam; got "adm"; did you mean adam?`.
 *
 * @param what the option, parameter or field
 * @param allowed every name that it may be
 * @param got the name as it came
 */
export function notOneOf(what: string, allowed: readonly string[], got: unknown): InputError {
  return new InputError(
    `${what} must be one of ${allowed.join(', ')}; got ${shownValue(got)}${suggestion(String(got), allowed)}`,
  );
}

/**
 * The error for an option that does not exist: `unknown option step; did you mean steps? Options: steps, seed`.
 *
 * @param got the option as it came
 * @param known every option
 */
export function unknownOption(got: string, known: readonly string[]): InputError {
  const hint = suggestion(got, known);
  return new InputError(`unknown option ${got}${hint || '.'} Options: ${known.join(', ')}`);
}

/** `; did you mean steps?`, or nothing where no name is close. */
export function suggestion(got: string, allowed: readonly string[]): string {
  const near = nearest(got, allowed);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** A value as messages show it: JSON, but NaN and infinities by name. */
export function shownValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
}

/**
 * The allowed name that is closest to what was typed.
 *
 * @param typed the name as it came
 * @param allowed the names that would have been accepted
 * @returns the nearest one by edit distance, ignoring case, or `undefined` when none is close
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
  return best;
}

/** Levenshtein distance; keeps one line of the matrix at a time. */
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
