import { InputError } from '@lrfind/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { lastMemoryError, MemoryError } from '../../../src/memory-error.js';
import { useBackend } from '../../../src/registry.js';
import '../../../src/node/wasm/index.js';
import { guardMemory } from '../../../src/wasm/memory.js';

/** A module as Emscripten makes it, that gives out these addresses. Its function replaces itself when it is first called. */
function fakeModule(addresses: number[], heldMiB: number) {
  const freed: number[] = [];
  const module = {
    wasmMemory: { buffer: { byteLength: heldMiB * 2 ** 20 } },
    _malloc(_bytes: number): number {
      module._malloc = () => addresses.shift() as number;
      return 8;
    },
    _free: (address: number) => freed.push(address),
    onAbort: undefined as undefined | (() => void),
  };
  guardMemory({ wasm: module } as unknown as BackendWasm);
  freed.length = 0;
  return { module, freed };
}

test('an allocation that fails is one message, rather than an address at which other tensors lie', () => {
  expect(lastMemoryError()).toBe(undefined);
  const { module } = fakeModule([64, 0, 128], 512);
  expect(module._malloc(16)).toBe(64);
  expect(() => module._malloc(2 ** 21)).toThrow(MemoryError);
  expect(lastMemoryError()).toBeInstanceOf(InputError);
  expect(lastMemoryError()?.message).toBe(
    'not enough memory: the wasm backend holds 512 MiB and needs 2 MiB more; use a smaller model or batch, or the backend tensorflow',
  );
  expect(module._malloc(16)).toBe(128);
});

test('the allocations of the running backend are guarded, also after the first', async () => {
  await useBackend('wasm');
  const { _malloc: allocate } = (tf.backend() as BackendWasm).wasm as unknown as { _malloc(bytes: number): number };
  tf.tensor([1]).dispose();
  const { wasm } = tf.backend() as BackendWasm;
  expect((wasm as unknown as { _malloc: unknown })._malloc).toBe(allocate);
  expect(() => allocate(2 ** 32 - 2 ** 20)).toThrow(MemoryError);
});

test('no bytes need no address', () => {
  const { module } = fakeModule([0], 512);
  expect(module._malloc(0)).toBe(0);
});

test('the last GiB is left to what kernels allocate themselves', () => {
  // Emscripten returns addresses above 2 GiB as negative numbers.
  const above = 3072 * 2 ** 20 - 2 ** 32;
  const { module, freed } = fakeModule([above - 4096, above - 4095], 4000);
  expect(module._malloc(4096)).toBe(above - 4096);
  expect(() => module._malloc(4096)).toThrow(MemoryError);
  expect(freed).toEqual([above - 4095]);
});

test('a kernel that aborts does so for lack of memory only where nearly all of it is in use', () => {
  expect(() => fakeModule([], 4000).module.onAbort?.()).toThrow(MemoryError);
  expect(() => fakeModule([], 100).module.onAbort?.()).not.toThrow();
});

test('a module is guarded once', () => {
  const { module } = fakeModule([0], 1);
  const guarded = module._malloc;
  guardMemory({ wasm: module } as unknown as BackendWasm);
  expect(module._malloc).toBe(guarded);
});
