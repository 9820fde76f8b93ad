import type { Comparison, TrialResult, TrialTraining } from '@lrfind/core/results';
import { recipeParameters } from '../trackers/recipe-parameters.js';
import type { TrackedResult, TrackedRun } from '../trackers/tracked-result.js';
import { trainingSeries } from '../trackers/training-series.js';

/** The runs of a comparison for trackers: its own, and one for each trial with each seed. */
export function comparisonRuns({ trials, setup, environment }: Comparison): TrackedResult['runs'] {
  const { msPerStep, seconds, backend } = environment;
  const run = ({ name, model, recipe }: TrialResult, training: TrialTraining): TrackedRun => ({
    names: [name, `seed ${training.seed}`],
    parameters: {
      trial: name,
      model,
      ...recipeParameters(recipe),
      loss: setup.loss,
      rows: setup.rows,
      seed: training.seed,
      backend,
    },
    series: trainingSeries(training, training.rates ?? recipe.rates, msPerStep),
    outcome: training.outcome,
    seconds: training.evaluations.at(-1)?.seconds ?? 0,
  });
  const own: TrackedRun = { names: [], parameters: {}, series: [], outcome: 'finished', seconds };
  return [own, ...trials.flatMap((trial) => trial.trainings.map((training) => run(trial, training)))];
}
