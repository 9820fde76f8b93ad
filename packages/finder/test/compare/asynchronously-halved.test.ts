import { useBackend } from '@lrfind/backends';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { CompareOptions, TrialOptions } from '../../src/options.js';
import { heights, noisy, points, rejection } from '../train/small-trainings.js';
import { interruptedOnce, memoryJournal } from './memory-journal.js';
import { trainingsOf, untimed } from './untimed.js';

let model: LayersModel;
beforeAll(async () => {
  await useBackend('wasm');
  model = noisy(0.2);
});

const xs = points(40);
const data = { xs, ys: heights(xs) };
/** Nine trials: decisions after two and four of eight epochs. */
const trials: TrialOptions[] = [
  { name: 'slow', learningRate: 1e-5, optimizer: 'sgd' },
  { name: 'adam', learningRate: 0.05, optimizer: 'adam' },
  { name: 'too fast', learningRate: 1e20, optimizer: 'sgd' },
  { name: 'momentum in one cycle', learningRate: 'one-cycle(0.1, steps=32)', optimizer: 'momentum' },
  { name: 'slower', learningRate: 1e-6, optimizer: 'sgd', batchSize: 4 },
  { name: 'large batches', learningRate: 0.02, optimizer: 'adam', batchSize: 20 },
  { name: 'slow adam', learningRate: 1e-4, optimizer: 'adam' },
  { name: 'stops', learningRate: 0.01, optimizer: 'adam', callbacks: 'early-stopping(patience=1, minDelta=0.05)' },
  { name: 'slowest', learningRate: 1e-7, optimizer: 'sgd' },
];
const halved = (options: Partial<CompareOptions> = {}) =>
  compare(model, data, {
    ...{ batchSize: 8, repeats: 2, loss: 'mse', epochs: 8, trials, halving: 'asynchronous', workers: 1 },
    ...options,
  });

test('trials have the bits that they have without halving, as far as they are trained', async () => {
  const whole = await halved({ halving: false });
  const result = await halved();
  for (const { name } of trials as { name: string }[])
    for (const [i, training] of trainingsOf(result, name).entries()) {
      const unpruned = trainingsOf(whole, name)[i];
      const { length } = training.evaluations;
      expect(training.evaluations).toEqual(unpruned?.evaluations.slice(0, length));
      if (training.outcome === 'pruned') expect(length).toBeLessThan(8);
      else expect([training.outcome, length]).toEqual([unpruned?.outcome, unpruned?.evaluations.length]);
    }
  const outcomes = new Map(result.ranking.map(({ name, outcome }) => [name, outcome]));
  expect(outcomes.get('adam')).toBe('finished');
  expect(outcomes.get('too fast')).toBe('diverged');
  // The slow ones are never among the better half: the first of them only as long as it is alone.
  expect(['slower', 'slow adam', 'slowest'].map((name) => outcomes.get(name))).toEqual(['pruned', 'pruned', 'pruned']);
  expect(result.options.halving).toBe('asynchronous');
});

test('interrupted after any entry of the journal and resumed, it comes to the same result', async () => {
  const whole = memoryJournal();
  const expected = untimed(await halved({ journal: whole }));
  expect(whole.lines.length).toBeGreaterThan(40);
  for (let after = 1; after < whole.lines.length; after += 6) {
    const journal = memoryJournal();
    const interrupted = halved({ ...interruptedOnce(journal, ({ length }) => length === after) });
    expect((await rejection(interrupted)).message).toBe('interrupted');
    expect(untimed(await halved({ journal }))).toEqual(expected);
    const parts = (lines: readonly string[]) => lines.map((line) => line.replace(/"seconds":[\d.e-]+/g, ''));
    expect(parts(journal.lines)).toEqual(parts(whole.lines));
  }
});

test('a single evaluation is refused before any training', async () => {
  await expect(halved({ epochs: 1 })).rejects.toThrow(
    'halving needs at least 2 evaluations of each training, to drop trials before the last; got 1',
  );
  await expect(halved({ halving: 'synchronous' as 'asynchronous' })).rejects.toThrow(
    'halving must be true, false or asynchronous; got "synchronous"',
  );
});
