// JavaScript's share of a training step on WebGPU, operation by operation and replayed: the time for which the main thread computed,
// without what it waited, and what it asked of the device.
//
//   node bench/webgpu-step.js [--steps 10] [--rounds 3]
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
import { eagerStep, replayedStep } from './steps.js';

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
const y = tf.oneHot(tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 10), 'int32'), 10);
const columns = {
  'operation by operation': await replayedStep(sequential({ layers: network.layers() }), x, y, { eager: true }),
  replayed: await replayedStep(sequential({ layers: network.layers() }), x, y, { eager: false }),
};

/** @type {Record<string, number[]>} */
const milliseconds = {};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, step] of Object.entries(columns)) {
    const before = mainThread();
    const losses = Array.from({ length: steps }, step);
    const spent = (mainThread() - before) / steps;
    (milliseconds[name] ??= []).push(spent);
    await Promise.all(losses.map((loss) => loss.data()));
    tf.dispose(losses);
  }
}
for (const [name, step] of Object.entries(columns)) {
  counts = {};
  const loss = step();
  const asked = Object.entries(counts).map(([what, times]) => `${times} ${what}`);
  loss.dispose();
  console.log(`${name}: ${median(milliseconds[name] ?? []).toFixed(2)} ms a step; ${asked.join(', ')}`);
}
const [eager = [], replayed = []] = Object.values(milliseconds);
const ratios = eager.map((each, i) => each / Number(replayed[i]));
console.log(`ratio, median of ${ratios.length} rounds: ${median(ratios).toFixed(1)}`);
process.exit(0);

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
