// Measures what each constant rate leads to in the fine-tuning tasks.
//
//   node bench/fine-tuning/measure.js FOLDER [FROM TO]     tasks FROM to TO - 1; those that the folder has are not measured again
//
// A record (FOLDER/NUMBER.json) has `start`, the validation loss before, and for each rate of `truth` that after the task's
// steps, by seed (null: diverged). Rates are half a decade apart with one seed, then, two decades around the best of those,
// a quarter of a decade apart with three.
import { compare, useBackend } from 'lrfind';
import {
  openSession,
  resolveModelOptimizer,
  runTraining,
  stateOfModelOptimizer,
} from '../../packages/finder/dist/internals.js';
import { finalLoss, grid, recordEach } from '../study/records.js';
import { startOf } from './start.js';
import { judging, TASKS, taskOf } from './tasks.js';

const [folder = 'fine-tuning', from = '0', to = String(TASKS)] = process.argv.slice(2);
const SEEDS = [1000, 1001, 1002];
await useBackend('tensorflow');

const numbers = Array.from({ length: Number(to) - Number(from) }, (_, i) => Number(from) + i);
// Those for making rules first.
numbers.sort((a, b) => Number(judging.has(a)) - Number(judging.has(b)) || a - b);
await recordEach(folder, numbers, measure, ({ number, refused, kind, form, optimizer, steps }, seconds) =>
  console.log(number, refused ?? `${kind} ${form} ${optimizer.name} ${steps}`, `${seconds.toFixed(0)} s`),
);

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
    const ends = trials.map(
      ({ name, trainings }) => /** @type {[number, (number | null)[]]} */ ([Number(name), trainings.map(finalLoss)]),
    );
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
        losses.push(finalLoss(trained));
      }
      ends.set(rate, losses);
    }
    session.restore();
    return /** @type {Measured} */ ([ends, start]);
  };
}
