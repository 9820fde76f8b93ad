import type { ComparedSensitivity, TrialResult } from '../results/comparison.js';
import { greatest } from '../statistics.js';
import { endMeasures } from './ranking.js';
import { sensitivityOf, sensitivityText } from './sensitivity.js';

/**
 * How much the outcome depends on the rate, for each set of trials that differ in their constant rate alone: one model,
 * optimizer, batch size and list of callbacks. Trials that were pruned do not count; one that diverged has lost all.
 *
 * @param trials of a comparison
 * @returns empty where no two of them are about half a decade apart
 */
export function comparedSensitivity(trials: readonly TrialResult[]): ComparedSensitivity[] {
  const whole = trials.filter(
    ({ recipe, trainings }) =>
      Number(recipe.learningRate) > 0 &&
      trainings.length > 0 &&
      trainings.every(({ outcome }) => outcome !== 'pruned' && outcome !== 'failed'),
  );
  const sets = new Map<string, TrialResult[]>();
  for (const trial of whole) {
    const settings = settingsOf(trial);
    const set = sets.get(settings);
    if (set) set.push(trial);
    else sets.set(settings, [trial]);
  }
  return [...sets.values()].flatMap((set) => {
    const rising = set.toSorted((a, b) => Number(a.recipe.learningRate) - Number(b.recipe.learningRate));
    const trained = rising.map(({ recipe, trainings }) => ({
      rate: Number(recipe.learningRate),
      losses: trainings.map(lossOf),
    }));
    const starts = set[0]?.trainings.map(({ start }) => start?.loss ?? Number.NaN) ?? [];
    const steps = set.flatMap(({ trainings }) => trainings.map(({ evaluations }) => evaluations.at(-1)?.step ?? 1));
    const sensitivity = sensitivityOf(trained, starts, greatest(steps));
    return sensitivity ? [{ trials: rising.map(({ name }) => name), ...sensitivity }] : [];
  });
}

/** Everything of a trial but its rate, as text. */
function settingsOf({ model, parameters, recipe: { optimizer, batchSize, callbacks } }: TrialResult): string {
  return JSON.stringify([model, parameters, optimizer, batchSize, callbacks]);
}

function lossOf(training: TrialResult['trainings'][number]): number {
  return training.outcome === 'diverged'
    ? Number.POSITIVE_INFINITY
    : (endMeasures(training)?.loss ?? Number.POSITIVE_INFINITY);
}

/** A sentence for each set; with several of them it names the trial with the best rate. */
export function comparedSensitivityTexts(
  sensitivity: readonly ComparedSensitivity[],
  trials: readonly TrialResult[],
): string[] {
  return sensitivity.map((each) => {
    const best = trials.find(
      ({ name, recipe }) => Number(recipe.learningRate) === each.best && each.trials.includes(name),
    );
    return sensitivityText(each, sensitivity.length > 1 && best ? best.name : undefined);
  });
}
