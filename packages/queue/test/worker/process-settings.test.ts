import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { processEnvironment } from '../../src/worker/process-settings.js';

afterEach(() => vi.unstubAllEnvs());

describe('the threads of a process that runs jobs', () => {
  const settings = { backend: 'wasm', cache: 'cache', cacheBytes: 1, allowCode: false, worker: 1 };
  const threads = (concurrency: number) => processEnvironment(settings, 'redis://x', concurrency).LRFIND_THREADS;

  test('are its part of those that the user allows', () => {
    vi.stubEnv('LRFIND_THREADS', '1');
    expect([threads(1), threads(2), threads(3)]).toEqual(['1', '1', '1']);
    // More than there are processors.
    vi.stubEnv('LRFIND_THREADS', '4096');
    expect(Number(threads(2))).toBe(Math.min(8, Math.max(1, Math.floor(availableParallelism() / 2))));
  });

  test('are what its backend chooses where it is alone and the user said nothing', () => {
    vi.stubEnv('LRFIND_THREADS', undefined);
    expect(threads(1)).toBeUndefined();
  });
});
