/** A word of a name that holds no number, such as that of a model, and is long enough to be shortened. */
const WORD = /[\p{L}\p{M}_][\p{L}\p{M}\p{N}_/-]*/gu;

/** A word keeps at least that many letters, of which the last is its ellipsis. */
const LEAST_LETTERS = 2;

/**
 * A name of a trial or model, shortened as far as it must be. Long words lose their ends first, as the name of a model or a
 * schedule is recognised by its beginning; the numbers, such as rates, stay as long as there is any word to shorten. What is still
 * too long is cut at its end.
 *
 * @param fits whether a text is short enough
 *
 * @example
 * shortName('resnet-like-network, cosine(0.1, steps=500)', (text) => text.length <= 32);
 * // 'resnet-…, cosine(0.1, steps=500)'
 */
export function shortName(name: string, fits: (text: string) => boolean): string {
  if (fits(name)) return name;
  const digit = /\d/.exec(name)?.index;
  if (digit === undefined) return cutEnd(name, fits);
  const longest = Math.max(0, ...[...name.matchAll(WORD)].map(([word]) => word.length));
  for (let most = Math.min(longest - 1, 60); most > LEAST_LETTERS; most--) {
    const shorter = shortWords(name, most);
    if (fits(shorter)) return shorter;
  }
  const least = shortWords(name, LEAST_LETTERS);
  // Of what is before the first number not even that much has room.
  const first = /\d/.exec(least)?.index ?? 0;
  return [least, `…${least.slice(first)}`].find(fits) ?? cutEnd(`…${least.slice(first)}`, fits);
}

function shortWords(name: string, most: number): string {
  // A word with a number in it is a fact, such as `top-3`.
  return name.replace(WORD, (word) => (word.length > most && !/\d$/.test(word) ? `${word.slice(0, most - 1)}…` : word));
}

function cutEnd(name: string, fits: (text: string) => boolean): string {
  const all = [...name];
  const beginning = (length: number) => `${all.slice(0, length).join('').trimEnd()}…`;
  // From a beginning of about the right length, as a name may have thousands of characters and each is measured whole.
  let length = 1;
  while (length < all.length && fits(beginning(length))) length *= 2;
  length = Math.min(length, all.length);
  while (length > 0 && !fits(beginning(length))) length--;
  return beginning(length).replace(/…+$/, '…');
}
