// Four learning rates for one model. In Keras: a loop over [0.1, 0.01, 0.001, 0.0001] that builds the model, compiles it with
// Adam(learning_rate=lr), fits it for 10 epochs with validation_data, and plots history['loss'] and history['val_loss'] side by side.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compare, saveResult, useBackend } from 'lrfind';

await useBackend();

// Generate some sample data: labels that have nothing to do with the features.
const data = {
  xs: tf.randomUniform([1000, 20], 0, 1, 'float32', 1),
  ys: tf.randomUniform([1000, 1], 0, 2, 'int32', 2),
};
const validation = {
  xs: tf.randomUniform([200, 20], 0, 1, 'float32', 3),
  ys: tf.randomUniform([200, 1], 0, 2, 'int32', 4),
};

const model = sequential({
  layers: [
    layers.dense({ units: 64, activation: 'relu', inputShape: [20] }),
    layers.dense({ units: 32, activation: 'relu' }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});

const comparison = await compare(model, data, {
  trials: [0.1, 0.01, 0.001, 0.0001].map((learningRate) => ({ learningRate })),
  optimizer: 'adam',
  loss: 'binaryCrossentropy',
  validation,
  epochs: 10,
  initialWeights: 'drawn',
});
console.log(comparison.conclusions.join('\n'));

const out = fileURLToPath(new URL('../../out/', import.meta.url));
mkdirSync(out, { recursive: true });
await saveResult(comparison, `${out}learning_rate_comparison.png`);
console.log('wrote out/learning_rate_comparison.png');
