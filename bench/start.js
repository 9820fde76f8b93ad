// Seconds from the start of the command: to the version, to the help, and to the first trained step, compared with those of Node
// with an empty program.
//
//   node bench/start.js [--rounds 7] [--json]
//
// The rounds alternate. The step is that of a search on a small network (20-64-32-1) and 1,000 rows, from the start of the process to the moment
// at which the bar shows it. TensorFlow takes part where lrfind finds it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listBackends } from '@lrfind/backends';
import { tableOf } from './measures.js';
import { program, timed } from './processes.js';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } },
});
const fixtures = fileURLToPath(new URL('../fixtures/comparison/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
const NODE = 'Node, empty program';
const empty = join(folder, 'empty.js');
writeFileSync(empty, '');
const env = { LRFIND_BENCH_TERMINAL: '1', TERM: 'xterm', NO_COLOR: undefined };
/** The backends that compute on the processor at full speed. */
const compared = ['tensorflow', 'wasm'];
const backends = listBackends().flatMap(({ name, usable }) => (usable && compared.includes(name) ? [name] : []));
const search = ['--model', `${fixtures}random.json`, '--data', `${fixtures}random-train.csv.gz`, '--backend'];

/** @type {Record<string, () => ReturnType<typeof timed>>} */
const ways = {
  [NODE]: () => timed([empty], { bare: true }),
  'lrfind --version': () => timed([program, '--version'], { bare: true }),
  'lrfind --help': () => timed([program, '--help'], { bare: true }),
  ...Object.fromEntries(
    backends.map((name) => [
      `first step, ${name}`,
      () => timed([program, ...search, name], { env, until: /sweep 1\// }),
    ]),
  ),
};
/** @type {Record<string, import('./measures.js').Measure>} */
const measures = Object.fromEntries(
  Object.keys(ways).map((name) => [name, { name, unit: 's', rounds: [], ...(name !== NODE && { peer: NODE }) }]),
);
/** @type {Record<string, import('./measures.js').Measure>} */
const memory = {};
try {
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [name, way] of Object.entries(ways)) {
      const { seconds, megabytes } = await way();
      measures[name]?.rounds.push(seconds);
      if (Number.isNaN(megabytes)) continue;
      memory[name] ??= { name: `${name}: memory`, unit: 'MB', rounds: [] };
      memory[name].rounds.push(megabytes);
    }
} finally {
  rmSync(folder, { recursive: true });
}
const found = [...Object.values(measures), ...Object.values(memory)];
console.log(options.json ? JSON.stringify(found) : tableOf({ measures: found }));
