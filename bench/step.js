// Milliseconds of one training step on WebAssembly: lrfind's, as a sweep runs it, compared with a plain loop over
// `model.trainOnBatch` on the same corrected kernels and on TensorFlow.js's own backend.
//
//   node bench/step.js [--rounds 5] [--seconds 2] [--json]
//
// Every measurement runs in its own process, in alternating rounds, after a warm-up. All train the same network with Adam on
// the same rows. lrfind's figure is the time of the whole sweep divided by its steps: it contains the upload of the table, the
// gathering of batches and the copy of the weights. The plain loop gets ready-made batches. For steady numbers give it one
// processor: taskset -c 0 node bench/step.js
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, useBackend } from 'lrfind';

const { values: options, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const seconds = Number(options.seconds);
/** @type {import('./measures.js').Measure[]} */
const measures = [];
const classes = 10;
const rows = 4096;

/** @typedef {{ width: number, batch: number, hidden: number[], dropout: number }} Network */
/** @type {Record<string, Network>} */
const networks = {
  'MLP 784-128-64-10, dropout, batch 128': { width: 784, batch: 128, hidden: [128, 64], dropout: 0.2 },
  'MLP 20-64-10, batch 32': { width: 20, batch: 32, hidden: [64], dropout: 0 },
};

/** @param {Network} network */
function compiled({ width, hidden, dropout }) {
  const model = sequential();
  hidden.forEach((units, i) => {
    model.add(layers.dense({ units, activation: 'relu', ...(i === 0 && { inputShape: [width] }) }));
    if (dropout > 0) model.add(layers.dropout({ rate: dropout }));
  });
  model.add(layers.dense({ units: classes, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** Inputs from 0 to 1; each class has its own fifth of them that are high. @param {Network} network */
function table({ width }) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const labels = Float32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const xs = Float32Array.from({ length: rows * width }, (_, i) => {
    const label = /** @type {number} */ (labels[Math.floor(i / width)]);
    return ((i % width) * 7 + label) % 5 === 0 ? random() : random() * 0.2;
  });
  return { xs, labels };
}

/** Mean time of a step in a sweep whose rates all train. @param {Network} network */
async function sweepStep(network) {
  await useBackend('wasm');
  const model = compiled(network);
  const { xs, labels } = table(network);
  const data = { xs: { shape: [rows, network.width], values: xs }, ys: labels };
  const run = async (/** @type {number} */ steps) => {
    const { environment, sweeps } = await findLearningRate(model, data, {
      ...{ startLr: 1e-5, endLr: 1e-3, steps, repeats: 1, batchSize: network.batch },
    });
    if (sweeps[0]?.points.length !== steps) throw new Error(`the sweep ended after ${sweeps[0]?.points.length} steps`);
    return environment.msPerStep;
  };
  const warm = await run(100);
  return run(Math.max(100, Math.round((seconds * 1000) / warm)));
}

/** Mean time of `trainOnBatch`. @param {Network} network @param {() => Promise<unknown>} openBackend */
async function plainStep(network, openBackend) {
  await openBackend();
  const model = compiled(network);
  const { xs, labels } = table(network);
  const { width, batch } = network;
  const batches = Array.from({ length: rows / batch }, (_, i) => ({
    x: tf.tensor2d(xs.subarray(i * batch * width, (i + 1) * batch * width), [batch, width]),
    y: tf.tensor2d(labels.subarray(i * batch, (i + 1) * batch), [batch, 1]),
  }));
  const run = async (/** @type {number} */ steps) => {
    const start = performance.now();
    for (let step = 0; step < steps; step++) {
      const { x, y } = /** @type {(typeof batches)[number]} */ (batches[step % batches.length]);
      await model.trainOnBatch(x, y);
    }
    return (performance.now() - start) / steps;
  };
  const warm = await run(100);
  return run(Math.max(100, Math.round((seconds * 1000) / warm)));
}

/** The backend as TensorFlow.js ships it, with the gradients that it needs for any training. */
async function stockBackend() {
  const require = createRequire(new URL('../packages/backends/package.json', import.meta.url));
  require('@tensorflow/tfjs-backend-wasm');
  const { registerGradients } = await import('../packages/backends/dist/internals.js');
  registerGradients();
  await tf.setBackend('wasm');
}

/** @type {Record<string, (network: Network) => Promise<number>>} */
const ways = {
  lrfind: sweepStep,
  'plain loop': (network) => plainStep(network, () => useBackend('wasm')),
  'plain loop, stock': (network) => plainStep(network, stockBackend),
};

/** One measurement in its own process. @param {string} implementation @param {string} network */
function measured(implementation, network) {
  const self = [fileURLToPath(import.meta.url), '--seconds', options.seconds, implementation, network];
  const child = spawnSync(process.execPath, self, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${implementation}, ${network}: ${child.stderr}`);
  return Number(child.stdout);
}

function report() {
  for (const network of Object.keys(networks)) {
    /** @type {Record<string, number[]>} */
    const times = Object.fromEntries(Object.keys(ways).map((implementation) => [implementation, []]));
    for (let round = 0; round < Number(options.rounds); round++)
      for (const implementation of Object.keys(ways)) times[implementation]?.push(measured(implementation, network));
    if (options.json) {
      const [first = ''] = Object.keys(times);
      for (const [name, rounds] of Object.entries(times))
        measures.push({
          name: `${network}: ${name}`,
          unit: 'ms',
          rounds,
          ...(name === first && { peer: `${network}: plain loop` }),
        });
      continue;
    }
    console.log(`${network.padEnd(38)} ${'median ms'.padStart(10)} ${'least ms'.padStart(10)}   lrfind is`);
    const [ours] = Object.values(times).map(summary);
    for (const [implementation, all] of Object.entries(times)) {
      const { median, least } = summary(all);
      const ratios = ours && `${(ours.median / median).toFixed(2)} × (least: ${(ours.least / least).toFixed(2)} ×)`;
      console.log(
        `  ${implementation.padEnd(36)} ${median.toFixed(2).padStart(10)} ${least.toFixed(2).padStart(10)}   ${ratios}`,
      );
    }
  }
}

/** @param {number[]} times */
function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? Number.NaN, least: sorted[0] ?? Number.NaN };
}

const [implementation, network] = positionals;
if (implementation === undefined) {
  report();
  if (options.json) console.log(JSON.stringify(measures));
} else {
  const [measure, subject] = [ways[implementation], networks[network ?? '']];
  if (!measure || !subject) throw new Error(`no implementation "${implementation}" or no network "${network}"`);
  console.log(await measure(subject));
}
