/** Words for false and true, in lower case. In each pair the word for false comes first in the order of categories. */
const booleanWords: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
  ['off', 'on'],
];

/**
 * Whether the categories of a text column are a word for false and one for true, in this order, such as `no` and `yes`. The
 * index of a category is then its truth as a number.
 */
export function areBooleans(categories: readonly string[] | undefined): boolean {
  return (
    categories?.length === 2 &&
    booleanWords.some((pair) => pair.every((word, i) => categories[i]?.toLowerCase() === word))
  );
}

/**
 * The spelling of the words of a column of booleans, whose words may differ in case.
 *
 * @param words of the column, the usual spellings first
 * @returns for each word in lower case its usual spelling; undefined for any other column
 */
export function booleanSpelling(words: readonly string[]): ReadonlyMap<string, string> | undefined {
  const lower = new Map(words.toReversed().map((word) => [word.toLowerCase(), word]));
  const isPair = booleanWords.some((pair) => [...lower.keys()].every((word) => pair.includes(word)));
  return isPair && lower.size > 0 ? lower : undefined;
}
