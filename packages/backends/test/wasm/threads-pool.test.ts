import { expect, test } from 'vitest';
import { reserveForLarge, shortenWaits } from '../../src/wasm/thread-pool.js';

test('code whose waits are not the three that are known is refused', () => {
  const wait = [0x41, 0xc0, 0x84, 0x3d];
  for (const waits of [0, 1, 2, 4]) {
    const code = Buffer.from(Array.from({ length: waits }, () => [0, ...wait]).flat());
    expect(() => shortenWaits(code)).toThrow('its threads wait in another way');
  }
});

test('a module that keeps its pool elsewhere is refused, and left as it was', () => {
  const module = { HEAP32: new Int32Array(10_000).fill(7), tfjs: { getThreadsCount: () => 2 }, cwrap: () => () => {} };
  expect(() => reserveForLarge(module, 2)).toThrow('its pool of 2 threads is elsewhere');
  expect(new Set(module.HEAP32)).toEqual(new Set([7]));
});
