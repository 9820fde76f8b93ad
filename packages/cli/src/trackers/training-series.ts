import type { Evaluation, Measures, RatePoint, Training } from '@lrfind/core/results';
import type { TrackedPoint, TrackedSeries } from './tracked-result.js';

/**
 * The series of a training under Keras's names: loss and metrics of each evaluation, with `val_` in front on validation rows, and
 * the learning rate of the steps.
 *
 * @param rates history of the learning rate
 * @param msPerStep mean wall time of a step, for when a rate was used
 */
export function trainingSeries(
  { start, evaluations }: Training,
  rates: readonly RatePoint[],
  msPerStep: number,
): TrackedSeries[] {
  const measured = (
    prefix: string,
    of: (evaluation: Evaluation) => Measures | null,
    before: Measures | null = null,
  ): TrackedSeries[] => {
    const all = [
      ...(before ? [{ step: 0, seconds: 0, measures: before }] : []),
      ...evaluations.flatMap((evaluation) => {
        const measures = of(evaluation);
        return measures ? [{ step: evaluation.step, seconds: evaluation.seconds, measures }] : [];
      }),
    ];
    const series = (name: string, value: (measures: Measures) => number | null | undefined): TrackedSeries => ({
      name: prefix + name,
      points: all.flatMap(({ step, seconds, measures }): TrackedPoint[] => {
        const found = value(measures);
        return found === undefined ? [] : [{ step, seconds, value: found }];
      }),
    });
    const names = new Set(all.flatMap(({ measures }) => Object.keys(measures.metrics)));
    return [
      series('loss', ({ loss }) => loss),
      ...[...names].map((name) => series(name, ({ metrics }) => metrics[name])),
    ];
  };
  return [
    ...measured('', ({ training }) => training),
    ...measured('val_', ({ validation }) => validation, start),
    {
      name: 'learning_rate',
      points: rates.map(({ step, rate }) => ({ step, value: rate, seconds: (step * msPerStep) / 1000 })),
    },
  ].filter(({ points }) => points.length > 0);
}
