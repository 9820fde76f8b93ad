// Seconds of a first range test of 100 steps: `findLearningRate` on TensorFlow and on WebAssembly, compared with a Keras loop,
// Lightning, fastai and torch-lr-finder.
//
//   sh bench/python/install.sh FOLDER
//   node bench/sweeps.js --python FOLDER/bin/python [--rounds 5] [--json]
//
// The network is 784-128-64-10 with Adam, the table has 4,096 rows, a batch 128, and no sweep stops early. Every sweep has its
// own process, in alternating rounds. "sweep" is the time from model and table to the losses, tracing and compiling included, and
// for "verified" the trainings that try the answer;
// "process" also contains the start of the interpreter, imports and making the table. Peers that the Python lacks take no part;
// without its TensorFlow lrfind's is the one that it finds itself.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './measures.js';
import { modelOf, networkNamed } from './networks.js';
import { missingModules, tensorflowOf } from './python-peers.js';

const STEPS = 100;
/** The peer whose sweep and process take the least time. */
const FASTEST = 'torch-lr-finder';
const ROWS = 4096;

/** @typedef {{ sweep: number[], whole: number[], memory: number[] }} Times seconds of the rounds, and megabytes of lrfind's processes */
/** @typedef {{ name: string, peer?: string, modules?: string[], backend?: string, seeds?: number, verify?: boolean }} Implementation */
/** A peer of python/sweeps.py, or a backend, the number of seeds, and whether the answer is tried. @type {Implementation[]} */
const IMPLEMENTATIONS = [
  { name: 'lrfind, TensorFlow', backend: 'tensorflow', seeds: 1 },
  { name: 'lrfind, TensorFlow, five seeds', backend: 'tensorflow', seeds: 5 },
  { name: 'lrfind, TensorFlow, verified', backend: 'tensorflow', seeds: 5, verify: true },
  { name: 'lrfind, WebAssembly', backend: 'wasm', seeds: 1 },
  { name: 'lrfind, WebAssembly, five seeds', backend: 'wasm', seeds: 5 },
  { name: 'lrfind, WebAssembly, verified', backend: 'wasm', seeds: 5, verify: true },
  { name: 'Keras loop', peer: 'keras', modules: ['keras', 'tensorflow'] },
  { name: 'Keras loop, no XLA', peer: 'keras-executor', modules: ['keras', 'tensorflow'] },
  { name: 'Lightning', peer: 'lightning', modules: ['torch', 'lightning'] },
  { name: 'fastai', peer: 'fastai', modules: ['torch', 'fastai'] },
  { name: FASTEST, peer: 'torch-lr-finder', modules: ['torch', 'torch_lr_finder'] },
];

const SELF = fileURLToPath(import.meta.url);
const { values: options, positionals } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [backend, seeds, verify] = positionals;
if (backend) await sweep(/** @type {'wasm'} */ (backend), Number(seeds), verify === 'true');
else report();

function report() {
  const library = tensorflowOf(options.python) ?? process.env.LRFIND_TENSORFLOW;
  const implementations = IMPLEMENTATIONS.filter(({ modules = [] }) => {
    const missing = modules.length > 0 ? missingModules(options.python, modules) : [];
    if (missing.length > 0) console.error(`${modules.join(' and ')}: ${options.python} lacks ${missing.join(', ')}`);
    return missing.length === 0;
  }).filter(({ backend }) => backend !== 'tensorflow' || library !== undefined);
  /** @type {Times[]} */
  const found = implementations.map(() => ({ sweep: [], whole: [], memory: [] }));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [i, implementation] of implementations.entries()) {
      const { seconds, whole, megabytes } = run(implementation, library);
      found[i]?.sweep.push(seconds);
      found[i]?.whole.push(whole);
      if (megabytes) found[i]?.memory.push(megabytes);
    }
  }
  if (options.json) {
    console.log(JSON.stringify(measuresOf(implementations, found)));
    return;
  }
  const least = Math.min(...implementations.flatMap(({ peer }, i) => (peer ? [median(found[i]?.sweep ?? [])] : [])));
  const cells = (/** @type {string[]} */ ...[first = '', ...others]) =>
    console.log(first.padEnd(34) + others.map((cell) => cell.padStart(17)).join(''));
  cells('', 'sweep, s, median', 'least', 'by fastest peer', 'process, s');
  for (const [i, { name }] of implementations.entries()) {
    const { sweep = [], whole = [] } = found[i] ?? {};
    const shown = [median(sweep), Math.min(...sweep), median(sweep) / least, median(whole)];
    cells(name, ...shown.map((value) => value.toFixed(2)));
  }
}

/**
 * Sweeps and processes over those of the fastest peer, and lrfind's five sweeps over one.
 *
 * @param {Implementation[]} implementations @param {Times[]} found @returns {import('./measures.js').Measure[]}
 */
function measuresOf(implementations, found) {
  return implementations.flatMap(({ name, seeds = 1, verify }, i) => {
    const { sweep = [], whole = [], memory = [] } = found[i] ?? {};
    const one = name.split(', ').slice(0, 2).join(', ');
    const many =
      seeds > 1
        ? [{ name: `${name}: over one`, unit: /** @type {const} */ ('s'), rounds: sweep, peer: `${one}: sweep` }]
        : [];
    const other = (/** @type {string} */ what) => (name === FASTEST ? {} : { peer: `${FASTEST}: ${what}` });
    return [
      { name: `${name}: sweep`, unit: 's', rounds: sweep, ...other('sweep') },
      ...(verify ? [] : many),
      { name: `${name}: process`, unit: 's', rounds: whole, ...other('process') },
      ...(memory.length > 0 ? [{ name: `${name}: memory`, unit: /** @type {const} */ ('MB'), rounds: memory }] : []),
    ];
  });
}

/** @param {Implementation} implementation @param {string | undefined} library folder of TensorFlow @returns seconds of the sweep and of the whole process */
function run({ name, peer, backend, seeds = 1, verify = false }, library) {
  const python = fileURLToPath(new URL('python/sweeps.py', import.meta.url));
  const [program, ...args] = peer
    ? [options.python, python, peer]
    : [process.execPath, SELF, backend ?? '', `${seeds}`, `${verify}`];
  const env = { ...process.env, LRFIND_TENSORFLOW: library };
  const start = performance.now();
  // The peers print their progress to stderr.
  const output = execFileSync(program, args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', peer ? 'ignore' : 'inherit'],
  });
  const whole = (performance.now() - start) / 1000;
  const { seconds, losses, megabytes } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  // Lightning records one loss more or less.
  if (Math.abs(losses.length - STEPS * seeds) > 1) throw new Error(`${name} made ${losses.length} steps`);
  return { seconds, whole, megabytes };
}

/** Prints one measurement of lrfind, as python/sweeps.py does. @param {'wasm' | 'tensorflow'} backend @param {number} seeds @param {boolean} verify */
async function sweep(backend, seeds, verify) {
  const { findLearningRate, useBackend } = await import('lrfind');
  await useBackend(backend);
  const network = networkNamed('mlp');
  const width = Number(network.input[0]);
  const labels = Float32Array.from({ length: ROWS }, (_, row) => (row * 7) % 10);
  // `Float32Array.from` would take five times as long as numpy does for the peers.
  const values = new Float32Array(ROWS * width);
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < width; column++) {
      const high = (column * 7 + Number(labels[row])) % 5 === 0;
      values[row * width + column] = Math.random() * (high ? 1 : 0.2);
    }
  const model = modelOf(network);
  const data = {
    rows: ROWS,
    inputs: [{ shape: [width], values }],
    targets: [{ shape: [], values: labels }],
    notes: [],
  };
  const start = performance.now();
  const result = await findLearningRate(model, data, {
    ...{ startLr: 1e-6, endLr: 1e-2, steps: STEPS, batchSize: network.batch, repeats: seeds, verify },
    optimizer: 'adam',
    loss: 'sparseCategoricalCrossentropy',
  });
  const seconds = (performance.now() - start) / 1000;
  const losses = result.sweeps.flatMap(({ points }) => points.map(({ loss }) => loss));
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, losses, megabytes, notes: result.setup.notes }));
}
