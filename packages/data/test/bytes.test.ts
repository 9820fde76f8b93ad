import { expect, test } from 'vitest';
import { concatBytes, decodeText } from '../src/bytes.js';

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

test('chunks become one array; a single one is not copied', () => {
  const chunk = Uint8Array.of(1, 2);
  expect(concatBytes([chunk])).toBe(chunk);
  expect(concatBytes([chunk, new Uint8Array(), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
  expect(concatBytes([])).toEqual(new Uint8Array());
});

test.each(['', 'short', 'é', '\u{1f600}', 'exactly 24 characters ..', 'a text of more than 24 characters', '\ufeffa'])(
  '%j is decoded as it was encoded',
  (text) => {
    expect(decodeText(utf8(text))).toBe(text);
    expect(decodeText(utf8(`<${text}>`), 1, utf8(text).length + 1)).toBe(text);
  },
);

test('invalid bytes become U+FFFD', () => {
  expect(decodeText(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb');
  expect(decodeText(Uint8Array.of(0xc3))).toBe('\ufffd');
});
