import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@lrfind/core';
import { compare, encodeTable, InputError, journalFile, readModel, readTable, useBackend } from 'lrfind';
import { formats } from './formats-reader.js';
import { keras, weights } from './keras-reader.js';
import { mutatedBytes, mutatedText } from './mutate.js';
import { kerasSchedules, modelFiles, scheduleTexts, table, tables } from './samples.js';

/**
 * A reader and damaged documents for it.
 *
 * @typedef {object} Reader
 * @property {string} name
 * @property {Attempt} attempt reads a document that `random` decides; throws when the reader
 *   fails in any way but with one message to the caller
 * @property {() => void} remove removes its files
 */

/**
 * Prepares a reader.
 *
 * @param {string} name one of `readerNames` of names.js
 * @param {(argv: readonly string[]) => Promise<number>} main the command line
 * @returns {Promise<Reader & { folder: string }>}
 */
export async function openReader(name, main) {
  await useBackend('wasm');
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-fuzz-'));
  const put = (/** @type {string} */ file, /** @type {string | Buffer} */ contents) => {
    writeFileSync(join(folder, file), contents);
    return join(folder, file);
  };
  const kinds = { models, keras, weights, tables: tableReader, formats, results, journals, schedules };
  const attempt = await kinds[/** @type {keyof typeof kinds} */ (name)](put, (argv) => run(main, argv));
  return { name, folder, attempt, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The random numbers of one case, which reproduce it alone.
 *
 * @param {string} reader
 * @param {number} seed
 * @param {number} index
 */
export function randomOf(reader, seed, index) {
  return seededRandom(seed, `fuzz ${reader} ${index}`);
}

/**
 * @typedef {(file: string, contents: string | Buffer) => string} Put
 * @typedef {(argv: readonly string[]) => Promise<void>} Run
 * @typedef {(random: () => number, index: number) => Promise<void>} Attempt
 */

const search = [
  '--steps',
  '10',
  '--repeats',
  '1',
  '--batch-size',
  '8',
  '--backend',
  'wasm',
  '--scale',
  'none',
  '--quiet',
];

/** @type {(put: Put, lrfind: Run) => Promise<Attempt>} */
async function models(put, lrfind) {
  const files = await modelFiles();
  const data = put('data.csv', table);
  return async (random) => {
    const { document, weights } = pick(files, random);
    const damagesWeights = weights !== undefined && random() < 0.2;
    const text = damagesWeights && random() < 0.5 ? JSON.stringify(document) : mutatedText(document, random);
    if (weights) put('weights.bin', damagesWeights ? mutatedBytes(weights, random) : weights);
    await lrfind(['find', '--model', put('model.json', text), '--data', data, ...search]);
  };
}

/** @type {(put: Put, lrfind: Run) => Promise<Attempt>} */
async function tableReader(put, lrfind) {
  const [file] = await modelFiles();
  const model = put('model.json', JSON.stringify(file?.document));
  return async (random) => {
    /** @type {Buffer} */
    let bytes = Buffer.from(/** @type {Buffer} */ (pick(tables, random)));
    for (let changes = Math.floor(random() * 4); changes >= 0; changes--) bytes = mutatedBytes(bytes, random);
    await lrfind(['find', '--model', model, '--data', put('damaged.csv', bytes), ...search]);
  };
}

/** @type {(put: Put, lrfind: Run) => Promise<Attempt>} */
async function results(put, lrfind) {
  const [file] = await modelFiles();
  const common = ['--model', put('model.json', JSON.stringify(file?.document)), '--data', put('data.csv', table)];
  const [sweep, history, comparison] = ['sweep', 'history', 'comparison'].map((each) => join(put(`${each}.json`, '')));
  const short = ['--backend', 'wasm', '--quiet', '--out'];
  await lrfind(['find', ...common, '--steps', '30', '--repeats', '2', ...short, String(sweep)]);
  await lrfind(['train', ...common, '--lr', '0.01', '--epochs', '2', ...short, String(history)]);
  await lrfind([
    'compare',
    ...common,
    '--lr',
    '0.01,0.1',
    '--repeats',
    '2',
    '--epochs',
    '2',
    ...short,
    String(comparison),
  ]);
  const documents = [sweep, history, comparison].map((path) => JSON.parse(readFileSync(String(path), 'utf8')));
  return async (random) => {
    const path = put('damaged.json', mutatedText(pick(documents, random), random));
    const picture = put('picture.svg', '');
    const commands = [
      ['plot', path, '--out', picture],
      ['report', path, '--out', put('report.html', '')],
      ['schedule', '--from-result', path, '--steps', '20', '--quiet'],
    ];
    await lrfind(pick(commands, random));
  };
}

/** @type {(put: Put, lrfind: Run) => Promise<Attempt>} */
async function journals(put) {
  const [file] = await modelFiles();
  const { model } = await readModel(put('model.json', JSON.stringify(file?.document)));
  const { dataset, losses } = encodeTable(await readTable(put('data.csv', table)), model, {
    ...{ target: ['y'], ignore: [], missing: 'mean', scale: 'none', loss: undefined },
  });
  const path = put('fuzz.journal', '');
  /** @param {{ resume: boolean, stopAfter?: number }} options */
  const compared = async ({ resume, stopAfter = Number.POSITIVE_INFINITY }) => {
    const aborted = new AbortController();
    let evaluations = 0;
    await compare(model, dataset, {
      trials: [{ learningRate: 0.1 }, { learningRate: 0.01 }, { learningRate: 0.001 }, { learningRate: 0.0001 }],
      ...{ loss: losses, repeats: 1, steps: 10, batchSize: 20, halving: true, initialWeights: 'drawn' },
      journal: journalFile(path, { resume }),
      signal: aborted.signal,
      onEvaluation: () => {
        evaluations += 1;
        if (evaluations === stopAfter) aborted.abort();
      },
    });
  };
  // Interrupted once every trial has paused, so that the journal holds states.
  await compared({ resume: false, stopAfter: 20 }).catch(() => {});
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (lines.length === 0) throw new Error('the comparison was interrupted before it had recorded a training');
  return async (random) => {
    const damaged = [header, ...lines];
    const at = Math.floor(random() * damaged.length);
    const line = String(damaged[at]);
    const kind = random();
    // With a checksum that fits no more, without one, and as bytes.
    if (kind < 0.2) damaged[at] = mutatedText(JSON.parse(line), random);
    else if (kind < 0.6) {
      const { checksum, ...fields } = JSON.parse(line);
      damaged[at] = mutatedText(fields, random);
    }
    const text = Buffer.from(`${damaged.join('\n')}\n`);
    put('fuzz.journal', kind < 0.6 ? text : mutatedBytes(text, random));
    await compared({ resume: random() < 0.9 }).catch((error) => {
      if (!(error instanceof InputError)) throw error;
    });
  };
}

/** @type {(put: Put, lrfind: Run) => Promise<Attempt>} */
async function schedules(put, lrfind) {
  return async (random) => {
    if (random() < 0.5) {
      const path = put('keras.json', mutatedText(pick(kerasSchedules, random), random));
      await lrfind(['schedule', '--from-keras', path, '--steps', '20', '--quiet']);
    } else {
      const text = mutatedBytes(Buffer.from(pick(scheduleTexts, random)), random).toString();
      await lrfind(['schedule', '--steps', '20', '--quiet', '--', text]);
    }
  };
}

/**
 * Runs a command in this process, without its output.
 *
 * @param {(argv: readonly string[]) => Promise<number>} main
 * @param {readonly string[]} argv
 * @throws when it ends in any way but done, or with one message
 */
async function run(main, argv) {
  const { stdout, stderr } = process;
  const written = { stdout: stdout.write, stderr: stderr.write };
  let message = '';
  stdout.write = () => true;
  stderr.write = (/** @type {any} */ text) => {
    message += text;
    return true;
  };
  let code;
  try {
    code = await main(argv);
  } finally {
    stdout.write = written.stdout;
    stderr.write = written.stderr;
  }
  // 3: the work is done, and there is nothing to use.
  const clear =
    code === 0 || code === 3 || (code === 2 && message.startsWith('lrfind: ') && !message.includes('\n    at '));
  if (!clear) throw new Error(`lrfind ${argv[0]} ended with ${code}: ${message}`);
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {() => number} random
 * @returns {T}
 */
function pick(list, random) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}
