// The rate falls when a metric has stopped improving. In Keras:
//
//   reduce_lr = tf.keras.callbacks.ReduceLROnPlateau(
//       monitor='val_loss',
//       factor=0.2,     # multiply the learning rate by 0.2 (reduce by 80%)
//       patience=3,     # number of epochs with no improvement after which learning rate will be reduced
//       min_lr=0.0001   # lower bound on the learning rate
//   )
//   model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=50, callbacks=[reduce_lr])

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { optimizer, reduceLROnPlateau, useBackend } from 'lrfind';

await useBackend();

// Labels that do not depend on the features: the loss on other rows cannot improve for long.
const xTrain = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const yTrain = tf.randomUniform([1000, 1], 0, 2, 'int32', 2);
const xVal = tf.randomUniform([200, 20], 0, 1, 'float32', 3);
const yVal = tf.randomUniform([200, 1], 0, 2, 'int32', 4);

const model = sequential({
  layers: [
    layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 32, activation: 'relu' }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({ optimizer: optimizer('adam', { learningRate: 0.01 }), loss: 'binaryCrossentropy' });

const reduceLr = reduceLROnPlateau({
  monitor: 'val_loss',
  factor: 0.2, // multiply the learning rate by 0.2 (reduce by 80%)
  patience: 3, // number of epochs with no improvement after which the learning rate is reduced
  minLr: 0.0001, // lower bound on the learning rate
  verbose: true,
});
const { history } = await model.fit(xTrain, yTrain, {
  validationData: [xVal, yVal],
  epochs: 50,
  verbose: 0,
  callbacks: [reduceLr],
});
console.log(
  `learning rate ${history.learning_rate?.[0]} in the first epoch, ${history.learning_rate?.at(-1)} in the last`,
);
