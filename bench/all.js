// Runs every bench that measures speed, in under ten minutes on two cores, writes one table, and compares it with that of the last
// release. Run it by hand and at night, never as a test:
//
//   node bench/all.js [--python FOLDER/bin/python] [--only start,demo] [--rounds 3] [--out out/bench] [--save] [--write]
//
// It writes OUT.json and OUT.md (default: out/bench). --save writes bench/results/VERSION.json and .md instead, for a release, and the
// figures of README.md, docs/ and bench/README.md, between their markers; --write writes these figures again from the stored results and
// measures nothing. --rounds sets the rounds of all benches (7 to judge by; longer than ten minutes).
//
// The exit code is 1 where something takes more than in the results of the last release: where the median of the ratios to a peer that is measured
// in the same rounds is higher by more than 10 % and by more than three times the spread of the rounds, which is the median of
// their distances from their median, of the larger one of both runs. Memory is compared in megabytes. A bench whose peers the
// Python lacks is skipped, or measured without them, and the table says so.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shown, slower, tableOf } from './measures.js';
import { missingModules } from './python-peers.js';
import { lastResults, resultsFolder } from './stored-results.js';
import { pages, withFigures } from './written-figures.js';

/** @typedef {import('./measures.js').Results} Results */
/** @typedef {import('./measures.js').Found} Found */

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    out: { type: 'string', default: `${root}out/bench` },
    save: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/**
 * The rounds by default are those that fit into ten minutes.
 *
 * @type {{ bench: string, about: string, rounds: number, args: (rounds: string) => string[], modules?: string[] }[]}
 *   `modules`: without them in the Python there is nothing to measure
 */
const benches = [
  { bench: 'start', about: 'start of the command', rounds: 7, args: (n) => ['start.js', '--rounds', n] },
  { bench: 'demo', about: 'first example of the README', rounds: 3, args: (n) => ['demo.js', '--rounds', n] },
  {
    bench: 'command',
    about: 'table of 60,000 × 785, sweeps alone',
    rounds: 3,
    args: (n) => ['command.js', '--no-verify', '--runs', n],
  },
  {
    bench: 'sweeps',
    about: 'first sweep of 100 steps',
    rounds: 2,
    args: (n) => ['sweeps.js', '--rounds', n, '--python', options.python],
  },
  {
    bench: 'step',
    about: 'step on WebAssembly',
    rounds: 2,
    args: (n) => ['step.js', '--seconds', '0.3', '--rounds', n],
  },
  { bench: 'wasm-step', about: 'step of other networks', rounds: 2, args: (n) => ['wasm-step.js', '--json', n, '0.5'] },
  {
    bench: 'native-step',
    about: 'step on TensorFlow',
    rounds: 5,
    args: (n) => [
      'native-step.js',
      '--networks',
      'mlp,cnn',
      '--implementations',
      'lrfind,tf.function,Keras',
      '--seconds',
      '0.2',
      '--rounds',
      n,
      '--python',
      options.python,
    ],
    modules: ['tensorflow', 'keras'],
  },
  {
    bench: 'compare',
    about: "a tutorial's comparison and training",
    rounds: 2,
    args: (n) => ['compare.js', '--rounds', n, '--python', options.python],
    modules: ['tensorflow', 'keras'],
  },
  {
    bench: 'read-table',
    about: 'reading a CSV',
    rounds: 2,
    args: (n) => ['read-table.js', '--runs', n, '--python', options.python],
  },
  {
    bench: 'read-formats',
    about: 'reading other formats',
    rounds: 2,
    args: (n) => ['read-formats.js', '--runs', n],
    modules: ['pandas', 'pyarrow'],
  },
  {
    bench: 'workers',
    about: 'studies on two lanes',
    rounds: 1,
    args: (n) => ['workers.js', '--only', 'compare,many,empty', '--rounds', n],
  },
  { bench: 'live', about: 'live page', rounds: 2, args: (n) => ['live.js', '--seeds', '2', '--rounds', n] },
];

if (options.write) writeFigures(stored());
else await run();

async function run() {
  const wanted = options.only?.split(',');
  if (wanted && options.save)
    throw new Error('--only must be left out with --save, which stores the results of all benches');
  const unknown = wanted?.find((name) => !benches.some(({ bench }) => bench === name));
  if (unknown) throw new Error(`--only must be some of ${benches.map(({ bench }) => bench).join()}; got ${unknown}`);
  const chosen = benches.filter(({ bench }) => wanted?.includes(bench) ?? true);
  const { version } = JSON.parse(readFileSync(`${root}packages/cli/package.json`, 'utf8'));
  const [{ model } = { model: arch() }] = cpus();
  /** @type {Results} */
  const results = {
    version,
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores (${model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${platform()}, Node ${process.versions.node}`,
    benches: [],
  };
  for (const each of chosen) results.benches.push(measured(each));
  const last = lastResults();
  const found = last ? slower(results, last) : [];
  const text = `${report(results)}\n${last ? comparison(found, last) : 'No earlier release has results.\n'}`;
  const place = options.save ? `${resultsFolder}${version}` : options.out;
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(`${place}.json`, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(`${place}.md`, text);
  if (options.save) writeFigures(results);
  console.log(text);
  process.exitCode = found.length > 0 ? 1 : 0;
}

/** @param {(typeof benches)[number]} bench @returns {Found} */
function measured({ bench, about, rounds, args, modules = [] }) {
  const missing = modules.length > 0 ? missingModules(options.python, modules) : [];
  const skip = (/** @type {string} */ why) => {
    console.error(`${bench}: not measured: ${why}`);
    return { bench, about, seconds: 0, measures: [], skipped: why };
  };
  if (missing.length > 0) return skip(`${options.python} lacks ${missing.join(' and ')}`);
  const [script = '', ...others] = args(options.rounds ?? String(rounds));
  const start = performance.now();
  const child = spawnSync(
    process.execPath,
    [`${root}bench/${script}`, ...others, ...(others.includes('--json') ? [] : ['--json'])],
    {
      encoding: 'utf8',
      env: { ...process.env, PYTHON: options.python },
      maxBuffer: 1 << 28,
    },
  );
  const seconds = Math.round((performance.now() - start) / 1000);
  console.error(`${bench}: ${seconds} s`);
  if (child.status !== 0) {
    const [why = `it ended with ${child.signal ?? child.status}`] = child.stderr.match(/^\w*Error: .*$/m) ?? [];
    return { ...skip(why), seconds };
  }
  // What was left out, such as a peer.
  const skipped = child.stderr
    .trim()
    .split('\n')
    .filter((line) => / lacks |not run|^without /.test(line))
    .join('; ');
  const measures = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
  return { bench, about, seconds, measures, ...(skipped && { skipped }) };
}

/** One table for each bench. @param {Results} results */
function report({ version, date, machine, benches }) {
  const minutes = benches.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const parts = benches.map((found) => {
    const { bench, about, seconds, measures, skipped } = found;
    const head = `## ${bench}: ${about}\n\n${seconds} s of measuring.${skipped ? ` Not measured: ${skipped}.` : ''}\n`;
    return measures.length > 0 ? `${head}\n${tableOf(found)}\n` : head;
  });
  return [`# Speed of lrfind ${version}\n\n${date}, ${machine}; ${minutes.toFixed(1)} minutes.\n`, ...parts].join('\n');
}

/** @param {ReturnType<typeof slower>} found @param {Results} last */
function comparison(found, { version, date }) {
  const head = `## Compared with ${version} of ${date}\n\n`;
  if (found.length === 0) return `${head}Nothing takes more, beyond the noise.\n`;
  const rows = found.map(
    ({ bench, name, before, now, spread }) =>
      `| ${bench} | ${name} | ${shown(before)} | ${shown(now)} | ${shown(now / before)} × | ${shown(spread)} |`,
  );
  return `${head}| bench | measured | before | now | now over before | spread |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** @returns {Results} */
function stored() {
  const found = lastResults();
  if (found) return found;
  throw new Error('bench/results has no results; measure with --save');
}

/** @param {Results} results */
function writeFigures(results) {
  for (const page of pages) {
    const path = root + page;
    writeFileSync(path, withFigures(readFileSync(path, 'utf8'), results));
  }
}
