// The learning-rate finder. In Keras: a loop over np.geomspace(1e-8, 1.0, num=100) that sets the optimizer's rate, trains on one
// random batch and records its loss, and a plot of the losses over the rates on a log scale.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, saveResult, useBackend } from 'lrfind';

await useBackend();

const model = sequential({
  layers: [
    layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});

// Generate sample data. Unlike in the tutorial the labels depend on the features; otherwise there is nothing to learn and no best rate.
const xs = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const ys = tf.tidy(() => tf.cast(tf.greater(tf.sum(xs, 1, true), 10), 'int32'));

const result = await findLearningRate(
  model,
  { xs, ys },
  {
    startLr: 1e-8,
    endLr: 1.0,
    steps: 100,
    batchSize: 32,
    optimizer: 'sgd',
    loss: 'binaryCrossentropy',
    initialWeights: 'drawn',
  },
);
console.log(
  result.suggestion ? `learning rate ${result.suggestion.learningRate.toPrecision(3)}` : `none: ${result.reason}`,
);
for (const sentence of result.diagnosis) console.log(sentence);

const out = fileURLToPath(new URL('../../out/', import.meta.url));
mkdirSync(out, { recursive: true });
await saveResult(result, `${out}lr_finder.png`);
console.log('wrote out/lr_finder.png');
