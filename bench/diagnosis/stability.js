// Measures the largest rate at which trainings do not diverge, on tasks of the study: 24 rates, three seeds, up to 150 steps. A
// training has diverged when its loss on the rows that it trains on ends above where it began, or is not finite.
//
//   node bench/diagnosis/stability.js RECORDS OUT
import { compare, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';
import { eachTask } from './tasks.js';

const [records = '', out = ''] = process.argv.slice(2);
await useBackend('tensorflow');

await eachTask(records, out, async ({ number, steps }) => {
  const { train, optimizer, loss, batchSize, model: build } = taskOf(number);
  const model = build();
  const common = /** @type {any} */ ({ optimizer, loss, batchSize, initialWeights: 'drawn' });
  const rates = Array.from({ length: 25 }, (_, i) => 10 ** (-4 + i / 4) * (optimizer.name === 'adadelta' ? 100 : 1));
  const result = await compare(model, train, {
    ...common,
    trials: rates.map((rate) => ({ name: String(rate), learningRate: rate })),
    steps: Math.min(150, steps),
    validation: train,
    validationSplit: 0,
    repeats: 3,
    seed: 0,
  });
  model.dispose();
  return {
    rates,
    diverged: result.trials.map(
      ({ trainings }) =>
        trainings.filter(
          ({ outcome, start, evaluations }) =>
            outcome !== 'finished' ||
            !((evaluations.at(-1)?.validation?.loss ?? Infinity) < (start?.loss ?? -Infinity)),
        ).length,
    ),
  };
});
