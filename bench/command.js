// Where the time of the whole command goes: a table of 60,000 rows and 785 columns of whole numbers, the tutorial's
// network, a picture and the result written.
//
//   node bench/command.js [--rows 60000] [--runs 3]
//
// The total and the start are those of the real command. The other parts are timed in a process that makes the same calls
// one after the other; the medians of the runs count. For steady numbers give it one processor: taskset -c 0 node bench/command.js
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}packages/cli/bin/lrfind.js`;
const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '60000' }, runs: { type: 'string', default: '3' } },
});

/** Makes the command's calls in its order and prints the seconds that each part took, as JSON. */
const parts = `
  const [model, data, png, json] = process.argv.slice(1);
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
    loss: losses, optimizer: { name: 'adam' }, initialWeights: 'drawn', batchSize: 128,
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

/** Runs a process to its end. @param {string[]} args */
function run(args) {
  const start = performance.now();
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
  if (child.status !== 0) throw new Error(`node ${args[0]}: ${child.error?.message ?? child.stderr}`);
  return { seconds: (performance.now() - start) / 1000, output: child.stdout };
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  const model = `${root}fixtures/mnist-mlp/model.json`;
  const data = join(folder, 'digits.csv');
  const [png, json] = /** @type {const} */ ([join(folder, 'run.png'), join(folder, 'run.json')]);
  await writeDigits(data, Number(options.rows));
  console.log(`${options.rows} rows × 785 columns, ${(statSync(data).size / 1e6).toFixed(0)} MB`);

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
  ];
  const rounds = Array.from({ length: Number(options.runs) }, () => {
    const start = run([program, '--version']).seconds;
    const total = run([program, ...command, '--quiet']);
    const child = run(['--input-type=module', '-e', parts, model, data, png, json]);
    return { start, total: total.seconds, suggested: Number(total.output), ...JSON.parse(child.output) };
  });
  const [first] = rounds;
  // Equal seeds give equal results, so another rate means that the parts are not those of the command.
  const other = rounds.find(({ suggested, rate }) => suggested !== first?.suggested || rate !== first?.suggested);
  if (other) throw new Error(`the rates differ: ${first?.suggested}, ${other.suggested}, ${other.rate}`);

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
} finally {
  rmSync(folder, { recursive: true });
}
