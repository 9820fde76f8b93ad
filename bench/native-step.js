// Milliseconds of one training step with Adam: lrfind's compiled step on TensorFlow and on WebAssembly, compared with
// TensorFlow.js's `trainOnBatch` on the same TensorFlow, with Keras and with a bare `tf.function`.
//
//   node bench/native-step.js [--python python3] [--rounds 9] [--seconds 0.5] [--networks mlp,small,cnn,lstm]
//     [--implementations lrfind,tf.function] [--json]
//
// The Python must have TensorFlow and Keras 3 (python/install.sh makes one). Node uses the same TensorFlow, with as many
// threads. Every implementation has its own process, which compiles and then waits. The rounds alternate between them, so that
// other load on the machine affects all alike. A step ends when its loss is read. Ratios are medians over rounds.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from 'lrfind';
import { median } from './measures.js';
import { modelOf, NETWORKS, networkNamed } from './networks.js';
import { compiledStep, eagerStep } from './steps.js';

/** @typedef {{ name: string, python?: string, backend?: string, steps?: number }} Implementation */
/** One of python/steps.py, or a backend, compiled for a number of expected steps or not at all. @type {Implementation[]} */
const IMPLEMENTATIONS = [
  { name: 'lrfind, short run', backend: 'tensorflow', steps: 100 },
  { name: 'lrfind, long run', backend: 'tensorflow', steps: 1e6 },
  { name: 'lrfind, wasm', backend: 'wasm', steps: 1e6 },
  { name: 'tfjs, eager', backend: 'tensorflow' },
  { name: 'Keras', python: 'keras' },
  { name: 'Keras, no XLA', python: 'keras-executor' },
  { name: 'tf.function', python: 'function' },
  { name: 'tf.function, XLA', python: 'function-xla' },
];

const SELF = fileURLToPath(import.meta.url);
const { values: options, positionals } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '0.5' },
    networks: { type: 'string', default: Object.keys(NETWORKS).join() },
    implementations: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [implementation, network] = positionals;
const wanted = options.implementations?.split(',');
/** Those whose names begin with one that is wanted. */
const chosen = IMPLEMENTATIONS.filter(({ name }) => wanted?.some((begin) => name.startsWith(begin)) ?? true);
if (implementation && network)
  await answer(/** @type {Implementation} */ (IMPLEMENTATIONS.find(({ name }) => name === implementation)), network);
else await report();

/** Prints a table for each network, or the measures of all. */
async function report() {
  const where = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  const library = execFileSync(options.python, ['-c', where], { encoding: 'utf8' }).trim();
  /** @type {import('./measures.js').Measure[]} */
  const measures = [];
  for (const name of options.networks.split(',')) {
    if (!options.json) console.log(`\n${networkNamed(name).title}`);
    const processes = [];
    for (const implementation of chosen) processes.push(await start(implementation, name, library));
    /** @type {number[][][]} by implementation and round */
    const times = chosen.map(() => []);
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const [i, one] of processes.entries()) times[i]?.push(await one.measure());
    }
    for (const one of processes) one.end();
    if (options.json) measures.push(...measuresOf(name, times));
    else show(times);
  }
  if (options.json) console.log(JSON.stringify(measures));
}

/** @param {string} network @param {number[][][]} times by implementation and round @returns {import('./measures.js').Measure[]} */
function measuresOf(network, times) {
  return chosen.map(({ name }, i) => ({
    name: `${network}, ${name}`,
    unit: 'ms',
    rounds: (times[i] ?? []).map(median),
    ...(name !== 'tf.function' && { peer: `${network}, tf.function` }),
  }));
}

/** @param {number[][][]} times by implementation and round */
function show(times) {
  const medians = times.map((rounds) => rounds.map(median));
  const against = ['tf.function', 'Keras'];
  const cells = (/** @type {string[]} */ [first = '', ...others]) =>
    console.log(first.padEnd(20) + others.map((cell) => cell.padStart(16)).join(''));
  cells(['', 'ms, median', 'least', ...against.map((name) => `by ${name}`)]);
  for (const [i, { name }] of chosen.entries()) {
    const ratios = against.map((other) => {
      const base = medians[chosen.findIndex(({ name }) => name === other)] ?? [];
      return median((medians[i] ?? []).map((time, round) => time / Number(base[round]))).toFixed(2);
    });
    const least = Math.min(...(times[i] ?? []).flat());
    cells([name, median(medians[i] ?? []).toFixed(3), least.toFixed(3), ...ratios]);
  }
}

/**
 * Starts an implementation's process and waits until it is compiled.
 *
 * @param {Implementation} implementation @param {string} network @param {string} library folder of TensorFlow
 */
async function start({ name, python }, network, library) {
  const steps = fileURLToPath(new URL('python/steps.py', import.meta.url));
  const [program, ...args] = python
    ? [options.python, steps, python, network]
    : [process.execPath, SELF, name, network];
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', python ? 'ignore' : 'inherit'],
    env: { ...process.env, LRFIND_TENSORFLOW: library },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended early: ${args.join(' ')}`);
    return /** @type {string} */ (value);
  };
  if ((await line()) !== 'ready') throw new Error(`${name} did not start`);
  return {
    /** @returns {Promise<number[]>} milliseconds of each step */
    async measure() {
      child.stdin.write(`${options.seconds}\n`);
      return JSON.parse(await line());
    },
    end: () => child.stdin.end(),
  };
}

/** The process of one of lrfind's or TensorFlow.js's: the same protocol as python/steps.py. @param {Implementation} implementation @param {string} name */
async function answer({ backend, steps }, name) {
  await useBackend(/** @type {'wasm'} */ (backend));
  const network = networkNamed(name);
  const x = tf.randomUniform([network.batch, ...network.input], 0, 1, 'float32', 1);
  const classes = /** @type {tf.Tensor1D} */ (tf.randomUniform([network.batch], 0, 10, 'int32', 2));
  const y = tf.cast(tf.oneHot(classes, 10), 'float32');
  const step = steps ? compiledStep(modelOf(network), x, y, steps) : eagerStep(modelOf(network), x, y);
  // Long enough for lrfind to choose an execution mode; of convolutions there is one.
  const begin = performance.now();
  for (let i = 0; i < 200 && (i < 20 || performance.now() - begin < 3000); i++) await step();
  console.log('ready');
  for await (const seconds of createInterface(process.stdin)) {
    const times = [];
    const end = performance.now() + 1000 * Number(seconds);
    while (performance.now() < end || times.length < 5) {
      const start = performance.now();
      await step();
      times.push(performance.now() - start);
    }
    console.log(JSON.stringify(times));
  }
}
