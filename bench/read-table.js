// Time to read a table of 60,000 rows and 785 columns of whole numbers (about 107 MB), compared with other readers.
//
//   node bench/read-table.js [--rows 60000] [--runs 3] [--python python3] [--json]
//
// Each reader runs in its own process; the fastest run counts, and all sums must agree. pandas takes part where the Python
// has it. For steady numbers give it one processor: taskset -c 0 node bench/read-table.js
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '60000' },
    runs: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
});

/** Programs that print the seconds they took and the sum of all values. @type {Record<string, [string, ...string[]]>} */
const readers = {
  lrfind: [
    process.execPath,
    '--input-type=module',
    '-e',
    `import { readTable } from 'lrfind';
     const start = performance.now();
     const { values } = await readTable(process.argv[1]);
     const seconds = (performance.now() - start) / 1000;
     console.log(seconds, values.reduce((sum, value) => sum + value, 0));`,
  ],
  'split and Number': [
    process.execPath,
    '--input-type=module',
    '-e',
    `import { readFileSync } from 'node:fs';
     const start = performance.now();
     const lines = readFileSync(process.argv[1], 'utf8').trimEnd().split('\\n');
     const width = lines[0].split(',').length;
     const values = new Float32Array((lines.length - 1) * width);
     let at = 0;
     for (let i = 1; i < lines.length; i++) for (const field of lines[i].split(',')) values[at++] = Number(field);
     const seconds = (performance.now() - start) / 1000;
     console.log(seconds, values.reduce((sum, value) => sum + value, 0));`,
  ],
  'pandas.read_csv': [
    options.python,
    '-c',
    `import sys, time, numpy, pandas
start = time.perf_counter()
values = pandas.read_csv(sys.argv[1], dtype='float32').to_numpy()
seconds = time.perf_counter() - start
print(seconds, int(values.sum(dtype=numpy.float64)))`,
  ],
};

/** Pixels of which about a fifth are not 0, as in pictures of digits. @param {number} rows */
function digitsTable(rows) {
  const width = 785;
  let state = 1;
  const random = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const lines = [`label,${Array.from({ length: width - 1 }, (_, i) => `pixel${i}`).join(',')}`];
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: width }, () => (random(5) === 0 ? random(256) : 0));
    cells[0] = random(10);
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** @param {[string, ...string[]]} command @param {string} path */
function timed([program, ...args], path) {
  const run = spawnSync(program, [...args, path], { encoding: 'utf8', cwd: import.meta.dirname });
  if (run.status !== 0) return { problem: run.error?.message ?? run.stderr.trim().split('\n').at(-1) };
  const [seconds, sum] = run.stdout.trim().split(' ').map(Number);
  return { seconds, sum };
}

const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  const path = join(folder, 'digits.csv');
  const content = digitsTable(Number(options.rows));
  writeFileSync(path, content);
  if (!options.json) console.log(`${options.rows} rows × 785 columns, ${(content.length / 1e6).toFixed(0)} MB`);
  /** @type {import('./measures.js').Measure[]} */
  const measures = [];
  let ours = 0;
  /** @type {number | undefined} */
  let expected;
  for (const [name, command] of Object.entries(readers)) {
    const runs = Array.from({ length: Number(options.runs) }, () => timed(command, path));
    const failed = runs.find(({ problem }) => problem !== undefined);
    if (failed) {
      console.error(`${name.padEnd(18)} not run: ${failed.problem}`);
      continue;
    }
    expected ??= runs[0]?.sum;
    const other = runs.find(({ sum }) => sum !== expected);
    if (other) throw new Error(`${name} read other values: sum ${other.sum}, not ${expected}`);
    const seconds = Math.min(...runs.map((run) => run.seconds ?? Number.POSITIVE_INFINITY));
    ours ||= seconds;
    if (options.json) {
      const rounds = runs.map((run) => run.seconds ?? Number.NaN);
      measures.push({ name, unit: 's', rounds, ...(name === 'lrfind' && { peer: 'split and Number' }) });
      continue;
    }
    console.log(`${name.padEnd(18)} ${seconds.toFixed(2)} s   ${(seconds / ours).toFixed(2)} × lrfind`);
  }
  if (options.json) console.log(JSON.stringify(measures));
} finally {
  rmSync(folder, { recursive: true });
}
