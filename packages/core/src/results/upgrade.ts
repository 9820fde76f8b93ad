// Documents of version 1 in the present form: the same values under the present names.
import { isObject } from '../json.js';

type Document = Readonly<Record<string, unknown>>;

/** A learning-rate search: `seeds` became `sweeps`. */
export function upgradeSweep({ seeds, options, ...document }: Document): Document {
  return { ...document, format: 'lrfind-sweep', version: 2, sweeps: seeds, options: upgradeOptions(options) };
}

/** A training: `points` became `evaluations`, `found` became `suggestion`. */
export function upgradeTraining({ training, recipe, ...document }: Document): Document {
  return { ...document, version: 2, training: upgradeEvaluations(training), recipe: upgradeRecipe(recipe) };
}

/** A comparison: `runs` became `trials`. */
export function upgradeComparison({ runs, options, ...document }: Document): Document {
  const trials = list(runs).map((run) =>
    isObject(run)
      ? { ...run, recipe: upgradeRecipe(run.recipe), trainings: list(run.trainings).map(upgradeEvaluations) }
      : run,
  );
  return { ...document, version: 2, trials, options: upgradeOptions(options) };
}

function upgradeOptions(options: unknown): unknown {
  if (!isObject(options) || !('seeds' in options)) return options;
  const { seeds, ...others } = options;
  return { ...others, repeats: seeds };
}

function upgradeEvaluations(training: unknown): unknown {
  if (!isObject(training) || !('points' in training)) return training;
  const { points, ...others } = training;
  return { ...others, evaluations: points };
}

function upgradeRecipe(recipe: unknown): unknown {
  if (!isObject(recipe) || !('found' in recipe)) return recipe;
  const { found, ...others } = recipe;
  return { ...others, suggestion: found };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
