// Measures the sensitivity that a verification gives, beside the cost of half a decade in the records of the study.
//
//   node bench/diagnosis/sensitivity.js RECORDS OUT
import { findLearningRate, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';
import { eachTask } from './tasks.js';

const [records = '', out = ''] = process.argv.slice(2);
await useBackend('tensorflow');

await eachTask(records, out, async ({ number, kind, steps, start, best, truth }) => {
  if (kind === 'waves' || (start - best.loss) / Math.abs(start) < 0.1) return null;
  const { train, optimizer, loss, batchSize, model: build } = taskOf(number);
  const model = build();
  const { verification } = await findLearningRate(model, train, {
    ...{ optimizer, loss, batchSize, initialWeights: 'drawn', verify: true },
    epochs: Math.max(1, Math.round((steps * batchSize) / (train.rows * 0.8))),
  });
  model.dispose();
  const costAt = (/** @type {number} */ decades) => {
    const rate = best.rate * 10 ** decades;
    const found = truth.find((/** @type {any} */ each) => Math.abs(Math.log10(each.rate / rate)) < 0.01);
    return found && (Math.min(found.loss ?? Infinity, start) - best.loss) / (start - best.loss);
  };
  return {
    steps,
    sensitivity: verification?.sensitivity ?? null,
    length: verification?.length,
    truth: { lower: costAt(-0.5), higher: costAt(0.5) },
  };
});
