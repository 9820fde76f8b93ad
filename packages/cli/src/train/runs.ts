import type { TrainingResult } from '@lrfind/core/results';
import { recipeParameters } from '../trackers/recipe-parameters.js';
import type { TrackedResult } from '../trackers/tracked-result.js';
import { trainingSeries } from '../trackers/training-series.js';

/** The run of a training for trackers: with the loss of every batch, and loss and metrics on the test rows, where there are any. */
export function trainingRuns({
  recipe,
  training,
  losses,
  test,
  setup,
  environment,
}: TrainingResult): TrackedResult['runs'] {
  const { msPerStep, seconds, backend } = environment;
  const steps = losses.length;
  const tested = test ? Object.entries({ loss: test.loss, ...test.metrics }) : [];
  return [
    {
      names: [],
      parameters: {
        model: setup.model,
        ...recipeParameters(recipe),
        loss: setup.loss,
        rows: setup.rows,
        seed: training.seed,
        backend,
      },
      series: [
        ...trainingSeries(training, recipe.rates, msPerStep),
        {
          name: 'batch_loss',
          points: losses.map((value, step) => ({ step, value, seconds: (step * msPerStep) / 1000 })),
        },
        ...tested.map(([name, value]) => ({ name: `test_${name}`, points: [{ step: steps, value, seconds }] })),
      ],
      outcome: training.outcome,
      seconds,
    },
  ];
}
