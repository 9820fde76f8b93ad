import { checksumOfText } from '@lrfind/core';

/**
 * A random number for each row, from its number alone: so what it decides depends neither on how the rows are read nor on
 * how many there are.
 *
 * @param seed equal seeds and purposes give equal numbers
 * @param purpose distinguishes streams of the same seed
 * @returns a function from a row's number, from 0 to 2^53 − 1, to a number uniform in [0, 1)
 */
export function rowKeys(seed: number, purpose: string): (row: number) => number {
  const salt = checksumOfText(`${seed}/${purpose}`);
  const other = mixed(salt ^ 0x9e3779b9);
  return (row) => {
    const low = row >>> 0;
    const high = Math.floor(row / 2 ** 32);
    const first = mixed(mixed(low ^ salt) ^ Math.imul(high + 1, 0x85ebca6b));
    const second = mixed((Math.imul(low, 0x9e3779b1) ^ other) + first);
    return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
  };
}

/** The last steps of MurmurHash3: every bit of the argument changes about half of the bits of the result. */
function mixed(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
