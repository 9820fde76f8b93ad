import { useBackend } from '@lrfind/backends';
import { isRisingMetric } from '@lrfind/core/results';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { directionOf } from '../../src/callbacks/monitored-metric.js';
import { compiledSettings } from '../../src/losses/compiled-settings.js';
import { lossNamed } from '../../src/losses/registry.js';
import { isMetricFor, metricKinds, metricsOf } from '../../src/metrics.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { messageOf } from '../message-of.js';
import { answers, classes, drawn, heights, network, points } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);

describe('masked steps do not count', () => {
  /** Three steps a row, of which the last ones are masked; a layer that gives each step back. */
  const masked = () =>
    sequential({
      layers: [
        layers.inputLayer({ inputShape: [3, 1] }),
        layers.masking({ maskValue: -9 }),
        layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones', activation: 'sigmoid' }),
      ],
    });
  // By hand: of the five steps that count, 3 and 1 and 2 mean yes, and the first two of these are.
  const rows = {
    xs: () => tf.tensor3d([3, -1, -9, 1, 2, -2, -9, -9, -9], [3, 3, 1]),
    ys: () => tf.tensor3d([1, 1, 1, 1, 0, 0, 1, 0, 1], [3, 3, 1]),
  };

  test('in precision, recall, F1 and AUC', async () => {
    const data = { xs: rows.xs(), ys: rows.ys() };
    const options = { learningRate: 1e-30, epochs: 1, loss: 'binaryCrossentropy', batchSize: 2, validation: data };
    const { training } = await train(masked(), data, {
      ...options,
      metrics: ['precision', 'recall', 'f1', 'AUC', 'accuracy'],
    });
    for (const measured of [training.evaluations[0]?.training, training.evaluations[0]?.validation]) {
      expect(measured?.metrics).toEqual({
        precision: expect.closeTo(2 / 3, 6),
        recall: expect.closeTo(2 / 3, 6),
        f1Score: expect.closeTo(2 / 3, 6),
        // Of six pairs of yes and no, 3 and 1 stand above -2, 3 above 2, and -1 above -2.
        auc: expect.closeTo(4 / 6, 6),
        accuracy: expect.closeTo(3 / 5, 6),
      });
    }
    tf.dispose([data.xs, data.ys]);
  });

  test('in R²', async () => {
    const model = sequential({
      layers: [
        layers.inputLayer({ inputShape: [3, 1] }),
        layers.masking({ maskValue: -9 }),
        layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones' }),
      ],
    });
    const data = {
      xs: rows.xs(),
      ys: tf.tensor3d([2, 0, 1e6, 1, 2, 0, 1e6, 1e6, 1e6], [3, 3, 1]),
    };
    const { training } = await train(model, data, {
      learningRate: 1e-30,
      epochs: 1,
      batchSize: 1,
      metrics: ['R2Score'],
      validation: data,
    });
    // The targets 2, 0, 1, 2, 0 have the squares 4 about their mean; the errors 1, 1, 0, 0, 2 have 6.
    expect(training.evaluations[0]?.training.metrics.r2Score).toBeCloseTo(1 - 6 / 4, 6);
    expect(training.evaluations[0]?.validation?.metrics.r2Score).toBeCloseTo(1 - 6 / 4, 6);
    tf.dispose([data.xs, data.ys]);
  });
});

describe('in a training', () => {
  test('every metric of several outputs has the name of its output', async () => {
    const inputs = input({ shape: [2] });
    const outputs = ['kind', 'colour'].map(
      (name, i) =>
        layers
          .dense({ name, units: 3, activation: 'softmax', kernelInitializer: drawn(i + 1) })
          .apply(inputs) as SymbolicTensor,
    );
    const kinds = classes(xs);
    const data = { xs, ys: { kind: kinds, colour: kinds.map((kind) => (kind + 1) % 3) } };
    const { training, setup } = await train(functional({ inputs, outputs }), data, {
      learningRate: 0.1,
      epochs: 2,
      batchSize: 16,
      metrics: ['auc', 'top2Accuracy', 'F1Score'],
    });
    expect(setup.metrics).toEqual([
      'kind_auc',
      'kind_top2Accuracy',
      'kind_f1Score',
      'colour_auc',
      'colour_top2Accuracy',
      'colour_f1Score',
    ]);
    for (const value of Object.values(training.evaluations[1]?.training.metrics ?? {})) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  test('early stopping watches them, and knows that they should rise', async () => {
    const data = { xs, ys: answers(xs) };
    const result = await train(network(1, 'sigmoid'), data, {
      learningRate: 0.02,
      epochs: 200,
      batchSize: 8,
      metrics: ['AUC'],
      validation: data,
      callbacks: [earlyStopping({ monitor: 'val_auc', patience: 2 })],
    });
    const areas = result.training.evaluations.map(({ validation }) => validation?.metrics.auc as number);
    const best = areas.indexOf(Math.max(...areas));
    expect(result.training.outcome).toBe('stopped');
    expect(areas.length).toBe(best + 3);
    expect(areas[best]).toBeGreaterThan(areas[0] as number);
  });

  test('the value is NaN nowhere, also in a batch of one row', async () => {
    const { training } = await train(
      network(1, 'linear'),
      { xs, ys: heights(xs) },
      {
        learningRate: 0.01,
        epochs: 1,
        batchSize: 1,
        metrics: ['r2', 'mae'],
      },
    );
    expect(training.evaluations[0]?.training.metrics.r2Score).toBeLessThan(1);
  });
});

test('every metric should rise or fall, and callbacks know which', () => {
  const rising = metricKinds.map(({ name }) => name).filter(isRisingMetric);
  expect(rising).toEqual(['accuracy', 'topKAccuracy', 'auc', 'precision', 'recall', 'f1Score', 'r2Score']);
  for (const name of [...rising, 'top3Accuracy'])
    for (const monitor of [name, `val_${name}`, `val_kind_${name}`]) expect(directionOf(monitor, 'auto')).toBe('max');
  expect(directionOf('val_meanSquaredError', 'auto')).toBe('min');
  expect(['loss', 'val_loss', 'stop3Accuracies', 'topAccuracyLoss'].some(isRisingMetric)).toBe(false);
});

describe('names', () => {
  const names = (wanted: string[], loss: string, units: number) =>
    metricsOf(wanted, [lossNamed(loss)], network(units, 'linear')).map(({ name }) => name);

  test.each([
    ['AUC', 'auc'],
    ['Precision', 'precision'],
    ['Recall', 'recall'],
    ['F1Score', 'f1Score'],
    ['f1_score', 'f1Score'],
  ])('%s is %s', (spelling, name) => {
    expect(names([spelling], 'binaryCrossentropy', 1)).toEqual([name]);
    expect(names([spelling, name], 'binaryCrossentropy', 1)).toEqual([name]);
  });

  test.each([
    ['topKAccuracy', 5],
    ['TopKCategoricalAccuracy', 5],
    ['top_k_categorical_accuracy', 5],
    ['SparseTopKCategoricalAccuracy', 5],
    ['top3Accuracy', 3],
    ['top-1-accuracy', 1],
    ['topKAccuracy(k=3)', 3],
    ['TopKCategoricalAccuracy( k = 2 )', 2],
  ])('%s is the accuracy of the %i most likely', (spelling, k) => {
    expect(names([spelling], 'sparseCategoricalCrossentropy', 7)).toEqual([`top${k}Accuracy`]);
  });

  test.each<[string, string, number, string | RegExp]>([
    ['top0Accuracy', 'softmaxCrossEntropy', 3, /^metrics must be some of accuracy, .*; got "top0Accuracy"/],
    ['topKAccuracy(k=2.5)', 'softmaxCrossEntropy', 3, /^metrics must be some of .*; got "topKAccuracy\(k=2.5\)"/],
    ['top3Accuracy(k=2)', 'softmaxCrossEntropy', 3, /^metrics must be some of /],
    ['auc(k=2)', 'binaryCrossentropy', 1, /^metrics must be some of /],
    ['precison', 'binaryCrossentropy', 1, /; got "precison"; did you mean precision\?$/],
    ['topKAccuracy', 'softmaxCrossEntropy', 3, 'metrics: top5Accuracy needs an output of at least 5 classes; got 3'],
    [
      'top2Accuracy',
      'binaryCrossentropy',
      3,
      'metrics: top2Accuracy needs an output with a unit for each class; got binaryCrossentropy, where a unit is a yes or no',
    ],
    [
      'auc',
      'categoricalHinge',
      3,
      'metrics: auc needs predictions that are probabilities or logits; got the loss categoricalHinge, whose predictions are neither',
    ],
    ['f1', 'huber', 1, 'metrics: f1Score needs a loss of classes; got huber, which is of numbers'],
    [
      'r2',
      'sparseCategoricalCrossentropy',
      3,
      'metrics: r2Score needs targets that are numbers; got the loss sparseCategoricalCrossentropy, whose targets are class numbers',
    ],
  ])('%s with %s and %i units is refused', (wanted, loss, units, message) => {
    if (typeof message === 'string') expect(messageOf(() => names([wanted], loss, units))).toBe(message);
    else expect(messageOf(() => names([wanted], loss, units))).toMatch(message);
  });
});

test('a model file’s metric objects are read with the settings that change them', () => {
  const object = (class_name: string, config: object) => ({
    class_name,
    config: { name: 'x', dtype: 'float32', ...config },
  });
  const read = (...metrics: object[]) => compiledSettings({ metrics }).metrics;
  expect(
    read(
      object('AUC', { num_thresholds: 200, curve: 'ROC', summation_method: 'interpolation', from_logits: false }),
      object('Precision', { thresholds: null, top_k: null, class_id: null }),
      object('Recall', { thresholds: [0.5] }),
      object('F1Score', { average: 'macro', threshold: 0.5, beta: 1 }),
      object('R2Score', { class_aggregation: 'uniform_average', num_regressors: 0 }),
    ),
  ).toEqual(['AUC', 'Precision', 'Recall', 'F1Score', 'R2Score']);
  const [top, ...others] = read(
    object('TopKCategoricalAccuracy', { k: 3 }),
    object('AUC', { curve: 'PR' }),
    object('Precision', { thresholds: [0.2, 0.8] }),
    object('Recall', { class_id: 1 }),
    object('F1Score', { average: 'weighted' }),
  );
  expect([top, ...others]).toEqual([
    'TopKCategoricalAccuracy(k=3)',
    'AUC(curve=PR)',
    'Precision(thresholds=[0.2,0.8])',
    'Recall(class_id=1)',
    'F1Score(average=weighted)',
  ]);
  const loss = [lossNamed('categoricalCrossentropy')];
  expect(isMetricFor(top as string, loss)).toBe(true);
  expect(isMetricFor(top as string, loss, network(2, 'softmax'))).toBe(false);
  expect(others.filter((name) => isMetricFor(name, loss))).toEqual([]);
});
