import { graphemes } from './graphemes.js';
import { shortName } from './short-name.js';

/** A number with a point or an exponent, such as a rate: what tells the trial of that name from others. */
const RATE = /\d\.\d|\de-?\d/;

/** Nobody recognises a name of fewer graphemes. */
const SHORTEST = 8;

/**
 * Shortens the names in a text until it fits, so that the facts around them are not cut: longer names first, each in its
 * middle, since the ends of names tell them apart, and those with a rate in their words, since rates do. Where even the shortest do not make it fit, they stay short, and the text is
 * cut by whoever lays it out.
 *
 * @param names as they are in the text
 * @param fits whether a text has room
 *
 * @example
 * fitNames('resnet-50-with-a-long-name · Adam', ['resnet-50-with-a-long-name'], (text) => text.length <= 20);
 * // 'resnet-…g-name · Adam'
 */
export function fitNames(text: string, names: readonly string[], fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  // Of thousands of names few are in a text.
  const longestFirst = [...new Set(names)]
    .filter((name) => name !== '' && text.includes(name))
    .sort((a, b) => b.length - a.length);
  const letters = new Map(longestFirst.map((name) => [name, graphemes(name)]));
  const withNamesOf = (most: number) =>
    replaced(text, longestFirst, (name) =>
      RATE.test(name)
        ? shortName(name, (shorter) => graphemes(shorter).length <= most)
        : middleCut(letters.get(name) ?? [], most),
    );
  let low = SHORTEST;
  let high = Math.max(SHORTEST, ...[...letters.values()].map(({ length }) => length));
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(withNamesOf(middle))) low = middle;
    else high = middle;
  }
  return withNamesOf(low);
}

/** A text with names replaced, also where one name is a part of another. */
function replaced(text: string, longestFirst: readonly string[], by: (name: string) => string): string {
  const [name, ...others] = longestFirst;
  if (name === undefined) return text;
  return text
    .split(name)
    .map((part) => replaced(part, others, by))
    .join(by(name));
}

/** A name of at most so many graphemes, with an ellipsis in its middle where it is longer. */
function middleCut(letters: readonly string[], most: number): string {
  if (letters.length <= most) return letters.join('');
  const end = Math.floor((most - 1) / 2);
  const start = most - 1 - end;
  return `${letters.slice(0, start).join('').trimEnd()}…${letters
    .slice(letters.length - end)
    .join('')
    .trimStart()}`;
}
