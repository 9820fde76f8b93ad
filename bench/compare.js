// Seconds of a tutorial's two programs, the comparison of four learning rates and the training on MNIST: Keras compared with
// `lrfind compare` and `lrfind train`.
//
//   sh bench/python/install.sh FOLDER
//   node bench/compare.js --python FOLDER/bin/python [--rounds 5] [--backend tensorflow,wasm] [--programs compare,train] [--json]
//
// Every run has its own process; each round starts with another implementation. "alone" is for Keras the time from the tables in
// memory to the histories, tracing and compiling included, and for lrfind the time in its result. "process" also contains the
// start of the interpreter, imports and reading the tables. Ratios are to Keras with its defaults. The results are printed
// next to the times, to show that all do the same work.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeTables } from '../examples/mnist/digits.js';
import { median } from './measures.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'tensorflow,wasm' },
    programs: { type: 'string', default: 'compare,train' },
    json: { type: 'boolean', default: false },
  },
});
/** For MNIST's tables. */
const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));

/**
 * A program of the tutorial: its tables, lrfind's other flags, and how to read its result from each output.
 *
 * @typedef {{
 *   title: string, tables: [train: string, other: string], flags: string[], result: string,
 *   peer: (found: any) => number, ours: (document: any) => number
 * }} Program
 */
/** @type {Record<string, Program>} */
const PROGRAMS = {
  compare: {
    title: 'Four rates, 20-64-32-1, 1,000 rows, 10 epochs each',
    tables: [`${root}fixtures/comparison/random-train.csv.gz`, `${root}fixtures/comparison/random-val.csv.gz`],
    flags: [
      ...['--model', `${root}fixtures/comparison/random.json`, '--lr', '0.1,0.01,0.001,0.0001'],
      ...['--batch-size', '32', '--repeats', '1'],
    ],
    result: 'lowest last validation loss',
    peer: ({ last }) => Math.min(...last.map((/** @type {{ val_loss: number }} */ { val_loss }) => val_loss)),
    ours: ({ ranking, trials }) => {
      const epochs = trials.map((/** @type {any} */ { trainings }) => trainings[0].evaluations.length);
      if (epochs.join() !== '10,10,10,10') throw new Error(`epochs of the four rates: ${epochs}`);
      return ranking[0].loss;
    },
  },
  train: {
    title: 'MNIST, 784-128-64-10 with dropouts, 7,200 rows, 10 epochs',
    tables: [join(folder, 'mnist-train.csv'), join(folder, 'mnist-test.csv')],
    flags: [
      ...['--model', `${root}fixtures/mnist-mlp/model.json`, '--batch-size', '128', '--validation-split', '0.1'],
      ...['--schedule', 'piecewise-constant([0.0003, 0.001, 0.0005, 0.0001], at=[1000, 2000, 3000])'],
    ],
    result: 'test accuracy',
    peer: ({ test }) => test.accuracy,
    ours: ({ losses, test }) => {
      if (losses.length !== 570) throw new Error(`${losses.length} steps`);
      return test.metrics.accuracy;
    },
  },
};

/** Keras with flags of its script, or lrfind on a backend. @typedef {{ name: string, peer?: string[], backend?: string }} Implementation */
/** @type {Implementation[]} */
const IMPLEMENTATIONS = [
  { name: 'Keras', peer: [] },
  { name: 'Keras, no XLA', peer: ['--no-xla'] },
  ...options.backend.split(',').map((backend) => ({ name: `lrfind, ${backend}`, backend })),
];

/**
 * One run, in its own process.
 *
 * @param {string} name @param {Program} program @param {Implementation} implementation @param {string} library folder of TensorFlow
 */
function run(name, { tables, flags, peer, ours }, implementation, library) {
  const [train, other] = tables;
  const command = implementation.peer
    ? [options.python, `${root}bench/python/${name}.py`, train, other, ...implementation.peer]
    : [
        ...[process.execPath, `${root}packages/cli/bin/lrfind.js`, name, ...flags],
        ...['--data', train, name === 'compare' ? '--validation' : '--test', other, '--optimizer', 'adam'],
        ...['--epochs', '10', '--scale', 'none', '--backend', implementation.backend ?? '', '--json'],
      ];
  const [file = '', ...args] = command;
  const env = { ...process.env, LRFIND_TENSORFLOW: library, KERAS_BACKEND: 'tensorflow' };
  const start = performance.now();
  // Progress on stderr is shown only where a program fails.
  const output = execFileSync(file, args, {
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const whole = (performance.now() - start) / 1000;
  const found = JSON.parse(output);
  return implementation.peer
    ? { alone: found.seconds, whole, result: peer(found) }
    : { alone: found.environment.seconds, whole, result: ours(found) };
}

/** Prints the table of one program, or gives its measures. @param {string} name @param {string} library @returns {import('./measures.js').Measure[]} */
function report(name, library) {
  const program = PROGRAMS[name];
  if (!program) throw new Error(`no program ${name}: ${Object.keys(PROGRAMS).join(', ')}`);
  /** @type {ReturnType<typeof run>[][]} by implementation and round */
  const found = IMPLEMENTATIONS.map(() => []);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (let turn = 0; turn < IMPLEMENTATIONS.length; turn++) {
      const i = (round + turn) % IMPLEMENTATIONS.length;
      found[i]?.push(run(name, program, /** @type {Implementation} */ (IMPLEMENTATIONS[i]), library));
    }
  }
  if (options.json)
    return IMPLEMENTATIONS.flatMap((implementation, i) =>
      /** @type {const} */ (['alone', 'whole']).map((part) => ({
        name: `${name}, ${implementation.name}: ${part === 'alone' ? 'alone' : 'process'}`,
        unit: /** @type {const} */ ('s'),
        rounds: (found[i] ?? []).map((run) => run[part]),
        ...(i > 0 && { peer: `${name}, ${IMPLEMENTATIONS[0]?.name}: ${part === 'alone' ? 'alone' : 'process'}` }),
      })),
    );
  const medians = found.map((runs) => ({
    alone: median(runs.map(({ alone }) => alone)),
    least: Math.min(...runs.map(({ alone }) => alone)),
    whole: median(runs.map(({ whole }) => whole)),
    result: median(runs.map(({ result }) => result)),
  }));
  console.log(`\n${program.title}; medians, rounds: ${options.rounds}\n`);
  console.log(
    `| implementation | alone, s (least) | ratio | process, s | ratio | ${program.result} |\n|---|---|---|---|---|---|`,
  );
  const keras = medians[0] ?? { alone: Number.NaN, whole: Number.NaN };
  for (const [i, { alone, least, whole, result }] of medians.entries()) {
    const cells = [
      `${alone.toFixed(2)} (${least.toFixed(2)})`,
      ...[alone / keras.alone, whole, whole / keras.whole].map((value) => value.toFixed(2)),
      result.toFixed(4),
    ];
    console.log(`| ${[IMPLEMENTATIONS[i]?.name, ...cells].join(' | ')} |`);
  }
  return [];
}

try {
  const where = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  const library = execFileSync(options.python, ['-c', where], { encoding: 'utf8' }).trim();
  const programs = options.programs.split(',');
  if (programs.includes('train')) await writeTables(folder);
  const measures = programs.flatMap((name) => report(name, library));
  if (options.json) console.log(JSON.stringify(measures));
} finally {
  rmSync(folder, { recursive: true });
}
