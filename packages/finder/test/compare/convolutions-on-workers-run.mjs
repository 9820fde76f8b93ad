// @ts-nocheck: the built modules have no types by a path that is put together.
// Compares convolutional networks on two lanes and on one, on the built modules, and prints what came of it. Run by
// convolutions-on-workers.test.ts.
import { Worker } from 'node:worker_threads';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

// Watches which trials workers are asked to train. Before the modules that start them are loaded.
const asked = new Set();
process.getBuiltinModule('node:worker_threads').Worker = class extends Worker {
  postMessage(message, ...others) {
    if (message?.task?.kind === 'trial') asked.add(message.task.spec.trial);
    super.postMessage(message, ...others);
  }
};
const { compare } = await import(new URL('../../dist/index.js', import.meta.url).href);

await useBackend(process.argv[2]);
const ROWS = 96;
const xs = tf.tensor(
  Float32Array.from({ length: ROWS * 64 }, (_, i) => Math.sin(1.3 * i) + Math.cos(0.11 * i)),
  [ROWS, 8, 8, 1],
);
const ys = tf.mean(xs, [1, 2]);
const network = (name, activation) =>
  sequential({
    name,
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, activation, inputShape: [8, 8, 1] }),
      layers.dropout({ rate: 0.1 }),
      layers.conv2d({ filters: 8, kernelSize: 3, activation }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  });
const models = [network('smooth', 'tanh'), network('straight', 'linear')];
// The function comes first: no worker can be checked with it.
const trials = [
  { name: 'own', learningRate: (step) => 0.001 / (1 + step / 10) },
  { name: 'steady', learningRate: 0.003 },
  { name: 'cosine', learningRate: 'cosine(0.002)' },
  { name: 'straight', learningRate: 0.001, model: models[1] },
];
const settings = { epochs: 8, batchSize: 16, repeats: 2, loss: 'meanSquaredError', initialWeights: 'drawn', trials };
const weights = () => JSON.stringify(models.flatMap((model) => model.getWeights().map((each) => [...each.dataSync()])));
const before = weights();

/** The losses of each training, by what it was: those after the start, and of its evaluations. */
async function compared({ completed = [], ...more }) {
  const { numTensors } = tf.memory();
  const entries = [...completed];
  asked.clear();
  const result = await compare(
    models[0],
    { xs, ys },
    {
      ...settings,
      ...more,
      journal: {
        open: async () => completed,
        add: async (entry) => void entries.push(JSON.parse(JSON.stringify(entry))),
      },
      // This thread takes longer, so that trials are left when the workers have started.
      onEvaluation: () =>
        void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, more.workers === 1 ? 0 : 40),
    },
  );
  const losses = {};
  for (const { trial, seed, training } of entries)
    if (training)
      for (const { step, validation } of training.evaluations) losses[`${trial} ${seed} ${step}`] = validation.loss;
  const notes = result.setup.notes.filter((note) => note.includes('worker'));
  return { losses, entries, notes, asked: [...asked], left: tf.memory().numTensors - numTensors };
}

/** The largest difference between losses, in shares of them; infinite where one has some that the other lacks. */
function difference(first, second) {
  const keys = Object.keys(first.losses);
  if (keys.length === 0 || keys.length !== Object.keys(second.losses).length) return 'other losses';
  return Math.max(...keys.map((key) => Math.abs(first.losses[key] / second.losses[key] - 1)));
}

const found = {};
const one = await compared({ workers: 1 });
const two = await compared({ workers: 2 });
found.two = { asked: two.asked, notes: two.notes, left: two.left, difference: difference(one, two) };
const halving = 'asynchronous';
const halved = await compared({ workers: 1, halving });
const resumed = await compared({ workers: 2, halving, completed: halved.entries.slice(0, 3) });
found.resumed = { left: resumed.left, difference: difference(halved, resumed) };
const { numTensors } = tf.memory();
const control = new AbortController();
let heard = 0;
const onEvaluation = () => {
  heard += 1;
  if (heard === 12) control.abort('enough');
};
const aborting = { ...settings, workers: 2, signal: control.signal, onEvaluation };
const error = await compare(models[0], { xs, ys }, aborting).then(() => 'none', String);
found.aborted = { error, left: tf.memory().numTensors - numTensors };
found.sameWeights = weights() === before;
console.log(JSON.stringify(found));
