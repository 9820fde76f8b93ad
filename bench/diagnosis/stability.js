// Measures the largest rate at which trainings do not diverge, on tasks of the study: rates up to 1.5 decades
// around the critical one, two seeds, up to 100 steps. A training has diverged when its loss on the rows that it trains on ends above where it began, or is not finite.
//
//   node bench/diagnosis/stability.js RECORDS CRITICAL OUT
//
// CRITICAL is what critical-rate.js wrote.
import { compare, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';
import { eachTask, readLines } from './tasks.js';

const [records = '', critical = '', out = ''] = process.argv.slice(2);
await useBackend('tensorflow');

const known = new Map(readLines(critical).map((line) => [line.number, line]));

await eachTask(records, out, async ({ number, steps }) => {
  const found = (known.get(number)?.critical ?? []).flatMap((/** @type {any} */ { rate }) => rate ?? []);
  if (found.length === 0) return null;
  const middle = Math.log10(
    found.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b)[found.length >> 1],
  );
  const { train, optimizer, loss, batchSize, model: build } = taskOf(number);
  const model = build();
  const common = /** @type {any} */ ({ optimizer, loss, batchSize, initialWeights: 'drawn' });
  const rates = Array.from({ length: 13 }, (_, i) => 10 ** (middle + (i - 6) / 4));
  const result = await compare(model, train, {
    ...common,
    trials: rates.map((rate) => ({ name: String(rate), learningRate: rate })),
    steps: Math.min(100, steps),
    validation: train,
    validationSplit: 0,
    repeats: 2,
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
