// Optimizers that adapt the step of each weight, with all their parameters. In Keras:
//
//   optimizer = tf.keras.optimizers.Adam(learning_rate=0.001)
//   optimizer = tf.keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-07)
//   optimizer = tf.keras.optimizers.Adagrad(learning_rate=0.01, initial_accumulator_value=0.1, epsilon=1e-07)

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { optimizer, useBackend } from 'lrfind';

await useBackend();

const optimizers = [
  optimizer('adam', { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false }),
  optimizer('rmsprop', { learningRate: 0.001, rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false }),
  optimizer('adagrad', { learningRate: 0.01, initialAccumulatorValue: 0.1, epsilon: 1e-7 }),
];

const xTrain = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const yTrain = tf.tidy(() => tf.cast(tf.greater(tf.sum(xTrain, 1, true), 10), 'float32'));
for (const made of optimizers) {
  const model = sequential({
    layers: [
      layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: made, loss: 'binaryCrossentropy' });
  const { history } = await model.fit(xTrain, yTrain, { epochs: 5, verbose: 0 });
  const [first, last] = [history.loss?.[0], history.loss?.at(-1)].map((loss) => Number(loss).toFixed(3));
  console.log(`${made.name}: loss ${first} in the first epoch, ${last} in the last`);
}
