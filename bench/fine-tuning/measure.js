// Measures what each constant rate leads to in the fine-tuning tasks.
//
//   node bench/fine-tuning/measure.js FOLDER [FROM TO]     tasks FROM to TO - 1; those that the folder has are not measured again
//
// A record (FOLDER/NUMBER.json) has `start`, the validation loss before, and for each rate of `truth` that after the task's
// steps, by seed (null: diverged). Rates are half a decade apart with one seed, then, two decades around the best of those,
// a quarter of a decade apart with three.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { InputError } from '@lrfind/core';
import { compare, useBackend } from 'lrfind';
import { openSession } from '../../packages/finder/dist/engine/session.js';
import { runTraining } from '../../packages/finder/dist/engine/training-loop.js';
import { resolveModelOptimizer, stateOfModelOptimizer } from '../../packages/finder/dist/optimizers/model-optimizer.js';
import { startOf } from './start.js';
import { judging, TASKS, taskOf } from './tasks.js';

const [folder = 'fine-tuning', from = '0', to = String(TASKS)] = process.argv.slice(2);
const SEEDS = [1000, 1001, 1002];
mkdirSync(folder, { recursive: true });
await useBackend('tensorflow');

const numbers = Array.from({ length: Number(to) - Number(from) }, (_, i) => Number(from) + i);
// Those for making rules first.
for (const number of numbers.sort((a, b) => Number(judging.has(a)) - Number(judging.has(b)) || a - b)) {
  const file = `${folder}/${number}.json`;
  if (existsSync(file)) continue;
  const clock = performance.now();
  /** @type {any} */
  const record = await measure(number).catch((error) => {
    if (!(error instanceof InputError)) throw error;
    return { number, refused: error.message };
  });
  writeFileSync(`${file}.part`, JSON.stringify(record));
  renameSync(`${file}.part`, file);
  const seconds = ((performance.now() - clock) / 1000).toFixed(0);
  console.log(
    number,
    record.refused ?? `${record.kind} ${record.form} ${record.optimizer.name} ${record.steps}`,
    `${seconds} s`,
  );
}

/** @param {number} number */
async function measure(number) {
  const task = taskOf(number);
  const model = await startOf(task);
  const losses = task.goesOn ? await goesOn(task, model) : trainsAnew(task, model);
  /** @type {Map<number, (number | null)[]>} */
  const truth = new Map();
  const [coarse, start] = await losses(grid(-7, 1, 2), SEEDS.slice(0, 1));
  const [best = 1e-3] = [...coarse].sort(([, [a]], [, [b]]) => (a ?? Infinity) - (b ?? Infinity))[0] ?? [];
  for (const [rate, each] of coarse) truth.set(rate, each);
  const around = Math.log10(best);
  for (const [rate, each] of (await losses(grid(around - 2, around + 2, 4), SEEDS))[0]) truth.set(rate, each);
  const { split, form, kind, network, optimizer, steps, batchSize, stepsBefore } = task;
  const parameters = model.countParams();
  model.dispose();
  return {
    number,
    ...{ split, form, kind, network, optimizer, steps, batchSize, stepsBefore },
    rows: task.train.rows,
    parameters,
    start,
    truth: [...truth].sort(([a], [b]) => a - b).map(([rate, losses]) => ({ rate, losses })),
  };
}

/** @typedef {[Map<number, (number | null)[]>, number]} Measured */

/** Trainings with an optimizer that begins. @param {import('./start.js').Task} task @param {import('./start.js').Model} model */
function trainsAnew({ train, validation, optimizer, loss, steps, batchSize }, model) {
  return async (/** @type {number[]} */ rates, /** @type {number[]} */ seeds) => {
    const { trials } = await compare(model, train, {
      optimizer: /** @type {any} */ (optimizer),
      ...(loss && { loss: /** @type {any} */ (loss) }),
      batchSize,
      validation,
      validationSplit: 0,
      trials: rates.map((learningRate) => ({ learningRate, name: String(learningRate) })),
      steps,
      repeats: seeds.length,
      seed: /** @type {number} */ (seeds[0]),
    });
    const start = trials[0]?.trainings[0]?.start?.loss ?? Number.NaN;
    const ends = trials.map(({ name, trainings }) => {
      const losses = trainings.map(({ outcome, evaluations }) =>
        outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? null) : null,
      );
      return /** @type {[number, (number | null)[]]} */ ([Number(name), losses]);
    });
    return /** @type {Measured} */ ([new Map(ends), start]);
  };
}

/** Trainings that go on with weights and optimizer as they are. @param {import('./start.js').Task} task @param {import('./start.js').Model} model */
async function goesOn({ train, validation, steps, batchSize }, model) {
  const optimizerState = await stateOfModelOptimizer(undefined, model);
  const options = { seed: 0, initialWeights: /** @type {const} */ ('given'), optimizerState };
  return async (/** @type {number[]} */ rates, /** @type {number[]} */ seeds) => {
    const session = await openSession(model, train, { ...options, validation, validationSplit: 0 });
    const calls = rates.length * seeds.length * steps;
    const step = session.step(resolveModelOptimizer(undefined, model), { rescaleVelocity: false, calls });
    /** @type {Measured[0]} */
    const ends = new Map();
    const start = (await session.evaluate(step, session.data.heldOut)).loss ?? Number.NaN;
    for (const rate of rates) {
      const losses = [];
      for (const seed of seeds) {
        await session.reset(seed);
        step.reset(seed);
        const part = { step, seed, batchSize, from: 0, evaluateAt: [steps], rateAt: () => ({ rate }) };
        const trained = await runTraining(session, { ...part, onEvaluation: () => {}, signal: undefined });
        losses.push(trained.outcome === 'finished' ? (trained.evaluations.at(-1)?.validation?.loss ?? null) : null);
      }
      ends.set(rate, losses);
    }
    session.restore();
    return /** @type {Measured} */ ([ends, start]);
  };
}

/** @param {number} from @param {number} to @param {number} perDecade */
function grid(from, to, perDecade) {
  const first = Math.round(from * perDecade);
  return Array.from({ length: Math.round((to - from) * perDecade) + 1 }, (_, i) =>
    Number((10 ** ((first + i) / perDecade)).toPrecision(6)),
  );
}
