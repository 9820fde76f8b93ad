import { assertOptions } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { SweepResult, Verification } from '@lrfind/core/results';
import { nothingToGain, verificationLength } from '@lrfind/core/study';
import { type Conclusions, checkRange, resolveMethods, SweepOptions } from '@lrfind/core/sweep';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { searchGroups } from './engine/search-groups.js';
import { openSession, type Session } from './engine/session.js';
import type { ArrayData } from './engine/to-dataset.js';
import { assertModel } from './model/describe.js';
import type { InitialWeights } from './model/initial-weights.js';
import { statefulNotes } from './model/stateful-layers.js';
import {
  keptStateNotes,
  type ModelOptimizer,
  resolveModelOptimizer,
  stateOfModelOptimizer,
} from './optimizers/model-optimizer.js';
import { optimizerConfig } from './optimizers/registry.js';
import { type FindOptions, findOptionNames } from './options.js';
import { firstRate } from './study/first-rate.js';
import { type SweepCost, verificationBudget, verify } from './study/verify.js';

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
    validation,
    suggest,
    onStep,
    onTry,
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
  const { split, shuffle, groups, seed, verify: budget = false } = settings;
  const verifies = budget !== false;
  const validationSplit = settings.validationSplit || (verifies && !validation ? heldOutShare : 0);
  const rows = { validation, validationSplit, split, shuffle, groups, seed };
  const optimizerState = initialWeights === 'given' ? await stateOfModelOptimizer(wanted, model) : null;
  const session = await openSession(model, data, {
    loss,
    lossWeights,
    classWeight,
    ...rows,
    initialWeights,
    optimizerState,
    settableWeights: false,
  });
  try {
    const optimizer = resolveModelOptimizer(wanted, model);
    const started = new Date();
    const heldOut = sample(session.data.heldOut);
    const used = session.data.heldOut.length / (session.data.heldOut.length + session.data.train.length);
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
    const verification = verifies
      ? await verified(session, optimizer, settings, { ...conclusions, steps, seconds }, initialWeights, {
          onTry,
          signal,
        })
      : undefined;
    const { metrics: _, ...setup } = session.setup([
      ...optimizer.notes,
      ...keptStateNotes(optimizerState),
      ...stateful,
      ...notes,
    ]);
    return {
      format: 'lrfind-sweep',
      version: 2,
      ...conclusions,
      ...(verification && tried(verification)),
      sweeps,
      ...(verification !== undefined && { verification }),
      ...(swept.length > 0 && { groups: [...swept] }),
      setup: { ...setup, optimizer: optimizerConfig(optimizer) },
      options: {
        ...storedSettings(verifies && !validation ? { ...settings, validationSplit: used } : settings),
        initialWeights,
        suggest: methods.map(({ name }) => name),
      },
      environment: session.environment(
        started,
        seconds + (verification?.seconds ?? 0),
        steps + (verification?.steps ?? 0),
      ),
    };
  } finally {
    session.restore();
  }
}

/** The settings as a result stores them: without the range where it is fixed, as in results before there was a choice. */
function storedSettings({ range, ...settings }: SweepOptions): Partial<SweepOptions> {
  return range === 'fixed' ? settings : { ...settings, range };
}

/** Rates are tried on a fifth of the rows, or fewer where that many say enough. */
function heldOutShare(rows: number): number {
  return Math.min(0.2, MOST_HELD_OUT / rows);
}

/** Tries the answer of the sweeps; null where there is none. */
async function verified(
  session: Session,
  optimizer: ModelOptimizer,
  { batchSize, seed, epochs, startLr, endLr, verify: budget = true }: SweepOptions,
  { steps, seconds, ...conclusions }: Conclusions & SweepCost,
  initialWeights: InitialWeights,
  heard: Pick<FindOptions, 'onTry' | 'signal'>,
): Promise<Verification | null> {
  const hasWeights = initialWeights === 'given';
  const plain = conclusions.suggestion?.learningRate ?? null;
  const first = plain ?? (hasWeights ? firstRate(conclusions, optimizer, [startLr, endLr]) : null);
  if (first === null) return null;
  const target = epochs === undefined ? null : epochs * Math.ceil(session.data.train.length / batchSize);
  const length = verificationLength(verificationBudget(budget, target, { steps, seconds }, hasWeights));
  return verify(session, optimizer, {
    plain,
    first,
    hasWeights,
    length: Math.min(target ?? length, length),
    target,
    batchSize,
    seed,
    ...heard,
  });
}

/** The rate that trainings favour, as a suggestion, or why they favour none. */
function tried(verification: Verification): Pick<SweepResult, 'suggestion' | 'reason'> {
  const { learningRate, low, high, verdict } = verification;
  const reason = nothingToGain(verification);
  return { suggestion: reason === null ? { learningRate, low, high, verdict, method: 'trainings' } : null, reason };
}

/** Enough held-out rows for two digits of their loss, few enough to cost little. */
const MOST_HELD_OUT = 1024;

/** Held-out rows evenly spread over the dataset, which may be sorted; undefined when none are held out. */
function sample(heldOut: Int32Array): Int32Array | undefined {
  const stride = Math.ceil(heldOut.length / MOST_HELD_OUT);
  return heldOut.length > 0 ? heldOut.filter((_, i) => i % stride === 0) : undefined;
}
