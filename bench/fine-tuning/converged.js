// Nets that were trained to the end: does lrfind say that there is nothing to gain, and what would rows that they have not seen gain?
//
//   node bench/fine-tuning/converged.js
//
// The nets and rows are those of ten of the tasks for making rules, trained for 3,000 steps with a rate that falls to 0.
import { compare, findLearningRate, train, useBackend } from 'lrfind';
import { taskOf } from './tasks.js';

const NUMBERS = [1, 3, 9, 11, 15, 17, 23, 24, 26, 29];
const EXPONENTS = [-6, -5, -4, -3.5, -3, -2.5, -2, -1];
await useBackend('tensorflow');

for (const number of NUMBERS) {
  const task = taskOf(number);
  const model = task.model();
  const { batchSize, train: rows, validation } = task;
  const epochs = Math.round((3000 * 32) / rows.rows);
  /** @type {any} */
  const loss = task.loss && { loss: task.loss };
  const before = { learningRate: 'cosine(0.003)', epochs, batchSize: 32, validationSplit: 0, seed: number };
  await train(model, rows, { optimizer: 'adam', ...before, ...loss });
  /** @type {any} */
  const common = { optimizer: task.optimizer, batchSize, ...loss };
  const { suggestion, reason } = await findLearningRate(model, rows, { ...common, verify: true, epochs: 5 });
  const { trials } = await compare(model, rows, {
    ...common,
    ...{ validation, validationSplit: 0, steps: 120, repeats: 3, seed: 1000 },
    trials: EXPONENTS.map((exponent) => ({ learningRate: 10 ** exponent, name: String(exponent) })),
  });
  const start = trials[0]?.trainings[0]?.start?.loss ?? Number.NaN;
  const ends = trials.map(({ trainings }) => {
    const losses = trainings.map(({ evaluations }) => evaluations.at(-1)?.validation?.loss ?? Infinity);
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  });
  const gain = `${((100 * (start - Math.min(...ends))) / start).toFixed(1)} %`;
  console.log(number, task.network, 'rows not seen gain', gain, '| said:', suggestion?.learningRate ?? reason);
  model.dispose();
}
