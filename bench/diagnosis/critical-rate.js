// Measures critical rates on tasks of the study: at the initial weights, by the update's own batch and by up to 512 rows (`wide`), and
// as a training at lrfind's plain answer goes on (`later`, by the batch).
//
//   node bench/diagnosis/critical-rate.js RECORDS OUT     one line of JSON for each task; goes on where it ended
//
// RECORDS is the folder that bench/study/measure.js wrote. Fine-tuned tasks are left out.
import { seededRandom } from '@lrfind/core';
import { findLearningRate, useBackend } from 'lrfind';
import {
  criticalUpdate,
  openSession,
  resolveModelOptimizer,
  trainingBatches,
} from '../../packages/finder/dist/internals.js';
import { taskOf } from '../study/tasks.js';
import { eachTask } from './tasks.js';

const [records = '', out = ''] = process.argv.slice(2);
const SEEDS = 5;
/** Steps of the training after which the critical rate is measured again. */
const AFTER = [1, 3, 10, 30, 100];
await useBackend('tensorflow');

await eachTask(records, out, ({ number }) => measure(number));

/** @param {number} number */
async function measure(number) {
  const task = taskOf(number);
  const { optimizer, loss, batchSize } = task;
  const model = task.model();
  const clock = performance.now();
  const found = await findLearningRate(model, task.train, { optimizer, loss, batchSize, initialWeights: 'drawn' });
  const sweepSeconds = (performance.now() - clock) / 1000;
  const plain = found.suggestion?.learningRate ?? null;
  const guess = found.divergence?.rate ?? found.minimum?.rate ?? 100;
  const session = await openSession(model, task.train, {
    loss,
    seed: 0,
    initialWeights: 'drawn',
    settableWeights: false,
  });
  const critical = [];
  let seconds = 0;
  let calls = 0;
  try {
    const step = session.step(resolveModelOptimizer(optimizer, model), {
      metrics: [],
      rescaleVelocity: true,
      calls: 100,
    });
    for (let seed = 0; seed < SEEDS; seed++) {
      await session.reset(seed);
      step.reset(seed);
      const stream = trainingBatches(session, batchSize, seed);
      const at = async (/** @type {number} */ near, /** @type {Int32Array[] | undefined} */ judges = undefined) => {
        const start = performance.now();
        const rows = /** @type {Int32Array} */ (stream.next().value);
        const random = () => seededRandom(seed, 'dropout');
        const result = await criticalUpdate({ model, step, random, batches: [rows], judges, guess: near });
        seconds += (performance.now() - start) / 1000;
        calls += 1;
        return result;
      };
      const first = await at(guess);
      const stride = Math.ceil(task.train.rows / 512);
      const sample = Int32Array.from({ length: Math.ceil(task.train.rows / stride) }, (_, i) => i * stride);
      await session.reset(seed);
      step.reset(seed);
      const wide = (await at(first.rate ?? guess, [sample])).rate;
      const later = [];
      for (let i = 1; plain !== null && i <= (AFTER.at(-1) ?? 0); i++) {
        step.train(/** @type {Int32Array} */ (stream.next().value), plain).dispose();
        if (AFTER.includes(i)) later.push((await at(first.rate ?? guess)).rate);
      }
      critical.push({ ...first, wide, later });
    }
  } finally {
    session.restore();
  }
  model.dispose();
  const { divergence, minimum, steepest } = found;
  const marks = { divergence: divergence?.rate, minimum: minimum?.rate, steepest: steepest?.rate };
  return { plain, ...marks, critical, sweepSeconds, seconds: (seconds / calls) * SEEDS };
}
