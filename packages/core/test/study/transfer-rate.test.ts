import { transferRate } from '@lrfind/core/study';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../message-of.js';

test('four times the batch size with Adam doubles the rate, within a factor of 1.4', () => {
  // 4^0.52 = 2^1.04 = 2.0562; 1.2816 × 0.19 = 0.2435, and 4^0.2435 = 2^0.487 = 1.4016.
  const { learningRate, factor, notes } = transferRate(1e-3, { batchSize: 4 }, 'adam');
  expect(learningRate).toBeCloseTo(2.0562e-3, 7);
  expect(factor).toBeCloseTo(1.4016, 3);
  expect(notes).toEqual([
    'batch size: the best rate went with its power 0.52 ± 0.19 (HPOBench: 24,000 networks on eight tables)',
  ]);
});

test('a wider network wants a lower rate, and half the width undoes twice the width', () => {
  // 2^-0.54 = 0.68777
  const { learningRate } = transferRate(0.01, { width: 2 }, 'adam');
  expect(learningRate).toBeCloseTo(6.8777e-3, 6);
  expect(transferRate(learningRate as number, { width: 0.5 }, 'adam').learningRate).toBeCloseTo(0.01, 12);
});

test('changes multiply, and their errors add up like those of independent quantities', () => {
  const batch = transferRate(1, { batchSize: 8 }, 'adam');
  const width = transferRate(1, { width: 3 }, 'adam');
  const both = transferRate(1, { batchSize: 8, width: 3 }, 'adam');
  expect(both.learningRate).toBeCloseTo((batch.learningRate as number) * (width.learningRate as number), 6);
  expect(Math.log(both.factor as number)).toBeCloseTo(
    Math.hypot(Math.log(batch.factor as number), Math.log(width.factor as number)),
    6,
  );
  expect(both.notes).toEqual([...batch.notes, ...width.notes]);
});

test('ten times the steps want less than half the rate', () => {
  // 10^-0.32 = 0.47863; 10^(1.2816 × 0.16) = 1.6035
  const { learningRate, factor } = transferRate(1e-3, { steps: 10 }, 'adam');
  expect(learningRate).toBeCloseTo(4.7863e-4, 7);
  expect(factor).toBeCloseTo(1.6035, 3);
});

test('where the exponent scatters as much as it moves the rate there is no advice, also beside a quantity that has one', () => {
  const { learningRate, factor, notes } = transferRate(0.1, { steps: 4, width: 2 }, 'sgd');
  expect([learningRate, factor]).toEqual([null, null]);
  expect(notes).toHaveLength(2);
  expect(notes.filter((note) => note.endsWith('that scatters as much as it moves the rate, so no advice'))).toEqual(
    notes,
  );
});

test('a factor of 1 changes nothing and has no error', () => {
  expect(transferRate(0.02, { batchSize: 1, width: 1 }, 'adam')).toMatchObject({ learningRate: 0.02, factor: 1 });
});

test('an undefined change counts as left out', () => {
  expect(transferRate(0.02, { batchSize: 2, width: undefined }, 'adam')).toEqual(
    transferRate(0.02, { batchSize: 2 }, 'adam'),
  );
});

describe('bad inputs', () => {
  const bad: [unknown, unknown, unknown, string][] = [
    [0, { width: 2 }, 'adam', 'rate must be a number from 1e-37 to 1e+37; got 0'],
    [Number.NaN, { width: 2 }, 'adam', 'rate must be a number from 1e-37 to 1e+37; got NaN'],
    ['0.1', { width: 2 }, 'adam', 'rate must be a number from 1e-37 to 1e+37; got "0.1"'],
    [0.1, {}, 'adam', 'change must be one of batchSize, width, steps at least; got {}'],
    [0.1, undefined, 'adam', 'change must be an object, such as { batchSize: … }; got undefined'],
    [0.1, { batch: 2 }, 'adam', 'unknown option batch'],
    [0.1, { width: 0 }, 'adam', 'width must be a factor from 0.001 to 1000; got 0'],
    [0.1, { width: -2 }, 'adam', 'width must be a factor from 0.001 to 1000; got -2'],
    [
      0.1,
      { batchSize: Number.POSITIVE_INFINITY },
      'adam',
      'batchSize must be a factor from 0.001 to 1000; got Infinity',
    ],
    [0.1, { width: '2' }, 'adam', 'width must be a factor from 0.001 to 1000; got "2"'],
    [0.1, { width: 2 }, 'adamm', 'did you mean adam?'],
    [0.1, { width: 2 }, 'lion', 'optimizer must be one of adam, sgd; got "lion"'],
  ];
  test.each(bad)('%s, %o, %s', (rate, change, optimizer, message) => {
    expect(messageOf(() => transferRate(rate as number, change as object, optimizer as string))).toContain(message);
  });
});
