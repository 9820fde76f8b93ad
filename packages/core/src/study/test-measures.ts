import type { TrialResult } from '../results/comparison.js';
import type { Measures } from '../results/training.js';
import { mean } from '../statistics.js';

/**
 * Loss and metrics of a trial on the test rows: the mean over its seeds.
 *
 * @returns null where there are no test rows, or a training has not come to its end; a measure is null where one of them is not finite
 */
export function testMeasures({ trainings }: Pick<TrialResult, 'trainings'>): Measures | null {
  const tested = trainings.flatMap(({ test }) => (test ? [test] : []));
  const [first] = tested;
  if (!first || tested.length < trainings.length) return null;
  const meanOf = (values: readonly (number | null | undefined)[]): number | null => {
    const finite = values.filter((value) => typeof value === 'number');
    return finite.length === values.length ? mean(finite) : null;
  };
  return {
    loss: meanOf(tested.map(({ loss }) => loss)),
    metrics: Object.fromEntries(
      Object.keys(first.metrics).map((name) => [name, meanOf(tested.map(({ metrics }) => metrics[name]))]),
    ),
  };
}
