import { expect, test } from 'vitest';
import { pack, unpack } from '../../src/contents/pack.js';

const data = {
  name: 'rows',
  shape: [2, 3],
  weights: Float32Array.of(1.5, Number.NaN, -0),
  nested: [{ starts: Int32Array.of(7, -1) }, null, true],
  bytes: Uint8Array.of(1, 2, 3),
  numbers: Float64Array.of(Math.PI),
};

test('data with arrays comes back as it was, bit for bit, wherever its bytes lie', () => {
  const bytes = pack({ ...data, missing: undefined });
  expect(unpack(bytes)).toEqual(data);
  // As a network gives them: in the middle of a larger buffer, at an odd place.
  const larger = Buffer.alloc(bytes.length + 3);
  larger.set(bytes, 3);
  const back = unpack(larger.subarray(3)) as typeof data;
  expect(back).toEqual(data);
  expect(Object.is(back.weights[2], -0)).toBe(true);
});

test('equal data give equal bytes', () => {
  expect(pack(structuredClone(data))).toEqual(pack(data));
  // Of a part of a larger array, only that part.
  expect(pack({ a: Float32Array.of(0, 1, 2).subarray(1) })).toEqual(pack({ a: Float32Array.of(1, 2) }));
});

test('bytes of something else are refused', () => {
  expect(() => unpack(Uint8Array.of(1))).toThrow('too short');
  expect(() => unpack(pack(data).subarray(0, 200))).toThrow(/too short|is not there/);
});

test('what JSON cannot say is refused rather than changed', () => {
  expect(() => pack({ rate: Number.POSITIVE_INFINITY })).toThrow('Infinity cannot be packed');
  expect(() => pack({ big: new BigInt64Array(1) })).toThrow('BigInt64Array cannot be packed');
});
