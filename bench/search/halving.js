// How well searches do that are halved, and with each sampler, on seven small tasks of their own.
//
//   node bench/search/halving.js [--seeds 5] [--tasks spirals,waves]
//
// Rates from 1e-5 to 1, three optimizers, three schedules, four batch sizes, weight decay; 8 epochs, three seeds a trial, each evaluated after
// each epoch. The best trial of a search is trained with three other seeds. Regret is 0 for the best and 1 for the start, of the losses that the
// search saw (found) and of those with the other seeds (judged).
import { parseArgs } from 'node:util';
import { compare, useBackend } from 'lrfind';
import { mean } from '../study/records.js';
import { madeTasks, rowsOf } from './made-tasks.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, tasks: { type: 'string' } } });
const chosen = values.tasks?.split(',');
/** @type {readonly { sampler: 'random' | 'tpe', halving: boolean | 'asynchronous', counts: readonly number[] }[]} */
const METHODS = [
  // The first trials of a search that is not halved are a shorter search.
  { sampler: 'random', halving: false, counts: [10, 20, 30, 60] },
  { sampler: 'tpe', halving: false, counts: [30, 60] },
  { sampler: 'random', halving: true, counts: [30, 60] },
  { sampler: 'random', halving: 'asynchronous', counts: [30, 60] },
  { sampler: 'tpe', halving: 'asynchronous', counts: [30, 60] },
];
await useBackend('wasm');

/** @typedef {{ method: string, evaluations: number, found: number, judged: number }} Search */
/** @type {Map<string, { evaluations: number, found: number, judged: number }[]>} */
const regrets = new Map();
for (const [number, task] of madeTasks.entries()) {
  if (chosen && !chosen.includes(task.name)) continue;
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const data = rowsOf(task, 7919 * (number + 1) + 104729 * seed);
    const model = task.model();
    /** @type {any} */
    const common = {
      ...{ loss: task.loss, epochs: 8, repeats: 3, initialWeights: 'drawn', workers: 1 },
      ...{ validationSplit: 0.3, split: 'last' },
    };
    /** @type {Map<string, number>} */
    const known = new Map();
    let start = 0;
    /** @param {import('lrfind').Comparison['trials'][0]} trial */
    const judged = async ({ recipe: { learningRate, optimizer, batchSize } }) => {
      const trial = {
        ...{ learningRate: learningRate.includes('(') ? learningRate : Number(learningRate), optimizer, batchSize },
      };
      const key = JSON.stringify(trial);
      if (!known.has(key)) {
        const { ranking } = await compare(model, data, { ...common, trials: [trial], seed: 900 + 10 * seed });
        start = ranking[0]?.start ?? start;
        known.set(key, Math.min(ranking[0]?.loss ?? start, start));
      }
      return /** @type {number} */ (known.get(key));
    };
    /** @type {Search[]} */
    const searches = [];
    for (const { sampler, halving, counts } of METHODS) {
      /** @param {number} trials */
      const searched = async (trials) => {
        let evaluations = 0;
        const result = await compare(model, data, {
          ...{ ...common, halving, seed: 50 + 100 * seed, onEvaluation: () => (evaluations += 1) },
          search: {
            ...{ trials, sampler, learningRate: { low: 1e-5, high: 1 }, schedule: ['constant', 'cosine', 'one-cycle'] },
            ...{ optimizer: ['sgd', 'adamw', 'rmsprop'], batchSize: { low: 16, high: 128 } },
            weightDecay: { low: 1e-6, high: 1e-1 },
          },
        });
        return { ...result, evaluations };
      };
      const whole = halving ? undefined : await searched(Math.max(...counts));
      for (const count of counts) {
        const { trials, ranking, evaluations } = whole ?? (await searched(count));
        const there = new Set(trials.slice(0, count).map(({ name }) => name));
        const best = ranking.find(({ name }) => there.has(name));
        const trial = trials.find(({ name }) => name === best?.name);
        if (!trial || best?.loss === null || best?.loss === undefined) throw new Error('a search found nothing');
        searches.push({
          ...{
            method: `${sampler}, halving ${halving}, ${count} trials`,
            found: best.loss,
            judged: await judged(trial),
          },
          evaluations: (evaluations * count) / trials.length,
        });
      }
    }
    model.dispose();
    for (const rows of Object.values(data)) rows.dispose();
    /** @param {'found' | 'judged'} loss */
    const regretOf = (loss) => {
      const least = Math.min(...searches.map((search) => search[loss]));
      return searches.map((search) => (search[loss] - least) / (start - least));
    };
    const [found, again] = [regretOf('found'), regretOf('judged')];
    for (const [i, { method, evaluations }] of searches.entries()) {
      const all = regrets.get(method) ?? [];
      all.push({ evaluations, found: /** @type {number} */ (found[i]), judged: /** @type {number} */ (again[i]) });
      regrets.set(method, all);
    }
    console.error(`${task.name} ${seed}`);
  }
}

console.log('| search | evaluations | regret, found | regret, judged |\n|---|---|---|---|');
for (const [method, all] of regrets) {
  const shown = ['found', 'judged'].map((loss) =>
    mean(all.map((each) => each[/** @type {'found'} */ (loss)])).toFixed(3),
  );
  const evaluations = Math.round(mean(all.map((each) => each.evaluations)));
  console.log(`| ${method} | ${evaluations} | ${shown.join(' | ')} |`);
}
