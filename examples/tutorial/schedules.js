// Four schedules by their Keras names. In Keras:
//
//   ExponentialDecay(0.1, decay_steps=100, decay_rate=0.96, staircase=True)     # step decay
//   ExponentialDecay(0.1, decay_steps=100, decay_rate=0.96, staircase=False)    # time-based decay
//   CosineDecay(0.1, decay_steps=1000)
//   PiecewiseConstantDecay(boundaries=[1000, 2000, 3000], values=[0.0003, 0.001, 0.0005, 0.0001])
//   optimizer = tf.keras.optimizers.SGD(learning_rate=lr_schedule)

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { from, optimizer, printSchedule, useBackend } from 'lrfind';

await useBackend();

const decay = { initial_learning_rate: 0.1, decay_steps: 100, decay_rate: 0.96 };
const rate = 0.001;
const schedules = [
  from.keras('ExponentialDecay', { ...decay, staircase: true }),
  from.keras('ExponentialDecay', { ...decay, staircase: false }),
  from.keras('CosineDecay', { initial_learning_rate: 0.1, decay_steps: 1000 }),
  from.keras('PiecewiseConstantDecay', {
    boundaries: [1000, 2000, 3000],
    values: [rate * 0.3, rate, rate * 0.5, rate * 0.1],
  }),
];

const xTrain = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const yTrain = tf.tidy(() => tf.cast(tf.greater(tf.sum(xTrain, 1, true), 10), 'float32'));
for (const lrSchedule of schedules) {
  const model = sequential({ layers: [layers.dense({ units: 1, activation: 'sigmoid', inputShape: [20] })] });
  const sgd = optimizer('sgd', { learningRate: lrSchedule });
  model.compile({ optimizer: sgd, loss: 'binaryCrossentropy' });
  // 50 batches an epoch
  await model.fit(xTrain, yTrain, { epochs: 5, batchSize: 20, verbose: 0 });
  console.log(`${printSchedule(lrSchedule)}: rate ${sgd.learningRate.toPrecision(4)} after ${sgd.iterations} steps`);
}
