import type { Sweep, SweepResult } from '@lrfind/core/results';
import { optimizerParameters } from '../trackers/recipe-parameters.js';
import type { TrackedResult, TrackedRun, TrackedSeries } from '../trackers/tracked-result.js';

/**
 * The runs of a search for trackers: its own with the answer and the combined curve, and one for each sweep with the loss and the
 * learning rate of every step.
 */
export function sweepRuns(result: SweepResult): TrackedResult['runs'] {
  const { suggestion, setup, options, environment, groups = [] } = result;
  const answer: TrackedSeries[] = suggestion
    ? [
        { name: 'suggested_learning_rate', points: [{ step: 0, value: suggestion.learningRate, seconds: 0 }] },
        { name: 'suggested_low', points: [{ step: 0, value: suggestion.low, seconds: 0 }] },
        { name: 'suggested_high', points: [{ step: 0, value: suggestion.high, seconds: 0 }] },
      ]
    : [];
  const own: TrackedRun = {
    names: [],
    parameters: {
      model: setup.model,
      ...optimizerParameters(setup.optimizer),
      ...(typeof options.batchSize === 'number' && { batch_size: options.batchSize }),
      loss: setup.loss,
      ...(setup.rows !== null && { rows: setup.rows }),
      sweeps: result.sweeps.length,
      backend: environment.backend,
    },
    series: [...answer, ...curveSeries(result, environment.msPerStep)],
    outcome: 'finished',
    seconds: environment.seconds,
  };
  const within = [{ names: [] as string[], ...result }, ...groups.map((group) => ({ names: [group.name], ...group }))];
  return [
    own,
    ...within.flatMap(({ names, sweeps }) => sweeps.map((sweep) => sweepRun(names, sweep, environment.msPerStep))),
  ];
}

function sweepRun(names: readonly string[], { seed, points }: Sweep, msPerStep: number): TrackedRun {
  const series = (
    name: string,
    value: (point: Sweep['points'][number]) => number | null | undefined,
  ): TrackedSeries => ({
    name,
    points: points.flatMap((point) => {
      const found = value(point);
      return found === undefined ? [] : [{ step: point.step, value: found, seconds: (point.step * msPerStep) / 1000 }];
    }),
  });
  const all = [
    series('loss', ({ loss }) => loss),
    series('val_loss', ({ validation }) => validation),
    series('learning_rate', ({ rate }) => rate),
  ];
  return {
    names: [...names, `seed ${seed}`],
    parameters: {},
    series: all.filter(({ points }) => points.length > 0),
    // A sweep is meant to diverge.
    outcome: 'finished',
    seconds: (points.length * msPerStep) / 1000,
  };
}

/** The combined curve by the number of the rate, which is that of the step in each sweep. */
function curveSeries({ curve }: SweepResult, msPerStep: number): TrackedSeries[] {
  const series = (name: string, value: (point: SweepResult['curve'][number]) => number | null): TrackedSeries => ({
    name,
    points: curve.map((point, step) => ({ step, value: value(point), seconds: (step * msPerStep) / 1000 })),
  });
  if (curve.length === 0) return [];
  return [
    series('median_loss', ({ median }) => median),
    series('smoothed_loss', ({ smoothed }) => smoothed),
    series('learning_rate', ({ rate }) => rate),
  ];
}
