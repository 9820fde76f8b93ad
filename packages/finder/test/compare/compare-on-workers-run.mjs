// @ts-nocheck: the built modules have no types by a path that is put together.
// Compares with different numbers of workers, on the built modules, and prints what came of it. Run by compare-on-workers.test.ts.
import { Worker } from 'node:worker_threads';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

// Watches the threads of workers: how many threads each computes with, and which trials it is asked to train. Before the modules that
// start them are loaded.
const threads = [];
const asked = [];
const module = process.getBuiltinModule('node:worker_threads');
module.Worker = class extends Worker {
  constructor(program, options) {
    super(program, options);
    if (options?.name === 'lrfind') threads.push(options.env.LRFIND_THREADS);
  }
  postMessage(message, ...others) {
    if (message?.task?.kind === 'trial') asked.push(message.task.spec.trial);
    super.postMessage(message, ...others);
  }
};
const { compare } = await import(new URL('../../dist/index.js', import.meta.url).href);

await useBackend('wasm');
const points = (count) => Array.from({ length: count }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const xs = points(90);
const data = { xs, ys: xs.map(([a, b]) => 2 * a - b + 0.3 * Math.sin(31 * a)) };
const network = (name, units) =>
  sequential({
    name,
    layers: [
      layers.dense({ units, activation: 'tanh', inputShape: [2] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 1 }),
    ],
  });
const models = [network('small', 4), network('large', 24)];
const ownFunction = (step) => 0.02 / (1 + step / 10);
const trials = [
  { name: 'steady', learningRate: 0.02 },
  { name: 'one cycle', learningRate: 'one-cycle(0.1, steps=32)', optimizer: { name: 'sgd', momentum: 0.9 } },
  { name: 'own', learningRate: ownFunction },
  { name: 'slow', learningRate: 1e-4, batchSize: 8 },
  { name: 'plateau', learningRate: 0.05, callbacks: 'reduce-lr-on-plateau(patience=1)' },
  { name: 'large', learningRate: 0.02, model: models[1] },
  { name: 'lost', learningRate: 1e20, optimizer: 'sgd', model: models[1] },
];
const settings = { epochs: 8, batchSize: 16, repeats: 2, loss: 'meanSquaredError', initialWeights: 'drawn', trials };

/** A result without what differs from one run to another on one machine: times. */
const untimed = (result) =>
  JSON.stringify({ ...result, environment: undefined }, (key, value) => (key === 'seconds' ? 0 : value));

function memoryJournal(completed = []) {
  const entries = [...completed];
  const open = async () => completed;
  return { entries, open, add: async (entry) => void entries.push(JSON.parse(JSON.stringify(entry))) };
}

const checksum = () => models.flatMap((model) => model.getWeights().map((each) => [...each.dataSync()]));
const before = JSON.stringify(checksum());
const compared = async (more) => {
  const { numTensors } = tf.memory();
  const journal = memoryJournal(more.completed);
  const begun = threads.length;
  const askedBefore = asked.length;
  const seen = [];
  const { completed: _, delay = 0, ...options } = more;
  // The first trials of the models are asked for by checks too.
  const areUsed = () => asked.slice(askedBefore).some((name) => name !== 'steady' && name !== 'large');
  const onEvaluation = ({ trial, seed, evaluation }) => {
    seen.push(`${trial} ${seed} ${evaluation.step}`);
    // This thread takes longer, so that trials are left when the workers have started.
    if (delay > 0 && !areUsed()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
  };
  const result = await compare(models[0], data, { ...settings, onEvaluation, journal, ...options });
  return {
    result: untimed(result),
    notes: result.setup.notes,
    threads: threads.slice(begun),
    asked: new Set(asked.slice(askedBefore)),
    left: tf.memory().numTensors - numTensors,
    seen,
    entries: journal.entries,
  };
};
const sorted = (entries) => entries.map((entry) => untimed(entry)).toSorted();
const ofTraining = (seen, training) => seen.filter((each) => each.startsWith(training)).join();

const found = {};
for (const halving of [false, true]) {
  const one = await compared({ halving, workers: 1 });
  for (const workers of halving ? [3] : [2, 'auto']) {
    const several = await compared({ halving, workers, delay: workers === 'auto' ? 0 : 150 });
    found[workers] = {
      same: several.result === one.result,
      sameJournal: sorted(several.entries).join() === sorted(one.entries).join(),
      sameEvents: several.seen.toSorted().join() === one.seen.toSorted().join(),
      inOrder: ['steady 0', 'large 1', 'own 2'].every(
        (each) => ofTraining(several.seen, each) === ofTraining(one.seen, each),
      ),
      threads: several.threads,
      asked: [...several.asked],
      left: several.left,
      notes: several.notes.filter((note) => !one.notes.includes(note)),
    };
    if (halving) {
      // Resumed from what two of its beginnings have recorded, by one lane and by two.
      found.resumed = [];
      for (const count of [5, several.entries.length - 1])
        for (const again of [1, 2]) {
          const resumed = await compared({ halving, workers: again, completed: several.entries.slice(0, count) });
          found.resumed.push(
            resumed.result === one.result && sorted(resumed.entries).join() === sorted(one.entries).join(),
          );
        }
    }
  }
}

// A rate that is to be found is searched for in the same lanes.
const searched = {
  trials: [{ learningRate: 'find' }, { learningRate: 'find', model: models[1] }],
  repeats: 2,
  epochs: 6,
};
const alone = await compared({ ...searched, workers: 1 });
const together = await compared({ ...searched, workers: 2 });
found.find = { same: alone.result === together.result, threads: together.threads, left: together.left };

// An abort, and a listener that throws.
const failing = async (more) => {
  const { numTensors } = tf.memory();
  const error = await compare(models[0], data, { ...settings, workers: 3, ...more }).then(() => 'none', String);
  return { error, left: tf.memory().numTensors - numTensors };
};
const control = new AbortController();
let heard = 0;
found.aborted = await failing({
  signal: control.signal,
  onEvaluation: () => {
    heard += 1;
    if (heard === 20) control.abort('enough');
  },
});
found.thrown = await failing({
  onEvaluation: ({ trial, seed }) => {
    if (trial === 'slow' && seed === 1) throw new Error('the listener fails');
  },
});
// A loss that is a function stays here, and the note says so.
const ownLoss = await compared({
  workers: 2,
  loss: (labels, predictions) => tf.losses.meanSquaredError(labels, predictions).mean(),
});
const ownLossAlone = await compared({
  workers: 1,
  loss: (labels, predictions) => tf.losses.meanSquaredError(labels, predictions).mean(),
});
found.ownLoss = {
  same: JSON.stringify(JSON.parse(ownLoss.result).trials) === JSON.stringify(JSON.parse(ownLossAlone.result).trials),
  asked: [...ownLoss.asked],
  notes: ownLoss.notes.filter((note) => !ownLossAlone.notes.includes(note)),
};
found.sameWeights = JSON.stringify(checksum()) === before;
found.cpu = await useBackend('cpu').then(() => failing({ workers: 2 }));
console.log(JSON.stringify(found));
