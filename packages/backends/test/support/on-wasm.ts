import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { liveTensors } from './check.js';

/** The tests of a file run on wasm, and none leaves a tensor behind. */
export function testOnWasm(): void {
  let before: ReturnType<typeof liveTensors>;
  beforeAll(async () => {
    await useBackend('wasm');
  });
  beforeEach(() => {
    before = liveTensors();
  });
  afterEach(() => expect(liveTensors()).toEqual(before));
}
