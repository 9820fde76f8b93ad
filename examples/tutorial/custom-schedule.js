// A custom schedule. In Keras:
//
//   class CustomLearningRateSchedule(tf.keras.optimizers.schedules.LearningRateSchedule):
//       def __init__(self, initial_learning_rate):
//           self.initial_learning_rate = initial_learning_rate
//       def __call__(self, step):
//           return self.initial_learning_rate / (1 + 0.1 * step)
//       def get_config(self):
//           return {"initial_learning_rate": self.initial_learning_rate}
//
//   lr_schedule = CustomLearningRateSchedule(0.01)
//   optimizer = tf.keras.optimizers.Adam(learning_rate=lr_schedule)

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { learningRateMonitor, optimizer, useBackend } from 'lrfind';

await useBackend();

/**
 * Any function from the step to the rate is a schedule. Only saving the optimizer needs the `config`.
 *
 * @param {number} initialLearningRate
 */
function customLearningRateSchedule(initialLearningRate) {
  const schedule = (/** @type {number} */ step) => initialLearningRate / (1 + 0.1 * step);
  return Object.assign(schedule, { config: { name: 'customLearningRateSchedule', initialLearningRate } });
}

const lrSchedule = customLearningRateSchedule(0.01);
const adam = optimizer('adam', { learningRate: lrSchedule });

const model = sequential({
  layers: [
    layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({ optimizer: adam, loss: 'binaryCrossentropy' });

const xTrain = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const yTrain = tf.randomUniform([1000, 1], 0, 2, 'int32', 2);
// 50 batches an epoch
await model.fit(xTrain, yTrain, {
  epochs: 3,
  batchSize: 20,
  verbose: 0,
  callbacks: [learningRateMonitor({ print: true })],
});
console.log(`after ${adam.iterations} steps: ${adam.learningRate}`);
