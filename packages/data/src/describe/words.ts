/** Words that stand for no and yes. */
const pairs: readonly (readonly [no: string, yes: string])[] = [
  ['false', 'true'],
  ['f', 't'],
  ['no', 'yes'],
  ['n', 'y'],
  ['off', 'on'],
  ['0', '1'],
];

/** Whether two words mean no and yes, such as `no` and `yes` or `False` and `True`. */
export function isBooleanPair(words: readonly string[]): boolean {
  const lower = words.map((word) => word.toLowerCase());
  return lower.length === 2 && pairs.some((pair) => pair.every((word) => lower.includes(word)));
}

/** `2024-01-31`, `2024/1/31`, `31.1.2024`, `1/31/2024`, each perhaps with a time; or a month, `2024-01`. */
const date =
  /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Whether all words are dates. */
export function datesAmong(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => date.test(word));
}

/** Words that hardly repeat say nothing that a category could: names, sentences, identifiers. */
const MOST_SHARE = 0.5;

/** With fewer different ones, words are categories, however few rows there are. */
const FEWEST_PROSE = 20;

/**
 * Whether words are text rather than categories: more than 20 different ones, and more than one for two rows.
 *
 * @param words the different ones
 * @param rows that have one
 */
export function isProse(words: readonly string[], rows: number): boolean {
  return words.length > FEWEST_PROSE && words.length > MOST_SHARE * rows;
}
