/**
 * A mistake that the caller can mend: a wrong option, a missing file, a bad row. Its message says what is wrong,
 * where, what came and what is allowed. The command line shows it alone and exits with code 2; anything else that is
 * thrown is a fault of ours and keeps its stack.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * Names the allowed value that is nearest to what was typed, so that a message can end with "did you mean …?".
 *
 * @param typed what came
 * @param allowed the values that would have been accepted
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

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    above = current;
  }
  return above[b.length] as number;
}
