// A found rate or none at all: adam and others at the rates that lrfind finds, at their defaults, and optimizers that find their own,
// on judging tasks of bench/study with dense networks, which no rule here has seen. The losses are those of validation rows; the searches see the
// training rows alone.
//
//     node bench/rivals.js [tasks] [path of results]
//
// The defaults are 10 tasks and no file. With a file, tasks that it holds already are not trained again.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { compare } from '@lrfind/finder';
import { taskOf } from './study/tasks.js';

/** The most steps of a task, so that the whole takes minutes. */
const MOST_STEPS = 250;

const TRIALS = /** @type {const} */ ([
  { name: 'adam, found rate', optimizer: 'adam', learningRate: 'find' },
  { name: 'adam, 0.001', optimizer: 'adam', learningRate: 0.001 },
  { name: 'schedule-free-adamw, found rate', optimizer: 'schedule-free-adamw', learningRate: 'find' },
  { name: 'momo-adam, 0.01', optimizer: 'momo-adam', learningRate: 0.01 },
  { name: 'prodigy', optimizer: 'prodigy', learningRate: 1 },
  { name: 'dog, averaged', optimizer: { name: 'dog', useEma: true }, learningRate: 1 },
]);

const count = Number(process.argv[2] ?? 10);
const path = process.argv[3];
/** @type {Record<number, { steps: number, start: number, losses: Record<string, number | null> }>} */
const measured = path !== undefined && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
const numbers = [];
for (let number = 1; numbers.length < count; number += 2) {
  const { steps, fineTunes, network } = taskOf(number);
  if (steps <= MOST_STEPS && !fineTunes && network === 'dense') numbers.push(number);
}

await useBackend('wasm');
for (const number of numbers) {
  if (measured[number]) continue;
  const { model, train, validation, steps, batchSize, loss } = taskOf(number);
  const network = model();
  try {
    const { trials, ranking } = await compare(network, train, {
      trials: TRIALS.map((trial) => ({ ...trial })),
      validation,
      steps,
      batchSize,
      loss,
      repeats: 2,
      initialWeights: 'drawn',
    });
    const starts = trials[0]?.trainings.map(({ start }) => start?.loss ?? 0) ?? [];
    measured[number] = {
      steps,
      start: starts.reduce((sum, each) => sum + each, 0) / starts.length,
      losses: Object.fromEntries(ranking.map((trial) => [trial.name, trial.loss])),
    };
    if (path !== undefined) writeFileSync(path, JSON.stringify(measured));
    console.error(number, steps, JSON.stringify(measured[number].losses));
  } catch (error) {
    console.error(number, steps, /** @type {Error} */ (error).message);
  }
  network.dispose();
}

// The share of the possible descent of the loss that a trial misses: 0 is the best of all trials, 1 no descent, or divergence.
const tasks = Object.values(measured);
console.log(
  `${tasks.length} tasks, ${tasks
    .map(({ steps }) => steps)
    .sort((a, b) => a - b)
    .at(tasks.length >> 1)} steps in the middle`,
);
console.log('| trial | mean regret | median | worst | best of all |\n| --- | --- | --- | --- | --- |');
for (const { name } of TRIALS) {
  const regrets = tasks.map(({ start, losses }) => {
    const best = Math.min(...Object.values(losses).map((loss) => loss ?? Number.POSITIVE_INFINITY));
    return Math.min(1, ((losses[name] ?? Number.POSITIVE_INFINITY) - best) / (start - best));
  });
  const sorted = regrets.toSorted((a, b) => a - b);
  const mean = regrets.reduce((sum, each) => sum + each, 0) / regrets.length;
  const wins = regrets.filter((regret) => regret === 0).length;
  const text = [mean, sorted[regrets.length >> 1], sorted.at(-1)].map((value) => value?.toFixed(3)).join(' | ');
  console.log(`| ${name} | ${text} | ${wins} |`);
}
