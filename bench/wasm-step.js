/**
 * Milliseconds of one training step of plain `trainOnBatch` with Adam: the stock wasm backend beside ours, each in a
 * process of its own. Build first; then `node bench/wasm-step.js [steps]`.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

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

const SELF = fileURLToPath(import.meta.url);
const [first, second, third] = process.argv.slice(2);
if (first === 'stock' || first === 'ours') await measure(first, /** @type {string} */ (second), Number(third));
else report(Number(first ?? 0));

/** Prints the table. @param {number} steps 0: as many as take about four seconds */
function report(steps) {
  const row = (/** @type {string[]} */ ...cells) =>
    console.log(cells.map((cell, i) => (i ? cell.padStart(18) : cell.padEnd(38))).join(''));
  row('ms a step, median (least)', 'stock', 'ours', 'ours / stock');
  for (const task of Object.keys(TASKS)) {
    const [stock, ours] = ['stock', 'ours'].map((backend) => {
      const output = execFileSync(process.execPath, [SELF, backend, task, String(steps)], { encoding: 'utf8' });
      return JSON.parse(output);
    });
    const shown = (/** @type {any} */ { error, median, least }) =>
      error ?? `${median.toFixed(2)} (${least.toFixed(2)})`;
    row(task, shown(stock), shown(ours), stock.error || ours.error ? '–' : (ours.median / stock.median).toFixed(2));
  }
}

/** Prints one measurement as JSON. @param {'stock' | 'ours'} backend @param {string} name @param {number} steps */
async function measure(backend, name, steps) {
  const { useBackend } = await import('@lrfind/backends');
  if (backend === 'ours') await useBackend('wasm');
  else {
    // The gradients of TensorFlow.js's union package are made of the same operations.
    const { registerGradients } = await import('../packages/backends/dist/gradients/register.js');
    registerGradients();
    // @ts-expect-error resolved from the package that depends on it
    await import('../packages/backends/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js');
    await tf.setBackend('wasm');
  }
  const task = TASKS[name];
  if (!task) throw new Error(`no task ${name}`);
  const model = task.model();
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  const x = tf.randomUniform([task.batch, ...task.input], 0, 1, 'float32', 1);
  const classes = /** @type {tf.Tensor1D} */ (tf.randomUniform([task.batch], 0, 10, 'int32', 2));
  const y = tf.cast(tf.oneHot(classes, 10), 'float32');
  try {
    const times = [];
    const begin = performance.now();
    for (let i = 0; steps ? i < steps : performance.now() - begin < 4000 || i < 20; i++) {
      const start = performance.now();
      await model.trainOnBatch(x, y);
      times.push(performance.now() - start);
    }
    const settled = times.slice(Math.ceil(times.length / 5)).sort((a, b) => a - b);
    console.log(JSON.stringify({ median: settled[settled.length >> 1], least: settled[0] }));
  } catch (error) {
    console.log(JSON.stringify({ error: /not registered/.test(String(error)) ? 'does not train' : String(error) }));
  }
}
