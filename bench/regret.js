// Regret of the suggested rate on tasks with a known best rate, compared with other finders.
//
//   node bench/regret.js [--seeds 0,100,200] [-- further options of lrfind]
//
// regret(rate) = (L(rate) − L*) / (L0 − L*): L the final validation loss at that constant rate (mean over 15 runs, linear
// in log10 rate between the grid's points, ten times L0 where it diverged), L* the best of the grid, L0 at the start. 0 is
// the best constant rate, 1 no better than not training; no suggestion counts as 1. See fixtures/README.md.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { optimizers } from 'lrfind';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}fixtures/regret/`;
/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(folder + name, 'utf8'));
const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string', default: '0,100,200' } },
  allowPositionals: true,
});

const truth = read('truth.json');
const peers = read('peers.json');
const tasks = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** @param {string} task @param {number | null} rate */
function regret(task, rate) {
  const { lr, mean, best, L0 } = truth[task];
  if (rate === null) return 1;
  const last = lr.length - 2;
  const left = Math.min(
    Math.max(
      lr.findLastIndex((/** @type {number} */ value) => value <= rate),
      0,
    ),
    last,
  );
  const share = Math.log(rate / lr[left]) / Math.log(lr[left + 1] / lr[left]);
  const within = Math.min(Math.max(share, 0), 1);
  return (mean[left] * (1 - within) + mean[left + 1] * within - best) / (L0 - best);
}

/** @param {string} task @param {string} seed */
function suggested(task, seed) {
  const { loss, optimizer, batchSize, target } = read(`${task}/task.json`);
  const { name, ...parameters } = optimizer;
  const run = spawnSync(
    process.execPath,
    [
      `${root}packages/cli/bin/lrfind.js`,
      ...[
        '--model',
        `${folder}${task}/model.json`,
        '--data',
        `${folder}${task}/train.csv.gz`,
        '--scale',
        'none',
        '--json',
      ],
      ...['--loss', loss, '--optimizer', name, '--batch-size', batchSize, '--target', target, '--seed', seed],
      ...Object.entries(parameters).flatMap(([key, value]) => [`--${key}`, value]),
      ...positionals,
    ].map(String),
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (run.status !== 0 && run.status !== 3) throw new Error(`${task}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
/** @type {Record<string, number[][]>} */
const all = {};
for (const task of tasks) {
  const runs = values.seeds.split(',').map((seed) => suggested(task, seed));
  const { optimizer } = truth[task];
  const defaultRate = optimizers.find((kind) => kind.name === optimizer)?.defaultRate ?? Number.NaN;
  /** @type {Record<string, (number | null)[]>} */
  const methods = { lrfind: runs.map((run) => run.suggestion?.learningRate ?? null) };
  for (const name of Object.keys(runs[0].suggestions))
    methods[`  its ${name}`] = runs.map((run) => run.suggestions[name]);
  for (const [peer, rates] of Object.entries(peers)) if (rates[task]) methods[peer] = [rates[task]].flat();
  methods['no finder: Keras default'] = [defaultRate];
  for (const [name, rates] of Object.entries(methods))
    all[name] = [...(all[name] ?? []), rates.map((rate) => regret(task, rate))];
  const ours = (methods.lrfind ?? []).map((rate) => rate?.toPrecision(3) ?? 'none').join(' ');
  const verdicts = runs.map((run) => run.suggestion?.verdict ?? 'none').join(' ');
  console.log(
    `${task.padEnd(20)} best ${truth[task].best_lr.toPrecision(2)}  suggested ${ours}  regret ${mean(all.lrfind?.at(-1) ?? []).toFixed(3)}  ${verdicts}  ${mean(runs.map((run) => run.environment.seconds)).toFixed(1)} s`,
  );
}
console.log(`\n${'mean regret'.padEnd(24)} ${'mean'.padStart(7)} ${'worst'.padStart(7)}`);
for (const [name, regrets] of Object.entries(all)) {
  console.log(
    `${name.padEnd(24)} ${mean(regrets.flat()).toFixed(3).padStart(7)} ${Math.max(...regrets.flat())
      .toFixed(3)
      .padStart(7)}`,
  );
}
