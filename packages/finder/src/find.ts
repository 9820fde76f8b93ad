import { assertOptions } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { SweepResult } from '@lrfind/core/results';
import { checkRange, resolveMethods, SweepOptions } from '@lrfind/core/sweep';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { searchGroups } from './engine/search-groups.js';
import { openSession } from './engine/session.js';
import type { ArrayData } from './engine/to-dataset.js';
import { assertModel } from './model/describe.js';
import { statefulNotes } from './model/stateful-layers.js';
import { resolveModelOptimizer } from './optimizers/model-optimizer.js';
import { optimizerConfig } from './optimizers/registry.js';
import { type FindOptions, findOptionNames } from './options.js';

/**
 * Finds a learning rate for a model. It trains the model, one batch a step, at rates that rise over many decades, several
 * times with different seeds, and suggests the best rate from the losses. With `groups` it then does so for each group of layers,
 * while the other weights stand still.
 *
 * Afterwards the model, its weights and its optimizer are as they were, bit for bit, whether this succeeds, throws or is
 * aborted. Equal options, data and seed give an equal result on the same backend.
 *
 * @param model any layers model, compiled or not, with one or several inputs and outputs
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @returns everything that was measured, and the conclusions
 * @throws InputError for options or data that do not fit; the signal's reason when it is aborted
 *
 * @example
 * const { suggestion } = await findLearningRate(model, { xs, ys });
 * if (suggestion) model.compile({ optimizer: tf.train.adam(suggestion.learningRate), loss: 'meanSquaredError' });
 */
export async function findLearningRate(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: FindOptions = {},
): Promise<SweepResult> {
  assertOptions(options, findOptionNames);
  const {
    optimizer: wanted,
    loss,
    lossWeights,
    classWeight,
    initialWeights = 'given',
    suggest,
    onStep,
    signal,
    ...rest
  } = options;
  const settings = resolveOptions(SweepOptions, rest);
  checkRange(settings);
  const methods = resolveMethods(suggest);
  signal?.throwIfAborted();
  // Before the session, in which no layer is stateful.
  assertModel(model);
  const stateful = statefulNotes(model);
  const { validationSplit, split, shuffle, groups, seed } = settings;
  const rows = { validationSplit, split, shuffle, groups, seed };
  const session = await openSession(model, data, {
    loss,
    lossWeights,
    classWeight,
    ...rows,
    initialWeights,
    settableWeights: false,
  });
  try {
    const optimizer = resolveModelOptimizer(wanted, model);
    const started = new Date();
    const heldOut = sample(session.data.heldOut);
    const {
      sweeps,
      steps,
      notes,
      seconds,
      conclusions,
      groups: swept,
    } = await searchGroups(session, optimizer, {
      settings,
      methods,
      heldOut,
      onStep,
      signal,
    });
    const { metrics: _, ...setup } = session.setup([...optimizer.notes, ...stateful, ...notes]);
    return {
      format: 'lrfind-sweep',
      version: 2,
      ...conclusions,
      sweeps,
      ...(swept.length > 0 && { groups: [...swept] }),
      setup: { ...setup, optimizer: optimizerConfig(optimizer) },
      options: { ...storedSettings(settings), initialWeights, suggest: methods.map(({ name }) => name) },
      environment: session.environment(started, seconds, steps),
    };
  } finally {
    session.restore();
  }
}

/** The settings as a result stores them: without the range where it is fixed, as in results before there was a choice. */
function storedSettings({ range, ...settings }: SweepOptions): Partial<SweepOptions> {
  return range === 'fixed' ? settings : { ...settings, range };
}

/** Enough held-out rows for two digits of their loss, few enough to cost little. */
const MOST_HELD_OUT = 1024;

/** Held-out rows evenly spread over the dataset, which may be sorted; undefined when none are held out. */
function sample(heldOut: Int32Array): Int32Array | undefined {
  const stride = Math.ceil(heldOut.length / MOST_HELD_OUT);
  return heldOut.length > 0 ? heldOut.filter((_, i) => i % stride === 0) : undefined;
}
