// The learning-rate finder. In Keras: a loop over np.geomspace(1e-8, 1.0, num=100) that sets the optimizer's rate, trains one random batch
// and notes its loss, and a plot of the losses over the rates on a log scale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findLearningRate, useBackend } from '@lrfind/finder';
import { lossByRate, renderPng } from '@lrfind/plots';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

await useBackend();

const model = sequential({
  layers: [
    layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});

// Generate sample data. Unlike the tutorial's, these labels follow from the features: without that there is nothing to learn, and no rate is best.
const xs = tf.randomUniform([1000, 20], 0, 1, 'float32', 1);
const ys = tf.tidy(() => tf.cast(tf.greater(tf.sum(xs, 1, true), 10), 'int32'));

const run = await findLearningRate(
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
console.log(run.suggestion ? `learning rate ${run.suggestion.learningRate.toPrecision(3)}` : `none: ${run.reason}`);
for (const sentence of run.diagnosis) console.log(sentence);

const out = fileURLToPath(new URL('../../out/', import.meta.url));
mkdirSync(out, { recursive: true });
writeFileSync(`${out}lr_finder.png`, await renderPng(lossByRate(run)));
console.log('wrote out/lr_finder.png');
