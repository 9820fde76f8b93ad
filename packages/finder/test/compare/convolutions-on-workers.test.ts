import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { backend, exact } from '../backend.js';

const program = fileURLToPath(new URL('convolutions-on-workers-run.mjs', import.meta.url));

/** TensorFlow's convolutions differ in their last bits with the number of threads. */
const TOLERANCE = exact ? 0 : 1e-3;

// Two networks, a schedule that is a function in the first trial, and others that are not.
let found: Record<string, Record<string, unknown>>;
beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, backend]);
  expect(stderr).toBe('');
  found = JSON.parse(stdout);
}, 120_000);

test('two lanes give the losses of one, to the bit on wasm, and leave no tensor', () => {
  expect(found.two).toMatchObject({ notes: [], left: 0 });
  expect(found.two?.difference).toBeLessThanOrEqual(TOLERANCE);
});

test('workers are used although the first trial has a function, which they are never asked for', () => {
  const asked = found.two?.asked as string[];
  expect(asked).toContain('steady');
  expect(asked).not.toContain('own');
});

test('a halved comparison of one lane is resumed by two with the same losses', () => {
  expect(found.resumed?.left).toBe(0);
  expect(found.resumed?.difference).toBeLessThanOrEqual(TOLERANCE);
});

test('an abort ends all lanes with its reason, leaves no tensor, and the models as they were', () => {
  expect(found.aborted).toEqual({ error: 'enough', left: 0 });
  expect(found.sameWeights).toBe(true);
});
