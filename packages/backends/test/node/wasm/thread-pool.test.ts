import { expect, test } from 'vitest';
import { limitPoolToLargeKernels, shortenSpinWaits } from '../../../src/node/wasm/thread-pool.js';

test('code without the three known spin waits is refused', () => {
  const wait = [0x41, 0xc0, 0x84, 0x3d];
  for (const waits of [0, 1, 2, 4]) {
    const code = Buffer.from(Array.from({ length: waits }, () => [0, ...wait]).flat());
    expect(() => shortenSpinWaits(code)).toThrow(`its code must have 3 spin waits; got ${waits}`);
  }
});

test('a module that keeps its pool elsewhere is refused, and left unchanged', () => {
  const module = { HEAP32: new Int32Array(10_000).fill(7), tfjs: { getThreadsCount: () => 2 }, cwrap: () => () => {} };
  expect(() => limitPoolToLargeKernels(module, 2)).toThrow('the address of its pool of 2 threads was not found');
  expect(new Set(module.HEAP32)).toEqual(new Set([7]));
});
