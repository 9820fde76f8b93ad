import { describe, expect, test } from 'vitest';
import {
  baseline,
  isAccuracy,
  isScore,
  leadingScore,
  lossOf,
  metricNames,
  metricOf,
  trainingCurve,
} from '../../src/curves/training-curve.js';
import { sampleTraining } from '../sample-training.js';

/** A training with these validation losses, one after each epoch of ten steps. */
function training(start: number | null, losses: (number | null)[], outcome: 'finished' | 'diverged' = 'finished') {
  const measures = (value: number | null) => ({ loss: value, metrics: { accuracy: 1 - (value ?? 0) } });
  return {
    ...sampleTraining(),
    start: start === null ? null : measures(start),
    evaluations: losses.map((value, i) => ({
      step: 10 * (i + 1),
      epoch: i + 1,
      rate: 0.1,
      training: measures(value === null ? null : 2 * value),
      validation: measures(value),
      seconds: i,
    })),
    outcome,
  };
}

describe('the mean over seeds', () => {
  const trainings = [training(3, [1, 0.5]), training(1, [2, 0.7]), training(2, [6, null], 'diverged')];

  test('has the lowest and the highest of the seeds that got that far', () => {
    expect(
      trainingCurve(trainings, 'validation', lossOf, 'epoch').map((point) => [
        point.time,
        point.value,
        point.low,
        point.high,
      ]),
    ).toEqual([
      [0, 2, 1, 3],
      [1, 3, 1, 6],
      [2, 0.6, 0.5, 0.7],
    ]);
  });

  test('of training rows begins with the first epoch', () => {
    const found = trainingCurve(trainings, 'training', lossOf, 'step');
    expect(found.map(({ time, value }) => [time, value])).toEqual([
      [10, 6],
      [20, 1.2],
    ]);
  });

  test('of a metric leaves out what was not measured', () => {
    const [first] = trainingCurve(trainings, 'validation', metricOf('accuracy'), 'epoch');
    expect(first?.value).toBe(-1);
    expect(trainingCurve(trainings, 'validation', metricOf('toString'), 'epoch')).toEqual([]);
  });

  test('leaves out what is not finite, also a mean of the largest numbers', () => {
    expect(trainingCurve([training(null, [Number.NaN, 1])], 'validation', lossOf, 'epoch')).toHaveLength(1);
    expect(
      trainingCurve([training(null, [1.7e308]), training(null, [1.7e308])], 'validation', lossOf, 'epoch'),
    ).toEqual([]);
  });

  test('before training is known or not', () => {
    expect(baseline(trainings, lossOf)).toBe(2);
    expect(baseline([training(null, [1])], lossOf)).toBeNull();
  });
});

test('metrics are those that were measured, in their order', () => {
  expect(metricNames([sampleTraining({ metrics: { mae: (value) => value } })])).toEqual(['accuracy', 'mae']);
  expect(metricNames([sampleTraining({ accuracy: false })])).toEqual([]);
});

test.each([
  ['accuracy', true],
  ['acc', true],
  ['binaryAccuracy', true],
  ['sparse_categorical_accuracy', true],
  ['mse', false],
  ['accident', false],
])('whether %s is an accuracy: %s', (name, is) => {
  expect(isAccuracy(name)).toBe(is);
});

test.each([
  ['accuracy', true],
  ['kind_auc', true],
  ['f1Score', true],
  ['top3Accuracy', true],
  ['price_r2Score', true],
  ['meanAbsoluteError', false],
  ['precisionLoss', false],
])('whether %s is better when it is higher: %s', (name, is) => {
  expect(isScore(name)).toBe(is);
});

test('an accuracy stands for the metrics, else the first other score', () => {
  expect(leadingScore(['meanAbsoluteError', 'auc', 'accuracy'])).toBe('accuracy');
  expect(leadingScore(['meanAbsoluteError', 'recall', 'auc'])).toBe('recall');
  expect(leadingScore(['meanAbsoluteError'])).toBeUndefined();
});
