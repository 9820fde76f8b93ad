import { isDecimal } from './field-value.js';
import { isSomeNumber } from './number-format.js';

/** What the first line of a table is: the names of its columns, a row, or either. */
export type FirstLine = 'names' | 'row' | 'either';

const date = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/;

/**
 * Guesses whether the first line of a table holds names. A word above numbers is a name; a number above numbers is a
 * value, unless all such numbers are counted up, like years; words that come again below are values.
 *
 * @param first the fields of the first line
 * @param rows those of the lines below it
 * @param missing the texts that stand for a missing value
 */
export function firstLineOf(
  first: readonly string[],
  rows: readonly (readonly string[])[],
  missing: ReadonlySet<string>,
): FirstLine {
  const numbers: string[] = [];
  let above = 0;
  let words = 0;
  let again = 0;
  for (const [column, cell] of first.entries()) {
    const below = rows.map((row) => row[column] ?? '').filter((text) => !missing.has(text));
    if (below.length === 0 || missing.has(cell)) continue;
    const values = below.filter(isValue).length;
    if (values * 2 > below.length) {
      if (isValue(cell)) numbers.push(cell);
      else above += 1;
    } else {
      words += 1;
      if (below.includes(cell)) again += 1;
    }
  }
  if (above > 0) return 'names';
  if (numbers.length === 0) return words > 0 && again * 2 > words ? 'row' : 'names';
  if (again * 2 > words) return 'row';
  const whole = numbers.every((text) => /^\d+$/.test(text)) && new Set(numbers).size === numbers.length;
  if (!whole) return 'row';
  const steps = new Set(numbers.slice(1).map((text, i) => Number(text) - Number(numbers[i])));
  const [step = 0] = steps;
  return steps.size === 1 && (step === 1 || (step > 1 && numbers.length > 2)) ? 'names' : 'either';
}

function isValue(text: string): boolean {
  return isDecimal(text) || isSomeNumber(text) || date.test(text);
}
