// Find the learning rate just before training: three lines before model.fit.
//
//   node examples/before-fit.js

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, useBackend } from 'lrfind';

// Choose where to compute. TensorFlow.js needs a backend before it can make a model.
await useBackend();

// A small regression: five features between -1 and 1, and a target that is nonlinear in each of them.
const xs = tf.randomUniform([512, 5], -1, 1, 'float32', 1);
const ys = tf.tidy(() => tf.sum(tf.sin(tf.mul(xs, 3)), 1, true));

const model = sequential({
  layers: [layers.dense({ units: 32, activation: 'relu', inputShape: [5] }), layers.dense({ units: 1 })],
});
const start = model.getWeights().map((weight) => weight.clone());

// The three lines. Afterwards the model is as it was, bit for bit. lrfind infers the loss from output and target.
const { suggestion, reason } = await findLearningRate(model, { xs, ys }, { optimizer: 'adam' });
if (!suggestion) throw new Error(`no learning rate: ${reason}`);
model.compile({ optimizer: tf.train.adam(suggestion.learningRate), loss: 'meanSquaredError' });

const { learningRate, low, high, verdict } = suggestion;
console.log(
  `learning rate ${learningRate.toPrecision(2)} (${low.toPrecision(2)} to ${high.toPrecision(2)}), ${verdict}`,
);
const found = await train();
console.log(`validation loss after 5 epochs: ${found.toFixed(2)}`);

// For comparison: the same initial weights with Adam's default rate.
model.setWeights(start);
model.compile({ optimizer: tf.train.adam(0.001), loss: 'meanSquaredError' });
const usual = await train();
console.log(`with the default rate 0.001:  ${usual.toFixed(2)}`);

async function train() {
  const { history } = await model.fit(xs, ys, { epochs: 5, batchSize: 32, validationSplit: 0.2, verbose: 0 });
  return Number(history.val_loss?.at(-1));
}
