// How well a search of 60 trials does with each sampler, on tasks of the study that no rule was made from.
//
//   node bench/search/tasks.js [--tasks 16] [--first 1]
//
// The space: rates from 1e-5 to 1, four optimizers, three schedules, five batch sizes, weight decay of adamw; three seeds a trial. After 20, 30
// and 60 trials the one with the lowest mean loss is trained with five other seeds, and judged by
//
//   regret = (its loss − least) / (start − least)
//
// with the least loss of all that were judged on the task. `found` is the same of the losses that the search itself saw.
import { parseArgs } from 'node:util';
import { compare, useBackend } from 'lrfind';
import { mean } from '../study/records.js';
import { taskOf } from '../study/tasks.js';
import { report } from './report.js';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '16' }, first: { type: 'string', default: '1' } },
});
const AFTER = [20, 30, 60];
const SAMPLERS = /** @type {const} */ (['random', 'tpe']);
/** Larger tables and longer trainings take hours. */
const MOST_ROWS = 1400;
const MOST_STEPS = 150;
await useBackend('wasm');

/** @typedef {{ sampler: string, after: number, found: number, judged: number }} Pick */
/** @type {Pick[][]} */
const regrets = [];
// Odd tasks are for judging.
for (let number = Number(values.first); regrets.length < Number(values.tasks); number += 2) {
  const task = taskOf(number);
  if (task.network !== 'dense' || task.train.rows > MOST_ROWS) continue;
  const model = task.model();
  const epochs = Math.max(1, Math.round((Math.min(task.steps, MOST_STEPS) * 32) / task.train.rows));
  /** @type {any} */
  const common = { validation: task.validation, loss: task.loss, epochs, initialWeights: 'drawn', workers: 1 };
  /** @type {Map<string, number>} */
  const known = new Map();
  let start = 0;
  /** @param {import('lrfind').Comparison['trials'][0]} trial */
  const judged = async ({ recipe: { learningRate, optimizer, batchSize } }) => {
    const key = JSON.stringify([learningRate, optimizer, batchSize]);
    const rate = learningRate.includes('(') ? learningRate : Number(learningRate);
    const trials = [{ learningRate: rate, optimizer, batchSize }];
    if (!known.has(key)) {
      const { ranking } = await compare(model, task.train, { ...common, trials, repeats: 5, seed: 500 });
      start = ranking[0]?.start ?? start;
      known.set(key, Math.min(ranking[0]?.loss ?? start, start));
    }
    return /** @type {number} */ (known.get(key));
  };
  /** @type {Pick[]} */
  const picks = [];
  for (const sampler of SAMPLERS) {
    const { trials } = await compare(model, task.train, {
      ...common,
      repeats: 3,
      search: {
        ...{ trials: 60, sampler, learningRate: { low: 1e-5, high: 1 }, schedule: ['constant', 'cosine', 'one-cycle'] },
        ...{ optimizer: ['sgd', 'adam', 'adamw', 'rmsprop'], batchSize: { low: 16, high: 256 } },
        weightDecay: { low: 1e-6, high: 1e-2 },
      },
    });
    const losses = trials.map(({ trainings }) =>
      mean(
        trainings.map(({ evaluations, outcome }) =>
          outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? Infinity) : Infinity,
        ),
      ),
    );
    for (const after of AFTER) {
      const found = Math.min(...losses.slice(0, after));
      const best = /** @type {(typeof trials)[0]} */ (trials[losses.indexOf(found)]);
      picks.push({ sampler, after, found, judged: await judged(best) });
    }
  }
  model.dispose();
  const [leastFound, leastJudged] = [
    Math.min(...picks.map(({ found }) => found)),
    Math.min(...picks.map((pick) => pick.judged)),
  ];
  const relative = picks.map((pick) => ({
    ...pick,
    found: (pick.found - leastFound) / (start - leastFound),
    judged: (pick.judged - leastJudged) / (start - leastJudged),
  }));
  regrets.push(relative);
  console.log(
    number,
    relative.map(({ sampler, after, judged }) => `${sampler} ${after}: ${judged.toFixed(4)}`).join('  '),
  );
}
for (const measure of /** @type {const} */ (['found', 'judged']))
  report(measure, AFTER, (sampler, after) =>
    regrets.map(
      (picks) => picks.find((pick) => pick.sampler === sampler && pick.after === after)?.[measure] ?? Number.NaN,
    ),
  );
