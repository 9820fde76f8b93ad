import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('session-worker-run.mjs', import.meta.url));
const backend = process.env.LRFIND_TEST_BACKEND ?? 'wasm';
const sameBits = backend === 'wasm';

// Its model has dropout, batch normalisation, a constraint, a regulariser and a frozen layer, and its rows have class weights.
let found: Record<string, unknown>;
beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, backend]);
  expect(stderr).toBe('');
  found = JSON.parse(stdout);
});

test('a worker makes a sweep as this thread does, to the bit on wasm', () => {
  expect(found).toMatchObject({ points: 40, events: 40 });
  if (sameBits) expect(found).toMatchObject({ sameSweep: true, sameState: true });
  // TensorFlow's last bits depend on the number of threads.
  else expect(found.difference).toBeLessThan(1e-3);
});

test.runIf(sameBits)('a worker trains on rows held out by seed as this thread does', () => {
  expect(found.sameTraining).toBe(true);
});

test('an aborted task ends with the reason of the signal, a failed one with its error, and later ones run as before', () => {
  expect(found.reasons).toEqual(['enough', expect.stringContaining('optimizer must be one of')]);
  if (sameBits) expect(found.sameAgain).toBe(true);
});

test('a search with a worker reports the same steps in the same order, and has the same sweeps on wasm', () => {
  expect(found).toMatchObject({ passed: true, sameOrder: true });
  expect(found.sweepsOnWorker).toBeGreaterThan(0);
  if (sameBits) expect(found.sameSearch).toBe(true);
});
