import { expect, test } from 'vitest';
import { checksumOf, checksumOfText } from '../src/checksum.js';

/** FNV-1a over 32-bit words, with exact integers. */
function reference(words: Iterable<number>): number {
  let hash = 0x811c9dc5n;
  for (const word of words) hash = ((hash ^ BigInt(word >>> 0)) * 0x01000193n) % 2n ** 32n;
  return Number(hash);
}

test('is FNV-1a over words, by its definition in exact integers', () => {
  const words = Uint32Array.from({ length: 1000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  expect(checksumOf([new Float32Array(words.buffer)])).toBe(reference(words));
  expect(checksumOf([new Int32Array(words.buffer)])).toBe(reference(words));
  expect(checksumOf([])).toBe(0x811c9dc5);
});

test('of parts is that of the whole, and a view counts only its own numbers', () => {
  const whole = Float32Array.from({ length: 10 }, (_, i) => Math.sin(i));
  expect(checksumOf([whole.subarray(0, 4), whole.subarray(4)])).toBe(checksumOf([whole]));
  expect(checksumOf([whole.subarray(4)])).toBe(checksumOf([whole.slice(4)]));
});

test('distinguishes the bits of numbers that compare as equal: zeros of both signs, NaNs', () => {
  const of = (bits: number) => checksumOf([new Float32Array(Uint32Array.of(bits).buffer)]);
  expect(new Set([0, 0x80000000, 0x7fc00000, 0x7fc00001, 0xffc00000].map(of)).size).toBe(5);
});

test('depends on the order and on the length', () => {
  expect(checksumOf([Float32Array.of(1, 2)])).not.toBe(checksumOf([Float32Array.of(2, 1)]));
  expect(checksumOf([Float32Array.of(1, 0)])).not.toBe(checksumOf([Float32Array.of(1)]));
});

test('of bytes leaves out those after the last whole word', () => {
  expect(checksumOf([Uint8Array.of(1, 0, 0, 0, 7)])).toBe(reference([1]));
});

test('of a text is that of its code units', () => {
  expect(checksumOfText('aé')).toBe(reference([0x61, 0xe9]));
  expect(checksumOfText('')).toBe(0x811c9dc5);
  expect(checksumOfText('ab')).not.toBe(checksumOfText('ba'));
});
