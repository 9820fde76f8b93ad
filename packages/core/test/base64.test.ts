import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as present from '../src/base64.js';

/** Bytes that follow no pattern. */
const mixed = (length: number) => Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);

/** The module where the engine has a `Buffer`, and where it has none, as in a browser. */
async function inBrowser(): Promise<typeof present> {
  vi.resetModules();
  vi.stubGlobal('Buffer', undefined);
  try {
    return await import('../src/base64.js');
  } finally {
    vi.unstubAllGlobals();
  }
}

describe.each([
  ['in Node', async () => present],
  ['in a browser', inBrowser],
])('%s', (_, load) => {
  let toBase64: typeof present.toBase64;
  let fromBase64: typeof present.fromBase64;
  beforeEach(async () => {
    ({ toBase64, fromBase64 } = await load());
  });
  test('bytes become the base64 that Node gives, and come back', () => {
    // Lengths around a multiple of three, of the chunk of one call, and none.
    for (const length of [0, 1, 2, 3, 255, 256, 0x1fff, 0x2000, 0x2001, 100_000]) {
      const bytes = mixed(length);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
  });

  test('every byte survives', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });

  test('of a view, only its own bytes are encoded', () => {
    const numbers = Float32Array.of(1, 2, 3, 4);
    expect(toBase64(numbers.subarray(1, 3))).toBe(toBase64(Float32Array.of(2, 3)));
    expect(toBase64(new DataView(numbers.buffer, 4, 4))).toBe(toBase64(Float32Array.of(2)));
  });

  test('decoded bytes are alone in their buffer, which numbers can be read from', () => {
    const bytes = fromBase64(toBase64(Float32Array.of(1.5, Number.NaN, -0)));
    expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 12]);
    expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.of(1.5, Number.NaN, -0));
  });

  test('what is not base64 is refused', () => {
    for (const text of ['a', 'abc%', 'äöü=', 'ab-_'])
      expect(() => fromBase64(text)).toThrow(expect.objectContaining({ name: 'InvalidCharacterError' }));
  });
});
