// Turns documents of version 1 into documents of version 2: the same values under other names.
import { isObject } from '../json.js';

type Document = Readonly<Record<string, unknown>>;

/** The setup of a result: `heldOut` became `validationRows`, in the same version. */
export function upgradeSetup(document: Document): Document {
  const { setup } = document;
  if (!isObject(setup) || !('heldOut' in setup)) return document;
  const { heldOut, ...others } = setup;
  return { ...document, setup: { ...others, validationRows: heldOut } };
}

/** A learning-rate search: `seeds` became `sweeps`, and the option `seeds` became `repeats`. */
export function upgradeSweep({ seeds, options, ...document }: Document): Document {
  return { ...document, format: 'lrfind-sweep', version: 2, sweeps: seeds, options: upgradeOptions(options) };
}

/** A training: `points` became `evaluations`, `found` became `suggestion`. */
export function upgradeTraining({ training, recipe, ...document }: Document): Document {
  return { ...document, version: 2, training: upgradeEvaluations(training), recipe: upgradeRecipe(recipe) };
}

/**
 * A comparison: `runs` became `trials`, each changed like a training; the option `seeds` became `repeats`. Lists of options
 * were texts with commas, as on the command line, and are lists of single items now.
 */
export function upgradeComparison({ runs, options, ...document }: Document): Document {
  const upgraded = upgradeOptions(options);
  return {
    ...document,
    version: 2,
    trials: mapList(runs, upgradeTrial),
    options: isObject(upgraded) ? { ...upgraded, ...splitLists(upgraded) } : upgraded,
  };
}

/** The options of a comparison that were lists of texts with commas; batch sizes became numbers. */
function splitLists({ lr, optimizer, batchSize }: Document): Document {
  const lists = Object.entries({ lr, optimizer, batchSize }).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every((text) => typeof text === 'string'),
  );
  const split = lists.map(([name, texts]): [string, unknown[]] => {
    const items = texts.flatMap((text) => text.split(',')).map((item) => item.trim());
    return [name, name === 'batchSize' ? items.map(Number) : items];
  });
  return Object.fromEntries(split);
}

function upgradeTrial(trial: unknown): unknown {
  if (!isObject(trial)) return trial;
  const { recipe, trainings } = trial;
  return { ...trial, recipe: upgradeRecipe(recipe), trainings: mapList(trainings, upgradeEvaluations) };
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

/** Leaves anything but a list as it is, so that the schema refuses it. */
function mapList(value: unknown, upgrade: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(upgrade) : value;
}
