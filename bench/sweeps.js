// Seconds of a first range test of 100 steps: `findLearningRate` on TensorFlow and on WebAssembly, compared with a Keras loop,
// Lightning, fastai and torch-lr-finder.
//
//   sh bench/python/install.sh FOLDER
//   node bench/sweeps.js --python FOLDER/bin/python [--rounds 5]
//
// The network is 784-128-64-10 with Adam, the table has 4,096 rows, a batch 128, and no sweep stops early. Every sweep has its
// own process, in alternating rounds. "sweep" is the time from model and table to the losses, tracing and compiling included, and
// for "verified" the trainings that try the answer;
// "process" also contains the start of the interpreter, imports and making the table.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { modelOf, networkNamed } from './networks.js';

const STEPS = 100;
const ROWS = 4096;

/** @typedef {{ name: string, peer?: string, backend?: string, seeds?: number, verify?: boolean }} Implementation */
/** A peer of python/sweeps.py, or a backend, the number of seeds, and whether the answer is tried. @type {Implementation[]} */
const IMPLEMENTATIONS = [
  { name: 'lrfind, TensorFlow', backend: 'tensorflow', seeds: 1 },
  { name: 'lrfind, TensorFlow, five seeds', backend: 'tensorflow', seeds: 5 },
  { name: 'lrfind, TensorFlow, verified', backend: 'tensorflow', seeds: 5, verify: true },
  { name: 'lrfind, WebAssembly', backend: 'wasm', seeds: 1 },
  { name: 'lrfind, WebAssembly, five seeds', backend: 'wasm', seeds: 5 },
  { name: 'lrfind, WebAssembly, verified', backend: 'wasm', seeds: 5, verify: true },
  { name: 'Keras loop', peer: 'keras' },
  { name: 'Keras loop, no XLA', peer: 'keras-executor' },
  { name: 'Lightning', peer: 'lightning' },
  { name: 'fastai', peer: 'fastai' },
  { name: 'torch-lr-finder', peer: 'torch-lr-finder' },
];

const SELF = fileURLToPath(import.meta.url);
const { values: options, positionals } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const [backend, seeds, verify] = positionals;
if (backend) await sweep(/** @type {'wasm'} */ (backend), Number(seeds), verify === 'true');
else report();

function report() {
  const where = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  const library = execFileSync(options.python, ['-c', where], { encoding: 'utf8' }).trim();
  /** @type {{ sweep: number[], whole: number[] }[]} */
  const found = IMPLEMENTATIONS.map(() => ({ sweep: [], whole: [] }));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [i, implementation] of IMPLEMENTATIONS.entries()) {
      const { seconds, whole } = run(implementation, library);
      found[i]?.sweep.push(seconds);
      found[i]?.whole.push(whole);
    }
  }
  const least = Math.min(...IMPLEMENTATIONS.flatMap(({ peer }, i) => (peer ? [median(found[i]?.sweep ?? [])] : [])));
  const cells = (/** @type {string[]} */ ...[first = '', ...others]) =>
    console.log(first.padEnd(34) + others.map((cell) => cell.padStart(17)).join(''));
  cells('', 'sweep, s, median', 'least', 'by fastest peer', 'process, s');
  for (const [i, { name }] of IMPLEMENTATIONS.entries()) {
    const { sweep = [], whole = [] } = found[i] ?? {};
    const shown = [median(sweep), Math.min(...sweep), median(sweep) / least, median(whole)];
    cells(name, ...shown.map((value) => value.toFixed(2)));
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @param {Implementation} implementation @param {string} library folder of TensorFlow @returns seconds of the sweep and of the whole process */
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
  const { seconds, losses } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  // Lightning records one loss more or less.
  if (Math.abs(losses.length - STEPS * seeds) > 1) throw new Error(`${name} made ${losses.length} steps`);
  return { seconds, whole };
}

/** Prints one measurement of lrfind, as python/sweeps.py does. @param {'wasm' | 'tensorflow'} backend @param {number} seeds @param {boolean} verify */
async function sweep(backend, seeds, verify) {
  const { findLearningRate, useBackend } = await import('lrfind');
  await useBackend(backend);
  const network = networkNamed('mlp');
  const width = Number(network.input[0]);
  const labels = Float32Array.from({ length: ROWS }, (_, row) => (row * 7) % 10);
  const values = Float32Array.from({ length: ROWS * width }, (_, i) => {
    const high = ((i % width) * 7 + Number(labels[Math.floor(i / width)])) % 5 === 0;
    return Math.random() * (high ? 1 : 0.2);
  });
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
  console.log(JSON.stringify({ seconds, losses, notes: result.setup.notes }));
}
