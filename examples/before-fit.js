// The learning rate is found just before the training: three lines ahead of model.fit.
//
//   node examples/before-fit.js
import { useBackend } from '@lrfind/backends';
import { findLearningRate } from '@lrfind/finder';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

// Where tensors are computed: WebAssembly, corrected for training. TensorFlow.js needs a backend before it can make a model.
await useBackend();

// Friedman's regression: five features between 0 and 1, a target that bends in three of them, a little noise.
const rows = 1024;
const xs = tf.randomUniform([rows, 5], 0, 1, 'float32', 1);
const ys = tf.tidy(() => {
  const [a, b, c, d, e] = /** @type {tf.Tensor[]} */ (tf.split(xs, 5, 1));
  const wave = tf.mul(10, tf.sin(tf.mul(tf.mul(a, b), Math.PI)));
  const bowl = tf.mul(20, tf.square(tf.sub(c, 0.5)));
  const noise = tf.randomNormal([rows, 1], 0, 1, 'float32', 2);
  return tf.addN([wave, bowl, tf.mul(10, d), tf.mul(5, e), noise]);
});

const model = sequential({
  layers: [layers.dense({ units: 32, activation: 'relu', inputShape: [5] }), layers.dense({ units: 1 })],
});
const start = model.getWeights().map((weight) => weight.clone());

// The three lines. The model comes back as it was, bit for bit.
const { suggestion, reason } = await findLearningRate(
  model,
  { xs, ys },
  { optimizer: 'adam', loss: 'meanSquaredError' },
);
if (!suggestion) throw new Error(`no learning rate: ${reason}`);
model.compile({ optimizer: tf.train.adam(suggestion.learningRate), loss: 'meanSquaredError' });

const { learningRate, low, high, verdict } = suggestion;
console.log(
  `learning rate ${learningRate.toPrecision(2)} (${low.toPrecision(2)} to ${high.toPrecision(2)}), ${verdict}`,
);
const found = await train();
console.log(`held-out loss after 10 epochs: ${found.toFixed(2)}`);

// For comparison: the same initial weights with Adam's default rate.
model.setWeights(start);
model.compile({ optimizer: tf.train.adam(0.001), loss: 'meanSquaredError' });
const usual = await train();
console.log(`with the default rate 0.001:   ${usual.toFixed(2)}`);

async function train() {
  const { history } = await model.fit(xs, ys, { epochs: 10, batchSize: 32, validationSplit: 0.2, verbose: 0 });
  return Number(history.val_loss?.at(-1));
}
