// Is the rate suggested for MNIST with Adam a good one? Ten epochs of ordinary `model.fit` at the suggestion and at a grid of
// rates, compared by accuracy on digits that neither the search nor the training used.
//
//   node bench/mnist-grid.js [--epochs 10] [--seeds 2]
//
// Network, batch size and search are those of the demo. Exits with code 1 when the suggestion's mean test accuracy is more than
// one percentage point below the best of all rates. Takes minutes.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { findLearningRate, readModel, useBackend } from 'lrfind';
import { digits, pixels } from '../examples/mnist/digits.js';

const { values: options } = parseArgs({
  options: { epochs: { type: 'string', default: '10' }, seeds: { type: 'string', default: '2' } },
});
const loss = 'sparseCategoricalCrossentropy';
const batchSize = 128;
/** Percentage points of accuracy. */
const tolerance = 1;
/** Two a decade. */
const grid = Array.from({ length: 9 }, (_, i) => Number((10 ** (-5 + i / 2)).toPrecision(2)));

/** @typedef {ReturnType<typeof digits>} Digits */

/**
 * Holds out every fifth digit of each class. Every fifth of the whole list would be of two classes only, because the classes
 * alternate.
 */
function parts() {
  const seen = Array.from({ length: 10 }, () => 0);
  /** @type {Digits} */
  const train = [];
  /** @type {Digits} */
  const test = [];
  for (const digit of digits()) {
    const number = seen[digit.label] ?? 0;
    (number % 5 === 4 ? test : train).push(digit);
    seen[digit.label] = number + 1;
  }
  return { train, test };
}

/** @param {Digits} rows */
function arrays(rows) {
  const xs = new Float32Array(rows.length * pixels);
  rows.forEach(({ image }, row) => {
    xs.set(image, row * pixels);
  });
  return { shape: [rows.length, pixels], xs, ys: Float32Array.from(rows, ({ label }) => label) };
}

/** @param {ReturnType<typeof arrays>} rows */
function tensors({ shape, xs, ys }) {
  return { xs: tf.tensor(xs, shape), ys: tf.tensor(ys, [ys.length, 1]) };
}

/** TensorFlow.js draws initial weights, dropout and the order of rows from Math.random. @param {number} seed */
function seedMathRandom(seed) {
  let state = seed;
  Math.random = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A new model: the file has no weights. */
async function untrained() {
  const { model } = await readModel(fileURLToPath(new URL('../fixtures/mnist-mlp/model.json', import.meta.url)));
  return model;
}

/**
 * Accuracy on the test digits, in percent, after training at one rate.
 *
 * @param {number} rate @param {number} seed @param {ReturnType<typeof tensors>} train @param {ReturnType<typeof tensors>} test
 */
async function accuracyAt(rate, seed, train, test) {
  seedMathRandom(seed);
  const model = await untrained();
  const optimizer = tf.train.adam(rate);
  model.compile({ optimizer, loss });
  await model.fit(train.xs, train.ys, { epochs: Number(options.epochs), batchSize, verbose: 0 });
  const right = tf.tidy(() => {
    const predicted = tf.argMax(/** @type {tf.Tensor} */ (model.predict(test.xs)), -1);
    const actual = tf.cast(tf.reshape(test.ys, [-1]), 'int32');
    return tf.mean(tf.cast(tf.equal(predicted, actual), 'float32')).dataSync()[0] ?? Number.NaN;
  });
  optimizer.dispose();
  model.dispose();
  return 100 * right;
}

await useBackend('wasm');
const split = parts();
const [trainRows, testRows] = [arrays(split.train), arrays(split.test)];
const { suggestion, reason } = await findLearningRate(
  await untrained(),
  { xs: { shape: trainRows.shape, values: trainRows.xs }, ys: trainRows.ys },
  { optimizer: 'adam', loss, batchSize, initialWeights: 'drawn' },
);
if (!suggestion) throw new Error(`no suggestion: ${reason}`);
const suggested = suggestion.learningRate;
console.log(`${split.train.length} digits to train on, ${split.test.length} to test on; suggested ${suggested}\n`);

const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);
console.log(`${'rate'.padEnd(12)} ${seeds.map((seed) => `seed ${seed}`.padStart(8)).join('')} ${'mean'.padStart(8)}`);
const [train, test] = [tensors(trainRows), tensors(testRows)];
/** @type {{ rate: number, mean: number }[]} */
const results = [];
for (const rate of [...grid, suggested].sort((a, b) => a - b)) {
  const accuracies = [];
  for (const seed of seeds) accuracies.push(await accuracyAt(rate, seed, train, test));
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  results.push({ rate, mean });
  const cells = accuracies.map((value) => value.toFixed(2).padStart(8)).join('');
  console.log(
    `${String(Number(rate.toPrecision(3))).padEnd(12)} ${cells} ${mean.toFixed(2).padStart(8)}${rate === suggested ? '   suggested' : ''}`,
  );
}

const best = results.reduce((winner, result) => (result.mean > winner.mean ? result : winner));
const gap = best.mean - (results.find(({ rate }) => rate === suggested)?.mean ?? Number.NaN);
console.log(
  `\nbest at ${best.rate.toPrecision(3)}: ${best.mean.toFixed(2)} %; the suggestion is ${gap.toFixed(2)} percentage points below (allowed: ${tolerance})`,
);
if (!(gap <= tolerance)) process.exitCode = 1;
