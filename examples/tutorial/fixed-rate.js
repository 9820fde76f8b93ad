// A fixed learning rate. In Keras:
//
//   learning_rate = 0.01
//   optimizer = tf.keras.optimizers.SGD(learning_rate=learning_rate)
//   model = tf.keras.Sequential([
//       tf.keras.layers.Dense(10, activation='relu', input_shape=(784,)),
//       tf.keras.layers.Dense(10, activation='softmax')
//   ])
//   model.compile(optimizer=optimizer, loss='categorical_crossentropy', metrics=['accuracy'])

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { learningRateOf, optimizer, useBackend } from 'lrfind';

await useBackend();

const learningRate = 0.01;
const sgd = optimizer('sgd', { learningRate });
const model = sequential({
  layers: [
    layers.dense({ units: 10, activation: 'relu', inputShape: [784] }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: sgd, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const xTrain = tf.randomUniform([1000, 784], 0, 1, 'float32', 1);
const yTrain = tf.oneHot(tf.argMax(tf.slice(xTrain, [0, 0], [1000, 10]), 1), 10);
const { history } = await model.fit(xTrain, yTrain, { epochs: 5, verbose: 0 });
console.log(`learning rate ${learningRateOf(model.optimizer)}`);
console.log(`loss by epoch ${history.loss?.map((loss) => Number(loss).toFixed(3)).join(' ')}`);
