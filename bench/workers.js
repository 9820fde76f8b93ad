// How much faster studies are on two lanes (`workers: 2`) than on one, and what a trial costs beside its steps:
//
//   node bench/workers.js [--backend wasm|tensorflow] [--rounds 3] [--only cnn,seeds] [--json]
//
// Every measurement has its own process and is the time of the call alone, with the start of its workers; that of the command is the time
// of its search, whose workers start while the table is read. Within a round come one
// lane with one thread, one lane with all threads, two lanes with their share of the threads, and two processes of one thread each, and
// all must give equal results on wasm. On TensorFlow convolutions differ in their last bits with the number of threads.
// `many` trains 500 trials of 50 steps, a twentieth of a study of 10,000, whose time is extrapolated from them. `empty` trains trials
// of two steps: what the second lane adds to the time of each is what handing a trial out costs.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { compare, useBackend } from 'lrfind';
import { digits, writeTable } from '../examples/mnist/digits.js';
import { median, shown, tableOf } from './measures.js';
import { modelOf, networkNamed } from './networks.js';
import { program } from './processes.js';

/** @typedef {{ workers: number }} Lanes */

/**
 * What is timed: a call of the library, and how many trainings it makes, or the search of the command on the table of the demo.
 *
 * @type {Record<string, { title: string, trainings?: number, flags?: string[], call?: () => Promise<(lanes: Lanes) => Promise<object>> }>}
 */
const STUDIES = {
  cnn: {
    title: 'CNN 28×28, 32/64 filters: 2 trials × 4 seeds',
    call: () => comparison('cnn', { count: 2, repeats: 4, steps: 40 }),
  },
  seeds: {
    title: 'the first example of the README with five seeds',
    flags: ['--repeats', '5'],
  },
  compare: {
    title: 'MLP 784-128-64-10: 4 trials × 2 seeds',
    call: () => comparison('mlp', { count: 4, repeats: 2, steps: 300 }),
  },
  many: {
    title: 'MLP 20-64-10: 250 trials × 2 seeds of 50 steps',
    trainings: 500,
    call: () => comparison('small', { count: 250, repeats: 2, steps: 50 }),
  },
  empty: {
    title: 'MLP 20-64-10: 250 trials × 2 seeds of 2 steps',
    trainings: 500,
    call: () => comparison('small', { count: 250, repeats: 2, steps: 2 }),
  },
};

/**
 * `processes`: how many processes do the same at once, each the whole study. The time is that for one study, and two lanes can hardly be
 * faster than two processes: these have nothing in common but the machine.
 *
 * @type {{ name: string, threads?: string, workers: number, processes?: number }[]}
 */
const LANES = [
  { name: 'one lane, one thread', threads: '1', workers: 1 },
  { name: 'one lane, all threads', workers: 1 },
  { name: 'two lanes', workers: 2 },
  { name: 'two processes', threads: '1', workers: 1, processes: 2 },
];

const SELF = fileURLToPath(import.meta.url);
const MODEL = fileURLToPath(new URL('../fixtures/mnist-mlp/model.json', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: Object.keys(STUDIES).join() },
    backend: { type: 'string', default: 'wasm' },
    json: { type: 'boolean', default: false },
  },
});
const { backend } = options;
const [study, workers] = positionals;
/** For the table of the demo. */
const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  if (study) await measure(study, Number(workers));
  else await report();
} finally {
  rmSync(folder, { recursive: true });
}

/** Prints the seconds of a study, and a digest of its result without times. @param {string} name @param {number} workers */
async function measure(name, workers) {
  await useBackend(backend);
  const call = await STUDIES[name]?.call?.();
  const start = performance.now();
  const result = await call?.({ workers });
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ seconds, digest: digestOf(result) }));
}

/** Of a result without times. @param {object | undefined} result */
function digestOf(result) {
  const untimed = JSON.stringify(result, (key, value) => (key === 'seconds' || key === 'environment' ? null : value));
  return createHash('sha256').update(untimed).digest('hex');
}

/** @param {string} name one of NETWORKS */
function task(name) {
  const { input } = networkNamed(name);
  const rows = 2000;
  const width = input.reduce((product, size) => product * size);
  const { xs, ys } = name === 'small' ? random(rows, width) : digitRows(rows);
  const model = modelOf(networkNamed(name));
  return {
    model,
    data: { xs: tf.tensor(xs, [rows, ...input]), ys: tf.tensor(ys, [rows, 1]) },
  };
}

/** @param {string} name @param {{ count: number, repeats: number, steps: number }} size @returns {Promise<(lanes: Lanes) => Promise<object>>} */
async function comparison(name, { count, repeats, steps }) {
  const { model, data } = task(name);
  const { batch: batchSize } = networkNamed(name);
  const trials = Array.from({ length: count }, (_, i) => ({ learningRate: 1e-3 * 10 ** (i / count) }));
  const settings = {
    trials,
    repeats,
    steps,
    batchSize,
    optimizer: 'adam',
    initialWeights: /** @type {const} */ ('drawn'),
  };
  return (lanes) => compare(model, data, { ...settings, ...lanes });
}

/** @param {number} rows */
function digitRows(rows) {
  const some = digits().slice(0, rows);
  return { xs: some.flatMap(({ image }) => image), ys: some.map(({ label }) => label) };
}

/** Ten classes of numbers, by the largest of ten of them. @param {number} rows @param {number} width */
function random(rows, width) {
  const xs = [...tf.randomUniform([rows, width], 0, 1, 'float32', 1).dataSync()];
  const ys = Array.from({ length: rows }, (_, row) => {
    const ten = xs.slice(row * width, row * width + 10);
    return ten.indexOf(Math.max(...ten));
  });
  return { xs, ys };
}

/** Runs the studies, and prints what they took and what follows from it. */
async function report() {
  const chosen = options.only.split(',');
  const unknown = chosen.find((name) => !STUDIES[name]);
  if (unknown) throw new Error(`--only must be some of ${Object.keys(STUDIES).join()}; got ${unknown}`);
  if (chosen.some((name) => STUDIES[name]?.flags)) await writeTable(join(folder, 'mnist.csv'), digits());
  /** @type {import('./measures.js').Measure[]} */
  const measures = chosen.flatMap((name) =>
    LANES.map((lane) => ({
      name: `${name}, ${lane.name}`,
      unit: /** @type {const} */ ('s'),
      rounds: [],
      ...(lane.name !== LANES[0]?.name && { peer: `${name}, one lane, one thread` }),
    })),
  );
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [i, name] of chosen.entries()) {
      const found = [];
      for (const { threads, workers: count, processes = 1 } of LANES) {
        const all = await Promise.all(Array.from({ length: processes }, () => once(name, count, threads)));
        found.push({ ...all[0], seconds: Math.max(...all.map(({ seconds }) => seconds)) / processes });
      }
      if (backend === 'wasm' && new Set(found.map(({ digest }) => digest)).size > 1)
        throw new Error(`${name}: the results differ`);
      for (const [k, { seconds }] of found.entries()) measures[i * LANES.length + k]?.rounds.push(seconds);
    }
  if (options.json) return console.log(JSON.stringify(measures));
  console.log(tableOf({ measures }));
  const all = (/** @type {string} */ name) => measures.find((each) => each.name === name)?.rounds ?? [];
  for (const name of chosen) {
    const [single = [], whole = [], two = [], apart = []] = LANES.map((lane) => all(`${name}, ${lane.name}`));
    const ratio = (/** @type {number[]} */ slow, /** @type {number[]} */ fast) =>
      shown(median(slow.map((value, i) => value / Number(fast[i]))));
    console.log(
      `${STUDIES[name]?.title}: two lanes are ${ratio(single, two)} × as fast as one thread and ${ratio(whole, two)} × as one lane with all threads; two processes ${ratio(single, apart)} ×`,
    );
    const { trainings } = STUDIES[name] ?? {};
    if (!trainings) continue;
    console.log(
      `  ${shown((1000 * median(two)) / trainings)} ms a trial; 10,000 such trials: ${shown((median(two) * 10_000) / trainings / 60)} minutes (extrapolated from ${trainings})`,
    );
    // Each lane does half of the trials.
    const extra = two.map((seconds, i) => (1000 * (2 * seconds - Number(single[i]))) / trainings);
    console.log(
      `  a trial in two lanes takes ${shown(median(extra))} ms longer than alone, with the start of the workers`,
    );
  }
}

/**
 * @param {string} name @param {number} count @param {string | undefined} threads
 * @returns {Promise<{ seconds: number, digest: string }>}
 */
async function once(name, count, threads) {
  const env = { ...process.env };
  if (threads) env.LRFIND_THREADS = threads;
  else delete env.LRFIND_THREADS;
  const node = async (/** @type {string[]} */ args) => {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  };
  const { flags } = STUDIES[name] ?? {};
  if (!flags) return node([SELF, name, String(count), '--backend', backend]);
  const files = ['--model', MODEL, '--data', join(folder, 'mnist.csv'), '--scale', 'none', '--batch-size', '128'];
  const result = await node([program, ...files, '--backend', backend, '--workers', String(count), '--json', ...flags]);
  return { seconds: result.environment.seconds, digest: digestOf(result) };
}
