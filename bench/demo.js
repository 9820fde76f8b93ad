// Seconds and memory of the first example of the README, from the start of the process to the pictures: 784-128-64-10 on 10,000
// digits, with PNG, SVG and JSON, on WebAssembly and, where lrfind finds it, on TensorFlow, with and without verification.
//
//   node bench/demo.js [--rounds 5] [--json]
//
// The rounds alternate, and begin with a fixed piece of work to compare with (yardstick.js).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listBackends } from '@lrfind/backends';
import { digits, writeTable } from '../examples/mnist/digits.js';
import { tableOf } from './measures.js';
import { program, timed, yardstick } from './processes.js';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const model = fileURLToPath(new URL('../fixtures/mnist-mlp/model.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
const path = (/** @type {string} */ name) => join(folder, name);
const command = [
  ...[program, '--model', model, '--data', path('mnist.csv'), '--scale', 'none', '--batch-size', '128', '--quiet'],
  ...['--out', ['png', 'svg', 'json'].map((ending) => path(`mnist.${ending}`)).join()],
];
const YARDSTICK = 'yardstick';
/** The backends that compute on the processor at full speed. */
const compared = ['tensorflow', 'wasm'];
const ways = listBackends().flatMap(({ name, usable }) =>
  usable && compared.includes(name)
    ? [
        { name: `${name}, sweeps alone`, flags: ['--backend', name, '--no-verify'] },
        { name: `${name}, verified`, flags: ['--backend', name] },
      ]
    : [],
);
/** @type {import('./measures.js').Measure[]} */
const seconds = ways.map(({ name }) => ({ name: `${name}: start to picture`, unit: 's', rounds: [], peer: YARDSTICK }));
/** @type {import('./measures.js').Measure[]} */
const memory = ways.map(({ name }) => ({ name: `${name}: memory`, unit: 'MB', rounds: [] }));
/** @type {import('./measures.js').Measure} */
const fixed = { name: YARDSTICK, unit: 's', rounds: [] };
try {
  await writeTable(path('mnist.csv'), digits());
  for (let round = 0; round < Number(options.rounds); round++) {
    fixed.rounds.push(await yardstick());
    for (const [i, { flags }] of ways.entries()) {
      const run = await timed([...command, ...flags]);
      seconds[i]?.rounds.push(run.seconds);
      memory[i]?.rounds.push(run.megabytes);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
const measures = [fixed, ...seconds, ...memory];
console.log(options.json ? JSON.stringify(measures) : tableOf({ measures }));
