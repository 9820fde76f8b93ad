// Measures the gradient noise scale (McCandlish et al., 2018) on tasks of the study, and what larger batches really cost.
//
//   node bench/diagnosis/noise-scale.js RECORDS OUT
//
// For each task: the scale from 16 gradients at the initial weights and after 30 and 100 steps at the best rate, with its
// jackknife error; and the loss of trainings with four times the batch and a quarter of the steps, each at the best of four rates.
import { mul } from '@tensorflow/tfjs-core';
import { compare, useBackend } from 'lrfind';
import { openSession, resolveModelOptimizer, trainingBatches } from '../../packages/finder/dist/internals.js';
import { taskOf } from '../study/tasks.js';
import { noiseScale } from './noise-estimate.js';
import { eachTask } from './tasks.js';

const [records = '', out = ''] = process.argv.slice(2);
const GRADIENTS = 16;
const SEEDS = 5;
const AFTER = [0, 30, 100];
await useBackend('tensorflow');

/** Leaves the weights where they are and keeps the gradient. @type {any} */
const gradientRule = {
  name: 'gradient',
  usesMovingAverage: false,
  slots: { gradient: 0 },
  velocitySlots: [],
  shared: {},
  prepare: (/** @type {unknown} */ rate) => ({ rate }),
  update: (
    /** @type {import('@tensorflow/tfjs-core').Tensor} */ weight,
    /** @type {import('@tensorflow/tfjs-core').Tensor} */ gradient,
  ) => ({
    weight: mul(weight, 1),
    slots: { gradient: mul(gradient, 1) },
  }),
};

await eachTask(records, out, async ({ number, kind, best, start, steps }) => {
  // Long trainings and recurrent networks take too long.
  if (steps > 300 || kind === 'waves' || (start - best.loss) / Math.abs(start) < 0.1) return null;
  const { train, validation, optimizer, loss, batchSize, model: build } = taskOf(number);
  const model = build();
  const common = /** @type {any} */ ({ optimizer, loss, initialWeights: 'drawn' });
  const session = await openSession(model, train, { loss, seed: 0, initialWeights: 'drawn', settableWeights: false });
  const scales = [];
  try {
    const trained = session.step(resolveModelOptimizer(optimizer, model), {
      metrics: [],
      rescaleVelocity: true,
      calls: 500,
    });
    const kept = session.step(/** @type {any} */ ({ rule: gradientRule }), {
      metrics: [],
      rescaleVelocity: false,
      calls: 200,
    });
    const weights = model.trainableWeights.length;
    for (let seed = 0; seed < SEEDS; seed++) {
      await session.reset(seed);
      trained.reset(seed);
      kept.reset(seed);
      const stream = trainingBatches(session, batchSize, seed);
      const next = () => /** @type {Int32Array} */ (stream.next().value);
      for (let step = 0; step <= (AFTER.at(-1) ?? 0); step++) {
        if (AFTER.includes(step)) {
          const gradients = [];
          for (let i = 0; i < GRADIENTS; i++) {
            kept.train(next(), 1).dispose();
            gradients.push((await kept.save()).values.slice(-weights).flatMap((values) => [...values]));
          }
          scales.push({ seed, step, ...noiseScale(gradients, batchSize) });
        }
        trained.train(next(), best.rate).dispose();
      }
    }
  } finally {
    session.restore();
  }
  const branch = async (/** @type {number} */ batch, /** @type {number} */ length) => {
    const result = await compare(model, train, {
      ...common,
      batchSize: batch,
      steps: length,
      validation,
      validationSplit: 0,
      repeats: 3,
      seed: 50,
      trials: [-0.5, 0, 0.5, 1].map((shift) => ({ learningRate: best.rate * 10 ** shift, name: String(shift) })),
    });
    return Math.min(
      ...result.trials.map(({ trainings }) =>
        trainings.reduce(
          (sum, { outcome, evaluations }) =>
            sum + (outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? Infinity) : Infinity) / 3,
          0,
        ),
      ),
    );
  };
  const large = 4 * batchSize;
  const cost =
    large <= train.rows && steps >= 40
      ? ((await branch(large, Math.round(steps / 4))) - (await branch(batchSize, steps))) / (start - best.loss)
      : null;
  model.dispose();
  return { batchSize, rows: train.rows, scales, cost };
});
