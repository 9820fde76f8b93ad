import { expect, test } from 'vitest';
import { callbackNotes } from '../../src/study/callback-notes.js';
import { training, trial } from './trainings.js';

const rates = [{ step: 0, rate: 0.1 }];

test('the notes say when callbacks ended trainings, and which weights they restored', () => {
  const validation = { loss: 1, metrics: {} };
  const one = training([3, 1, 2], { outcome: 'stopped' });
  const other = training([3, 2, 1, 2], { outcome: 'stopped' });
  expect(callbackNotes(trial('a', one, one), 90)).toEqual([
    'a: ended by its callback after 30 of 90 steps, in epoch 3',
  ]);
  expect(callbackNotes(trial('a', one, other, training([1, 1])), 90)).toEqual([
    'a: ended by its callback with 2 of 3 seeds after 30 to 40 of 90 steps, in epoch 3 to 4',
  ]);
  const restored = (epoch: number) => ({ restored: { step: 10 * epoch, epoch, validation } });
  expect(callbackNotes(trial('a', { ...one, ...restored(2) }, { ...other, ...restored(3) }), 1000)).toEqual([
    'a: ended by its callback after 30 to 40 of 1,000 steps, in epoch 3 to 4',
    'a: its loss is that of the weights that its callback restored, of epoch 2 to 3',
  ]);
  expect(callbackNotes(trial('a', { ...training([2, 1, 3]), ...restored(2) }, training([2, 1])), 30)).toEqual([
    'a: its loss with 1 of 2 seeds is that of the weights that its callback restored, of epoch 2',
  ]);
  expect(callbackNotes(trial('a', { ...one, restored: { step: null, epoch: null, validation } }), 90).at(-1)).toBe(
    'a: its loss is that of the weights that its callback restored',
  );
});

test('a callback that did nothing is named, but not one whose training was cut short', () => {
  expect(callbackNotes(trial('a', { ...training([2, 1]), rates }, { ...training([2, 1]), rates }), 20)).toEqual([
    'a: its callback changed nothing in a training of this length',
  ]);
  expect(callbackNotes(trial('a', { ...training([2], { outcome: 'pruned' }), rates }), 20)).toEqual([]);
  expect(callbackNotes(trial('a', { ...training([2], { outcome: 'diverged', divergedAt: 3 }), rates }), 20)).toEqual(
    [],
  );
  const halved = [...rates, { step: 10, rate: 0.05 }];
  expect(callbackNotes(trial('a', { ...training([2, 1]), rates: halved }), 20)).toEqual([]);
});
