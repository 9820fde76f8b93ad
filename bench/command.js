// Where the time of the whole command goes: a table of 60,000 rows and 785 columns of whole numbers, the tutorial's
// network, a picture and the result written.
//
//   node bench/command.js [--rows 60000] [--runs 3] [--no-verify] [--json]
//
// The total and the start are those of the real command. The other parts are timed in a process that makes the same calls
// one after the other; the medians of the runs count. For steady numbers give it one processor: taskset -c 0 node bench/command.js
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './measures.js';
import { timed, yardstick } from './processes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}packages/cli/bin/lrfind.js`;
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '60000' },
    runs: { type: 'string', default: '3' },
    verify: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

/** Makes the command's calls in its order and prints the seconds that each part took, as JSON. */
const parts = `
  const [model, data, png, json, verify] = process.argv.slice(1);
  const { encodeTable, findLearningRate, readModel, readTable, saveResult, useBackend } = await import('lrfind');
  const seconds = {};
  let last = performance.now();
  const part = (name) => {
    const now = performance.now();
    seconds[name] = (now - last) / 1000;
    last = now;
  };
  await useBackend();
  const file = await readModel(model);
  part('model');
  const table = await readTable(data);
  part('read');
  const { dataset, losses } = encodeTable(table, file.model, { missing: 'mean', scale: 255 });
  part('encode');
  const result = await findLearningRate(file.model, dataset, {
    loss: losses, optimizer: { name: 'adam' }, initialWeights: 'drawn', batchSize: 128, ...(verify === 'false' && { verify: false }),
  });
  part('sweep');
  await saveResult(result, [png, json]);
  part('draw');
  const steps = result.sweeps.reduce((sum, { points }) => sum + points.length, 0);
  console.log(JSON.stringify({ seconds, steps, rate: result.suggestion?.learningRate ?? null }));
`;

/** Numbers from 0 (included) to 1 (not included), the same at every start. @returns {() => number} */
function seeded() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Writes rows of 784 pixels from 0 to 255 and a label from 0 to 9. About a fifth of the pixels is lit, most of them among
 * those of the label, so that there is something to learn.
 *
 * @param {string} path @param {number} rows
 */
async function writeDigits(path, rows) {
  const random = seeded();
  const shapes = Array.from({ length: 10 }, () => Array.from({ length: 784 }, () => (random() < 0.2 ? 0.75 : 0.06)));
  const file = createWriteStream(path);
  file.write(`${Array.from({ length: 784 }, (_, i) => `pixel${i}`).join(',')},label\n`);
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * 10);
    const lit = /** @type {number[]} */ (shapes[label]);
    const line = `${lit.map((share) => (random() < share ? 1 + Math.floor(random() * 255) : 0)).join(',')},${label}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  const model = `${root}fixtures/mnist-mlp/model.json`;
  const data = join(folder, 'digits.csv');
  const [png, json] = /** @type {const} */ ([join(folder, 'run.png'), join(folder, 'run.json')]);
  await writeDigits(data, Number(options.rows));
  if (!options.json) console.log(`${options.rows} rows × 785 columns, ${(statSync(data).size / 1e6).toFixed(0)} MB`);

  const command = [
    '--model',
    model,
    '--data',
    data,
    '--scale',
    '255',
    '--batch-size',
    '128',
    '--out',
    `${png},${json}`,
    ...(options.verify ? [] : ['--no-verify']),
  ];
  /** @type {any[]} */
  const rounds = [];
  for (let round = 0; round < Number(options.runs); round++) {
    const fixed = options.json ? await yardstick() : 0;
    const start = (await timed([program, '--version'])).seconds;
    const total = await timed([program, ...command, '--quiet']);
    const own = ['--input-type=module', '-e', parts, model, data, png, json, String(options.verify)];
    const child = await timed(own, { cwd: import.meta.dirname });
    const { seconds, megabytes, output } = total;
    rounds.push({ fixed, start, total: seconds, megabytes, suggested: Number(output), ...JSON.parse(child.output) });
  }
  const [first] = rounds;
  // Equal seeds give equal results but for TensorFlow's last bits, so another rate means that the parts are not those of the command.
  const isOther = (/** @type {number} */ rate) => !(Math.abs(rate / (first?.suggested ?? Number.NaN) - 1) < 1e-5);
  const other = rounds.find(({ suggested, rate }) => isOther(suggested) || isOther(rate));
  if (other) throw new Error(`the rates differ: ${first?.suggested}, ${other.suggested}, ${other.rate}`);

  if (options.json) {
    const ofParts = Object.keys(first?.seconds).map((name) => ({
      name: `part: ${name}`,
      unit: 's',
      rounds: rounds.map(({ seconds }) => seconds[name]),
      peer: 'yardstick',
    }));
    const measures = [
      { name: 'yardstick', unit: 's', rounds: rounds.map(({ fixed }) => fixed) },
      { name: 'start to picture', unit: 's', rounds: rounds.map((round) => round.total), peer: 'yardstick' },
      { name: 'memory', unit: 'MB', rounds: rounds.map(({ megabytes }) => megabytes) },
      ...ofParts,
    ];
    console.log(JSON.stringify(measures));
  } else showTable(rounds);
} finally {
  rmSync(folder, { recursive: true });
}

/** Prints where the time goes. @param {any[]} rounds */
function showTable(rounds) {
  const [first] = rounds;
  const total = median(rounds.map((round) => round.total));
  const row = (/** @type {string} */ name, /** @type {number} */ seconds, note = '') =>
    console.log(
      `${name.padEnd(8)} ${seconds.toFixed(2).padStart(7)} s ${((100 * seconds) / total).toFixed(1).padStart(6)} %   ${note}`,
    );
  /** What the parts are, in the order of the command. @type {Record<string, string>} */
  const notes = {
    start: 'the command with --version: Node, TensorFlow.js, options',
    model: 'backend and model',
    read: 'table from CSV',
    encode: 'inputs and targets from the table',
    sweep: `${first?.steps} steps, upload included`,
    draw: 'loading Vega, PNG and JSON',
  };
  const parted = rounds.map(({ start, total, seconds }) => {
    const known = { start, ...seconds };
    const sum = Object.keys(notes).reduce((all, name) => all + known[name], 0);
    return { ...known, rest: total - sum };
  });
  for (const [name, note] of Object.entries({ ...notes, rest: 'checks, options, exit; and noise' }))
    row(name, median(parted.map((round) => round[name])), note);
  row('total', total, `of the command; it suggests ${first?.suggested}`);
}
