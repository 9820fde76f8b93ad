// Measures what a linear warm-up over a tenth of the steps gains on tasks of the study, beside the critical rate at the start.
//
//   node bench/diagnosis/warm-up.js RECORDS CRITICAL OUT
//
// CRITICAL is what critical-rate.js wrote. Rates: the best constant one, 10^½ times it, and lrfind's plain answer.
import { compare, useBackend } from 'lrfind';
import { taskOf } from '../study/tasks.js';
import { eachTask, readLines } from './tasks.js';

const [records = '', critical = '', out = ''] = process.argv.slice(2);
await useBackend('tensorflow');
const rates = new Map(readLines(critical).map((line) => [line.number, line]));

await eachTask(records, out, async ({ number, kind, best, start, steps }) => {
  const known = rates.get(number);
  // Long trainings and recurrent networks take too long.
  if (
    !known ||
    (steps > 300 && number !== 5 && number !== 6) ||
    kind === 'waves' ||
    (start - best.loss) / Math.abs(start) < 0.1
  )
    return null;
  const { train, validation, optimizer, loss, batchSize, model: build } = taskOf(number);
  const model = build();
  const tried = { best: best.rate, higher: best.rate * Math.sqrt(10), plain: known.plain ?? best.rate };
  const warmup = Math.max(5, Math.round(steps / 10));
  const trials = Object.entries(tried).flatMap(([name, rate]) => [
    { name: `${name} constant`, learningRate: rate },
    { name: `${name} warm`, learningRate: `warmup(${rate}, steps=${warmup})` },
  ]);
  const common = /** @type {any} */ ({ optimizer, loss, batchSize, initialWeights: 'drawn' });
  const result = await compare(model, train, {
    ...common,
    trials,
    steps,
    validation,
    validationSplit: 0,
    repeats: 4,
    seed: 50,
  });
  const losses = new Map(
    result.trials.map(({ name, trainings }) => [
      name,
      trainings.map(({ outcome, evaluations }) =>
        outcome === 'finished' ? (evaluations.at(-1)?.validation?.loss ?? null) : null,
      ),
    ]),
  );
  model.dispose();
  return {
    warmup,
    steps,
    start,
    least: best.loss,
    trials: Object.entries(tried).map(([name, rate]) => ({
      name,
      rate,
      constant: losses.get(`${name} constant`),
      warm: losses.get(`${name} warm`),
    })),
  };
});
