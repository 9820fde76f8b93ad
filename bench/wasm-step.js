/**
 * Milliseconds of one training step with Adam, each in a process of its own: `trainOnBatch` on the stock wasm backend;
 * the same on ours; lrfind's own step on ours, which is compiled; and, where a TensorFlow library is found, `trainOnBatch`
 * on it with TensorFlow.js's native kernels, operation by operation. Build first; then `node bench/wasm-step.js [seconds]`.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { lossFunction } from '../packages/finder/dist/losses/loss-function.js';
import { resolveOptimizer } from '../packages/finder/dist/optimizers/index.js';
import { trainingStep } from '../packages/finder/dist/training-step.js';

/** @param {number} units @param {'relu' | 'softmax'} activation @param {number[]} [inputShape] */
const dense = (units, activation, inputShape) => layers.dense({ units, activation, ...(inputShape && { inputShape }) });
/** @param {number} filters @param {number[]} [inputShape] */
const conv = (filters, inputShape) =>
  layers.conv2d({ filters, kernelSize: 3, activation: 'relu', ...(inputShape && { inputShape }) });

/** @type {Record<string, { batch: number, input: number[], model: () => import('@tensorflow/tfjs-layers').Sequential }>} */
const TASKS = {
  'MLP 784-128-64-10, batch 128': {
    batch: 128,
    input: [784],
    model: () => sequential({ layers: [dense(128, 'relu', [784]), dense(64, 'relu'), dense(10, 'softmax')] }),
  },
  'MLP 20-64-10, batch 32': {
    batch: 32,
    input: [20],
    model: () => sequential({ layers: [dense(64, 'relu', [20]), dense(10, 'softmax')] }),
  },
  'CNN 28×28, 32/64 filters, batch 128': {
    batch: 128,
    input: [28, 28, 1],
    model: () =>
      sequential({
        layers: [
          conv(32, [28, 28, 1]),
          layers.maxPooling2d({ poolSize: 2 }),
          conv(64),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          dense(64, 'relu'),
          dense(10, 'softmax'),
        ],
      }),
  },
  'LSTM(32), 20 steps of 16, batch 32': {
    batch: 32,
    input: [20, 16],
    model: () =>
      sequential({
        layers: [
          layers.lstm({ units: 32, inputShape: [20, 16], recurrentInitializer: 'glorotUniform' }),
          dense(10, 'softmax'),
        ],
      }),
  },
};

/** How each column trains. @type {Record<string, { open: () => Promise<unknown>, compiled?: boolean }>} */
const WAYS = {
  stock: { open: openStock },
  'ours, trainOnBatch': { open: () => useBackend('wasm') },
  'ours, compiled': { open: () => useBackend('wasm'), compiled: true },
  'TensorFlow, eager': { open: () => useBackend('tensorflow') },
};

const SELF = fileURLToPath(import.meta.url);
const [first, second, third] = process.argv.slice(2);
if (first && WAYS[first]) await measure(first, /** @type {string} */ (second), Number(third));
else report(Number(first ?? 4));

/** Prints the table. @param {number} seconds for each measurement */
function report(seconds) {
  const row = (/** @type {string[]} */ ...cells) =>
    console.log(cells.map((cell, i) => (i ? cell.padStart(21) : cell.padEnd(38))).join(''));
  row('ms a step, median (least)', ...Object.keys(WAYS), 'compiled / stock', 'compiled / TensorFlow');
  for (const task of Object.keys(TASKS)) {
    const found = Object.keys(WAYS).map((way) => {
      const output = execFileSync(process.execPath, [SELF, way, task, String(seconds)], { encoding: 'utf8' });
      return JSON.parse(output);
    });
    const shown = (/** @type {any} */ { error, median, least }) =>
      error ?? `${median.toFixed(2)} (${least.toFixed(2)})`;
    const ratio = (/** @type {any} */ a, /** @type {any} */ b) =>
      a.error || b.error ? '–' : (a.median / b.median).toFixed(2);
    const [stock, , compiled, native] = found;
    row(task, ...found.map(shown), ratio(compiled, stock), ratio(compiled, native));
  }
}

/** The stock backend with gradients made of the same operations as those of TensorFlow.js's union package. */
async function openStock() {
  const { registerGradients } = await import('../packages/backends/dist/gradients/register.js');
  registerGradients();
  // @ts-expect-error resolved from the package that depends on it
  await import('../packages/backends/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js');
  await tf.setBackend('wasm');
}

/** Prints one measurement as JSON. @param {string} way @param {string} name @param {number} seconds */
async function measure(way, name, seconds) {
  const task = TASKS[name];
  if (!task) throw new Error(`no task ${name}`);
  try {
    await WAYS[way]?.open();
    const model = task.model();
    const x = tf.randomUniform([task.batch, ...task.input], 0, 1, 'float32', 1);
    const classes = /** @type {tf.Tensor1D} */ (tf.randomUniform([task.batch], 0, 10, 'int32', 2));
    const y = tf.cast(tf.oneHot(classes, 10), 'float32');
    const step = WAYS[way]?.compiled ? compiledStep(model, x, y) : plainStep(model, x, y);
    const times = [];
    const begin = performance.now();
    while (performance.now() - begin < seconds * 1000 || times.length < 20) {
      const start = performance.now();
      await step();
      times.push(performance.now() - start);
    }
    const settled = times.slice(Math.ceil(times.length / 5)).sort((a, b) => a - b);
    console.log(JSON.stringify({ median: settled[settled.length >> 1], least: settled[0] }));
  } catch (error) {
    const message = String(error);
    const told = /not registered/.test(message)
      ? 'does not train'
      : /BackendError/.test(message)
        ? 'not there'
        : message;
    console.log(JSON.stringify({ error: told }));
  }
}

/** @param {import('@tensorflow/tfjs-layers').Sequential} model @param {tf.Tensor} x @param {tf.Tensor} y */
function plainStep(model, x, y) {
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return () => model.trainOnBatch(x, y);
}

/**
 * lrfind's step, with the gathering of the batch from the table and the reading of the loss.
 *
 * @param {import('@tensorflow/tfjs-layers').Sequential} model @param {tf.Tensor} x @param {tf.Tensor} y
 */
function compiledStep(model, x, y) {
  const [rows = 0, ...shape] = x.shape;
  const step = trainingStep({
    model,
    data: {
      rows,
      inputs: [{ shape, values: /** @type {Float32Array} */ (x.dataSync()) }],
      targets: [{ shape: [10], values: /** @type {Float32Array} */ (y.dataSync()) }],
      notes: [],
    },
    losses: [lossFunction('categoricalCrossentropy')],
    rule: resolveOptimizer('adam').rule,
    correctMomentum: false,
    steps: 1000,
  });
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  return async () => {
    const loss = step.train(order, 1e-3);
    await loss.data();
    loss.dispose();
    if (step.notes.length > 0) throw new Error(step.notes.join());
  };
}
