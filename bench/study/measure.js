// Measures the tasks of the study: the loss at each rate, five sweeps twice, and the trainings from which rules are made.
//
//   node bench/study/measure.js FOLDER FROM TO     tasks FROM to TO - 1; those that the folder has are not measured again
//
// A record (FOLDER/NUMBER.json) has, for each rate of `truth`, the mean validation loss after the task's steps (null: diverged);
// `start`, that loss before; `searches`, two of lrfind's results; and, for the tasks that rules are made from, `pilots`, held-out
// losses of trainings at constant rates.
import { compare, findLearningRate, useBackend } from 'lrfind';
import { pretrain } from './pretrain.js';
import { finalLoss, grid, mean, recordEach } from './records.js';
import { taskOf } from './tasks.js';

const [folder = 'study', from = '0', to = '10'] = process.argv.slice(2);
const SEEDS = 8;
const PILOT_SEEDS = 5;
await useBackend('tensorflow');

const numbers = Array.from({ length: Number(to) - Number(from) }, (_, i) => Number(from) + i);
await recordEach(folder, numbers, measure, ({ number, kind, refused, optimizer, steps, best }, seconds) =>
  console.log(
    number,
    kind ?? refused,
    optimizer?.name ?? '',
    steps ?? '',
    'best',
    best?.rate ?? '',
    `${seconds.toFixed(1)} s`,
  ),
);

/** @param {number} number */
async function measure(number) {
  const {
    train: rows,
    validation,
    model: build,
    split,
    kind,
    network,
    optimizer,
    loss,
    steps,
    batchSize,
    fineTunes,
    shape,
    classes,
  } = taskOf(number);
  const model = build();
  if (fineTunes) await pretrain(number, model, rows, loss, batchSize);
  /** @type {any} */
  const common = { optimizer, loss, batchSize, initialWeights: fineTunes ? 'given' : 'drawn' };
  /** @param {number[]} rates @param {object} more @param {any} data */
  const trained = (rates, more, data = rows) =>
    compare(model, data, {
      ...common,
      trials: rates.map((learningRate) => ({ learningRate, name: String(learningRate) })),
      steps,
      ...more,
    });

  const held = { validation, validationSplit: 0 };
  const coarse = await trained(grid(-6.5, 1.5, 2), { ...held, repeats: 2, seed: 1000 });
  const start = mean(coarse.trials.flatMap(({ trainings }) => trainings.map(({ start }) => start?.loss ?? Number.NaN)));
  const losses = finals(coarse);
  const [best = 1e-3] = [...losses].sort((a, b) => (a[1] ?? Infinity) - (b[1] ?? Infinity))[0] ?? [];
  const around = Math.log10(best);
  const fine = await trained(grid(around - 1, around + 1, 4), { ...held, repeats: SEEDS, seed: 1000 });
  for (const [rate, value] of finals(fine)) losses.set(rate, value);
  const truth = [...losses].sort(([a], [b]) => a - b).map(([rate, loss]) => ({ rate, loss }));
  const least = truth.reduce((least, each) => ((each.loss ?? Infinity) < (least.loss ?? Infinity) ? each : least));

  const searches = [];
  for (const seed of [0, 100]) {
    const { suggestion, reason, sweeps, suggestions } = await findLearningRate(model, rows, {
      ...common,
      seed,
    });
    searches.push({
      seed,
      suggestion,
      reason,
      suggestions,
      sweeps: sweeps.map(({ points }) => points.map(({ loss }) => loss)),
    });
  }
  const pilots = [];
  for (const length of split === 'making' ? new Set([Math.min(steps, 200), steps]) : []) {
    const held = await trained(grid(around - 1.5, around + 1.25, 4), {
      validationSplit: 0.2,
      repeats: PILOT_SEEDS,
      steps: length,
      seed: 0,
    });
    pilots.push({
      steps: length,
      trials: held.trials.map(({ name, trainings }) => ({
        rate: Number(name),
        trainings: trainings.map(({ start, evaluations, divergedAt }) => ({
          start: start?.loss ?? null,
          divergedAt,
          at: evaluations.map(({ step }) => step),
          training: evaluations.map(({ training }) => training.loss),
          heldOut: evaluations.map(({ validation }) => validation?.loss ?? null),
        })),
      })),
    });
  }
  model.dispose();
  return {
    number,
    split,
    kind,
    network,
    optimizer,
    loss: loss ?? 'inferred',
    steps,
    batchSize,
    fineTunes,
    rows: rows.rows,
    shape,
    classes,
    parameters: model.countParams?.() ?? null,
    start,
    best: least,
    truth,
    searches,
    pilots,
  };
}

/** The mean final loss at each rate; null where a training diverged. @param {import('lrfind').Comparison} result */
function finals({ trials }) {
  return new Map(
    trials.map(({ name, trainings }) => {
      const losses = trainings.map(finalLoss);
      return /** @type {[number, number | null]} */ ([
        Number(name),
        losses.includes(null) ? null : mean(/** @type {number[]} */ (losses)),
      ]);
    }),
  );
}
