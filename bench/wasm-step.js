/**
 * Milliseconds of one training step with Adam, each in its own process: `trainOnBatch` on TensorFlow.js's wasm backend, the same
 * on lrfind's, lrfind's compiled step, and, where TensorFlow is found, `trainOnBatch` on it with TensorFlow.js's native kernels.
 * Build first, then run `node bench/wasm-step.js [seconds]`; `--json N [seconds]` measures N rounds and prints the measures.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from 'lrfind';
import { modelOf, NETWORKS, networkNamed } from './networks.js';
import { compiledStep, eagerStep } from './steps.js';

/** How each column trains. @type {Record<string, { open: () => Promise<unknown>, compiled?: boolean }>} */
const IMPLEMENTATIONS = {
  stock: { open: openStock },
  'ours, trainOnBatch': { open: () => useBackend('wasm') },
  'ours, compiled': { open: () => useBackend('wasm'), compiled: true },
  'TensorFlow, eager': { open: () => useBackend('tensorflow') },
};

const SELF = fileURLToPath(import.meta.url);
const [first, second, third] = process.argv.slice(2);
if (first && IMPLEMENTATIONS[first]) await measure(first, /** @type {string} */ (second), Number(third));
else if (first === '--json') console.log(JSON.stringify(measures(Number(second), Number(third ?? 1))));
else report(Number(first ?? 4));

/**
 * @param {number} rounds @param {number} seconds for each measurement
 * @returns {import('./measures.js').Measure[]} of what trains
 */
function measures(rounds, seconds) {
  return Object.keys(NETWORKS).flatMap((task) => {
    const names = Object.keys(IMPLEMENTATIONS);
    const found = Array.from({ length: rounds }, () => names.map((name) => once(name, task, seconds)));
    const isThere = (/** @type {number} */ i) => found.every((round) => round[i]?.error === undefined);
    const peer = isThere(0) ? names[0] : names[3];
    return names.flatMap((name, i) =>
      isThere(i)
        ? [
            {
              name: `${task}, ${name}`,
              unit: /** @type {const} */ ('ms'),
              rounds: found.map((round) => Number(round[i]?.median)),
              ...(name === 'ours, compiled' && { peer: `${task}, ${peer}` }),
            },
          ]
        : [],
    );
  });
}

/**
 * One measurement in its own process.
 *
 * @param {string} implementation @param {string} task @param {number} seconds @returns {{ median?: number, least?: number, error?: string }}
 */
function once(implementation, task, seconds) {
  const output = execFileSync(process.execPath, [SELF, implementation, task, String(seconds)], { encoding: 'utf8' });
  return JSON.parse(output);
}

/** Prints the table. @param {number} seconds for each measurement */
function report(seconds) {
  const row = (/** @type {string[]} */ ...cells) =>
    console.log(cells.map((cell, i) => (i ? cell.padStart(21) : cell.padEnd(38))).join(''));
  row('ms a step, median (least)', ...Object.keys(IMPLEMENTATIONS), 'compiled / stock', 'compiled / TensorFlow');
  for (const [task, { title }] of Object.entries(NETWORKS)) {
    const found = Object.keys(IMPLEMENTATIONS).map((implementation) => once(implementation, task, seconds));
    const shown = (/** @type {any} */ { error, median, least }) =>
      error ?? `${median.toFixed(2)} (${least.toFixed(2)})`;
    const ratio = (/** @type {any} */ a, /** @type {any} */ b) =>
      a.error || b.error ? '–' : (a.median / b.median).toFixed(2);
    const [stock, , compiled, native] = found;
    row(title, ...found.map(shown), ratio(compiled, stock), ratio(compiled, native));
  }
}

/** The stock backend with gradients made of the same operations as those of TensorFlow.js's union package. */
async function openStock() {
  const { registerGradients } = await import('../packages/backends/dist/internals.js');
  registerGradients();
  // @ts-expect-error resolved from the package that depends on it
  await import('../packages/backends/node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.node.js');
  await tf.setBackend('wasm');
}

/** Prints one measurement as JSON. @param {string} implementation @param {string} name @param {number} seconds */
async function measure(implementation, name, seconds) {
  const network = networkNamed(name);
  try {
    await IMPLEMENTATIONS[implementation]?.open();
    const model = modelOf(network);
    const x = tf.randomUniform([network.batch, ...network.input], 0, 1, 'float32', 1);
    const classes = /** @type {tf.Tensor1D} */ (tf.randomUniform([network.batch], 0, 10, 'int32', 2));
    const y = tf.cast(tf.oneHot(classes, 10), 'float32');
    const step = IMPLEMENTATIONS[implementation]?.compiled ? compiledStep(model, x, y, 1000) : eagerStep(model, x, y);
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
