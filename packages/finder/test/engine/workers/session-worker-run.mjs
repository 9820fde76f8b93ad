// @ts-nocheck: the built modules have no types by a path that is put together.
// Trains on a worker and in this thread, on the built modules, and prints what both have come to. Run by session-worker.test.ts.
import { useBackend } from '@lrfind/backends';
import { resolveMethods } from '@lrfind/core/sweep';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';

const internals = new URL('../../../dist/internals.js', import.meta.url).href;
const { executorBySeed, openSession, resolveOptimizer, search, startWorker, sweeper } = await import(internals);

await useBackend(process.argv[2]);
const dense = (options) => layers.layers.dense({ kernelInitializer: 'glorotUniform', ...options });
const model = layers.sequential({
  layers: [
    dense({ units: 8, inputShape: [4], activation: 'relu', kernelRegularizer: 'l1l2', kernelConstraint: 'maxNorm' }),
    layers.layers.batchNormalization(),
    layers.layers.dropout({ rate: 0.3 }),
    dense({ units: 5, trainable: false }),
    dense({ units: 3, activation: 'softmax' }),
  ],
});
const count = 90;
const xs = Float32Array.from({ length: count * 4 }, (_, i) => Math.sin(i * 1.7));
const ys = Float32Array.from({ length: count }, (_, i) => i % 3);
const session = await openSession(
  model,
  { xs: tf.tensor2d(xs, [count, 4]), ys: tf.tensor2d(ys, [count, 1]) },
  {
    loss: 'sparseCategoricalCrossentropy',
    classWeight: { 0: 1, 1: 3, 2: 1 },
    validationSplit: 0.2,
    seed: 3,
    initialWeights: 'drawn',
  },
);
const optimizer = resolveOptimizer({ name: 'adam', beta1: 0.8 });
const rates = Array.from({ length: 40 }, (_, i) => 1e-4 * 1.2 ** i);
const common = { batchSize: 16, calls: 100 };
const own = sweeper(session, optimizer, { ...common, heldOut: session.data.heldOut });
const worker = startWorker(session.lanes.copies(), 1);
const { train, heldOut, test } = session.data;
const rows = { train, heldOut, test };
const task = {
  kind: 'sweep',
  session: 0,
  rows,
  optimizer: { name: 'adam', ...optimizer.parameters },
  group: null,
  ...common,
};
const ask = (more, onEvent = () => {}, signal) =>
  worker.ask({ ...task, heldOut: session.data.heldOut, ...more }, onEvent, signal);

const sweep = { seed: 5, rates };
const events = [];
const there = await ask({ sweep, reportsState: false }, (event) => events.push(event));
const state = await ask({ sweep, reportsState: true });
const here = await own.sweep(sweep, { onPoint() {} });
const stateHere = (await own.step.save()).values;

const spec = {
  trial: 'one',
  model: { ref: 'model 1', hash: 0 },
  data: { ref: 'data 1', hash: 0 },
  recipe: { optimizer: task.optimizer, batchSize: 16, schedule: { name: 'constant', rate: 0.01 } },
  seed: 4,
  evaluateAt: [5, 10],
  length: 20,
  from: null,
};
const bySeed = { seed: 3, seeds: 3, calls: 60 };
const timeless = ({ training, state }) =>
  JSON.stringify([training, state], (key, value) => (key === 'seconds' ? 0 : value));
const trained = await worker.ask({ kind: 'train', session: 0, rows, spec, ...bySeed }, () => {});
const trainedHere = await executorBySeed(session, bySeed).run(spec, {});

const reasons = [];
const hear = (error) => reasons.push(String(error));
const controller = new AbortController();
const aborted = ask(
  { sweep: { seed: 6, rates }, reportsState: false },
  () => controller.abort('enough'),
  controller.signal,
);
await aborted.catch(hear);
await ask({ sweep: { seed: 6, rates }, optimizer: { name: 'nobody' }, reportsState: false }).catch(hear);
const after = await ask({ sweep, reportsState: false });

// A whole search, whose second sweep runs on the worker while the first one goes on here.
const settings = {
  startLr: 1e-4,
  endLr: 1,
  steps: 60,
  repeats: 3,
  batchSize: 16,
  seed: 1,
  spacing: 'geometric',
  range: 'fixed',
};
const searchWith = async (onPace) => {
  const steps = [];
  const onStep = ({ repeat, step }) => steps.push([repeat, step]);
  const { sweeps } = await search(session, optimizer, { settings, methods: resolveMethods(), onStep, onPace });
  return { sweeps: JSON.stringify(sweeps), steps: JSON.stringify(steps) };
};
const alone = await searchWith(undefined);
let passed;
let asked = 0;
const together = await searchWith(async (_, checking) => {
  const check = await checking();
  passed = await check(worker);
  const counting = { ask: (...args) => worker.ask(...args).finally(() => asked++), useThreads() {}, close() {} };
  session.lanes.add([counting], 0, async () => true, 1);
});

const sameBits = (a, b) =>
  a.length === b.length && a.every((values, i) => Buffer.compare(bytes(values), bytes(b[i])) === 0);
const bytes = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
session.restore();
worker.close();
console.log(
  JSON.stringify({
    points: there.points.length,
    sameSweep: JSON.stringify(there) === JSON.stringify(here),
    sameAgain: JSON.stringify(there) === JSON.stringify(after),
    difference: Math.max(...there.points.map(({ loss }, i) => Math.abs(loss - here.points[i].loss))),
    events: events.length,
    sameState: sameBits(state, stateHere),
    sameTraining: timeless(trained) === timeless(trainedHere),
    reasons,
    passed,
    sweepsOnWorker: asked,
    sameSearch: alone.sweeps === together.sweeps,
    sameOrder: alone.steps === together.steps,
  }),
);
