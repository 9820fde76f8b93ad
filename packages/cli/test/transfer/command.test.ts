import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { storedTraining } from '../stored-trainings.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** A result of a search with Adam and batches of 64 rows that suggests 0.001. */
function found(optimizer = 'adam', rate: number | null = 0.001) {
  const sweep = storedSweep(null, rate);
  return here.put('sweep.json', {
    ...sweep,
    setup: { ...sweep.setup, optimizer: { name: optimizer } },
    options: { batchSize: 64 },
  });
}

test('the rate for four times the batch size is printed with its factor and its source', async () => {
  const { code, stdout, stderr } = await lrfind('transfer', found(), '--batch-size', 256);
  expect([code, stderr]).toEqual([0, '']);
  // 4^0.52 = 2.056, 4^(1.2816 × 0.19) = 1.402
  expect(stdout).toContain('learning rate   0.00206   (2.06 times 0.001; within a factor of 1.4 in 80 % of networks)');
  expect(stdout).toContain('batch size: the best rate went with its power 0.52 ± 0.19');
});

test('where nothing can be said of a change, the rate of the result stands with the reason', async () => {
  const { code, stdout } = await lrfind('transfer', found('sgd'), '--steps', 4);
  expect(code).toBe(0);
  expect(stdout).toContain('learning rate   no advice; that of the result is 0.001');
  expect(stdout).toMatch(/number of steps: .* so no advice/);
});

test('as JSON: the rate, the factor and the notes', async () => {
  const { code, stdout } = await lrfind('transfer', found(), '--width', 2, '--json');
  expect(code).toBe(0);
  const { learningRate, factor, notes } = JSON.parse(stdout);
  expect(learningRate).toBeCloseTo(6.8777e-4, 7);
  expect(factor).toBeGreaterThan(1);
  expect(notes).toHaveLength(1);
});

test.each([
  ['nothing that changes', [], 'one of --batch-size, --width, --steps must be given'],
  ['a batch of no rows', ['--batch-size', 0], '--batch-size must be'],
  [
    'a batch beyond a thousand times that of the result',
    ['--batch-size', 64001],
    '--batch-size must be 1 to 64000, for a result with batches of 64 rows; got 64001',
  ],
  ['a negative width', ['--width', -1], '--width must be'],
  ['a width that is no number', ['--width', 'twice'], '--width must be'],
  ['a width beyond what a power law says', ['--width', 1e6], '--width must be'],
  ['a flag that does not exist', ['--depth', 2], 'unknown option'],
])('%s is refused with one message', async (_, more, message) => {
  const { code, stdout, stderr } = await lrfind('transfer', found(), ...more);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('a result without a suggestion, of another kind, or with an optimizer that was not measured is refused', async () => {
  expect((await lrfind('transfer', found('adam', null), '--width', 2)).stderr).toContain(
    'must have a suggestion; got none: too noisy',
  );
  const training = here.put('training.json', storedTraining([]));
  expect((await lrfind('transfer', training, '--width', 2)).stderr).toContain(
    'must be a result of lrfind find; got a result of the format lrfind-training',
  );
  expect(await lrfind('transfer', found('lion'), '--width', 2)).toMatchObject({ code: 2, stdout: '' });
});
