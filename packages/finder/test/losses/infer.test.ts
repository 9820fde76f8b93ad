import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { inferLoss } from '../../src/losses/infer.js';

const numbers = (count: number) => ({ count, text: false });
const words = (count: number) => ({ count, text: true });

test.each([
  ['softmax', 3, numbers(1), 'sparseCategoricalCrossentropy'],
  ['softmax', 3, words(1), 'sparseCategoricalCrossentropy'],
  ['softmax', 3, numbers(3), 'categoricalCrossentropy'],
  ['sigmoid', 1, numbers(1), 'binaryCrossentropy'],
  ['sigmoid', 1, words(1), 'binaryCrossentropy'],
  ['sigmoid', 4, numbers(4), 'binaryCrossentropy'],
  ['sigmoid', 4, words(1), 'binaryCrossentropy'],
  ['hardSigmoid', 1, numbers(1), 'binaryCrossentropy'],
  ['hard_sigmoid', 1, numbers(1), 'binaryCrossentropy'],
  ['linear', 1, numbers(1), 'meanSquaredError'],
  [null, 1, numbers(1), 'meanSquaredError'],
  ['relu', 1, numbers(1), 'meanSquaredError'],
  ['linear', 3, numbers(3), 'meanSquaredError'],
  ['tanh', 3, numbers(3), 'meanSquaredError'],
  ['linear', 3, numbers(1), 'softmaxCrossEntropy'],
  [null, 3, words(1), 'softmaxCrossEntropy'],
  ['linear', 1, words(1), 'sigmoidCrossEntropy'],
] as const)('%s over %i units with %j takes %s', (activation, units, target, loss) => {
  const choice = inferLoss({ name: 'out', shape: [units], activation }, target);
  expect(choice.loss).toBe(loss);
  expect(choice.why).toContain(`loss ${loss}: output "out" has ${units} `);
});

test.each([
  ['softmax', 1, numbers(1), 'which always give 1'],
  ['softmax', 3, numbers(2), 'needs 1 column of labels or 3 columns, but the target is 2 columns of numbers'],
  ['sigmoid', 1, numbers(2), 'needs 1 column, but the target is 2 columns of numbers'],
  ['relu', 1, words(1), 'use a softmax or sigmoid activation, or name the loss'],
  ['relu', 3, numbers(1), 'no loss follows from that; name one'],
  ['linear', 3, numbers(2), 'needs 1 column of labels or 3 columns'],
] as const)('%s over %i units with %j is refused', (activation, units, target, message) => {
  const infer = () => inferLoss({ name: 'out', shape: [units], activation }, target);
  expect(infer).toThrow(InputError);
  expect(infer).toThrow(message);
});
