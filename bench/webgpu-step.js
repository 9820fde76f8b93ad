// JavaScript's share of a training step on WebGPU, operation by operation and replayed: the time for which the main thread computed,
// without what it waited, and what it asked of the device.
//
//   node bench/webgpu-step.js [--steps 10] [--rounds 3] [--network small]
//
// Without a GPU: VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json LD_LIBRARY_PATH=/usr/lib/chromium. The time of the main thread
// is Linux's.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { useBackend } from 'lrfind';
import { median } from './measures.js';
import { NETWORKS } from './networks.js';
import { lossStep } from './steps.js';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    network: { type: 'string', default: 'small' },
  },
});
const network = NETWORKS[values.network];
if (!network) throw new Error(`--network must be one of ${Object.keys(NETWORKS).join(', ')}`);
const steps = Number(values.steps);

const { device } = await useBackend('webgpu');
console.log(`${network.title}, Adam; ${device}`);

/** @type {Record<string, number>} */
let counts = {};
count('GPUDevice', 'createBindGroup', 'bind groups');
count('GPUDevice', 'createBuffer', 'buffers');
count('GPUQueue', 'submit', 'submissions');
count('GPUQueue', 'writeBuffer', 'writes');
count('GPUComputePassEncoder', 'dispatchWorkgroups', 'calls of shaders');
count('GPUCommandEncoder', 'beginComputePass', 'passes');
count('GPUCommandEncoder', 'copyBufferToBuffer', 'copies');

const { batch, input } = network;
const x = tf.randomNormal([batch, ...input], 0, 1, 'float32', 1);
const classes = Float32Array.from({ length: batch * 10 }, (_, i) => Number(i % 10 === Math.floor(i / 10) % 10));
const y = tf.tensor2d(classes, [batch, 10]);

/** @type {Record<'eager' | 'replayed', { milliseconds: number[], asked: Record<string, number> }>} */
const found = { eager: { milliseconds: [], asked: {} }, replayed: { milliseconds: [], asked: {} } };
for (let round = 0; round < Number(values.rounds); round++) {
  const step = lossStep(sequential({ layers: network.layers() }), x, y, 1000);
  // The first call or the second compiles. Its results are compared once the event loop runs, so those that follow at once run eagerly.
  const first = [step.train(), step.train()];
  await measure('eager', step.train);
  await Promise.all(first.map((loss) => loss.data()));
  tf.dispose(first);
  // Two checks, each of which ends while its call is waited for.
  for (let i = 0; i < 4; i++) {
    const loss = step.train();
    await loss.data();
    loss.dispose();
  }
  await measure('replayed', step.train);
  if (step.notes().length > 0 || found.replayed.asked['bind groups']) throw new Error(`not replayed: ${step.notes()}`);
  step.dispose();
}
for (const [name, { milliseconds, asked }] of Object.entries(found)) {
  const times = Object.entries(asked).map(([what, number]) => `${number / steps} ${what}`);
  console.log(`${name}: ${median(milliseconds).toFixed(2)} ms of the main thread a step; ${times.join(', ')}`);
}
const ratios = found.eager.milliseconds.map((each, i) => each / Number(found.replayed.milliseconds[i]));
console.log(`ratio, median of ${ratios.length} rounds: ${median(ratios).toFixed(1)}`);
process.exit(0);

/** Trains some steps at once, and reads their losses after the measurement. @param {'eager' | 'replayed'} name @param {() => tf.Tensor} train */
async function measure(name, train) {
  counts = {};
  const before = mainThread();
  const losses = Array.from({ length: steps }, train);
  found[name].milliseconds.push((mainThread() - before) / steps);
  found[name].asked = { ...counts };
  await Promise.all(losses.map((loss) => loss.data()));
  tf.dispose(losses);
}

/** Milliseconds for which the main thread has computed. */
function mainThread() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Counts the calls of a method of WebGPU. @param {string} type @param {string} method @param {string} what */
function count(type, method, what) {
  const { prototype } = /** @type {any} */ (globalThis)[type];
  const original = prototype[method];
  /** @param {unknown[]} args */
  prototype[method] = function (...args) {
    counts[what] = (counts[what] ?? 0) + 1;
    return original.apply(this, args);
  };
}
