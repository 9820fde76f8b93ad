import { assertOptions, counted } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { CriticalRate, SweepResult, Verification } from '@lrfind/core/results';
import { nothingToGain, WorkerOptions } from '@lrfind/core/study';
import {
  type Conclusions,
  checkRange,
  intendedSteps,
  peakSchedules,
  resolveMethods,
  SweepOptions,
} from '@lrfind/core/sweep';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { useWorkers } from '#workers';
import { chooseBackend } from './engine/choose-backend.js';
import { criticalRates } from './engine/critical-rates.js';
import { searchGroups } from './engine/search-groups.js';
import { openSession, type Session } from './engine/session.js';
import { type ArrayData, assertData } from './engine/to-dataset.js';
import { sessionLanes } from './engine/workers/lanes.js';
import { assertModel } from './model/describe.js';
import { statefulNotes } from './model/stateful-layers.js';
import {
  keptStateNotes,
  type ModelOptimizer,
  requireRate,
  resolveModelOptimizer,
  stateOfModelOptimizer,
} from './optimizers/model-optimizer.js';
import { optimizerConfig } from './optimizers/registry.js';
import { type FindOptions, findOptionNames } from './options.js';
import { firstRate } from './study/first-rate.js';
import { heldOutShare, lengthToTry, STEPS_OF_TRIALS, verify } from './study/verify.js';
import { verifySchedules } from './study/verify-schedules.js';

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
  assertModel(model);
  assertData(data, 'data');
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
    workers,
    for: wantedFor,
    ...rest
  } = options;
  const settings = resolveOptions(SweepOptions, {
    ...rest,
    for: typeof wantedFor === 'string' ? [wantedFor] : wantedFor,
  });
  const lanes = sessionLanes(resolveOptions(WorkerOptions, { workers }).workers);
  checkRange(settings);
  const schedules = peakSchedules(settings);
  const methods = resolveMethods(suggest);
  signal?.throwIfAborted();
  // Before the session, in which no layer is stateful.
  const stateful = statefulNotes(model);
  const { split, shuffle, groups, seed, verify: budget = schedules !== undefined } = settings;
  const verifies = budget !== false;
  const validationSplit =
    settings.validationSplit ||
    (verifies && !validation ? (rows: number) => heldOutShare(rows, settings.batchSize) : 0);
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
    lanes,
  });
  try {
    const optimizer = resolveModelOptimizer(wanted, model);
    requireRate(optimizer);
    const target = intendedSteps(settings, session.allRows ?? session.data.train.length);
    // A warm-up may not fit into the training, which is better said before the sweeps.
    for (const schedule of schedules ?? []) schedule.at(1, target ?? 1);
    const started = new Date();
    // Rows that are held out for the trials alone would make the sweeps longer.
    const heldOut = settings.validationSplit > 0 || validation ? sample(session.data.heldOut) : undefined;
    const sweptSteps = settings.steps * (settings.repeats * (session.groups.length + 1) - 1);
    const triedSteps = verifies ? STEPS_OF_TRIALS * settings.steps * settings.repeats : 0;
    await chooseBackend([session], {
      optimizer,
      batchSize: settings.batchSize,
      steps: sweptSteps + settings.steps,
      trainings: settings.repeats,
    });
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
      onPace: (pace, checking) => useWorkers(session, pace * (sweptSteps + triedSteps), checking),
    });
    const untried = verifies ? untriedNotes(session.data) : [];
    const plain = conclusions.suggestion?.learningRate ?? null;
    const { hasWeights } = session;
    const limits = [settings.startLr, settings.endLr] as const;
    const around = plain ?? (hasWeights ? firstRate(conclusions, optimizer, limits) : null);
    const isWhole = schedules?.some(({ isConstant }) => !isConstant) ?? false;
    const trying = around !== null &&
      verifies &&
      untried.length === 0 && {
        plain,
        around,
        length: lengthToTry(budget, target, { steps, seconds }, { isWhole, hasWeights }),
        target,
        batchSize: settings.batchSize,
        seed,
        onTry,
        signal,
      };
    const ranked = trying && schedules ? await verifySchedules(session, optimizer, schedules, trying) : null;
    const constant = trying && !schedules ? await verify(session, optimizer, trying) : null;
    const verification = verifies ? (ranked?.verification ?? constant) : undefined;
    const spent = ranked ?? verification ?? { steps: 0, seconds: 0 };
    const critical = settings.diagnose ? await diagnosed(session, optimizer, settings, conclusions, signal) : undefined;
    const { metrics: _, ...setup } = session.setup([
      ...optimizer.notes,
      ...keptStateNotes(optimizerState),
      ...stateful,
      ...notes,
      ...untried,
      ...(ranked?.notes ?? []),
    ]);
    return {
      format: 'lrfind-sweep',
      version: 2,
      ...conclusions,
      ...(verification && tried(verification, ranked?.text)),
      sweeps,
      ...(verification !== undefined && { verification }),
      ...(ranked && ranked.others.length > 0 && { otherSchedules: [...ranked.others] }),
      ...(critical !== undefined && { criticalRate: critical }),
      ...(swept.length > 0 && { groups: [...swept] }),
      setup: { ...setup, optimizer: optimizerConfig(optimizer) },
      options: {
        ...storedSettings(settings),
        initialWeights,
        suggest: methods.map(({ name }) => name),
      },
      environment: session.environment(started, seconds + spent.seconds, steps + spent.steps),
    };
  } finally {
    await session.restore();
  }
}

/** The settings as a result stores them: without the range where it is fixed, as in results before there was a choice. */
function storedSettings({ range, ...settings }: SweepOptions): Partial<SweepOptions> {
  return range === 'fixed' ? settings : { ...settings, range };
}

/** Why no rate was tried although it was asked for; empty where rows were held out. */
function untriedNotes({ train, heldOut }: Session['data']): string[] {
  if (heldOut.length > 0) return [];
  return [`the answer was not tried: a batch takes all ${counted(train.length, 'row')}, and none is left to hold out`];
}

/** The critical rate of the first update with each seed of the sweeps; null where they have no curve. */
async function diagnosed(
  session: Session,
  optimizer: ModelOptimizer,
  { batchSize, seed, repeats }: SweepOptions,
  { divergence, minimum, curve }: Conclusions,
  signal: AbortSignal | undefined,
): Promise<CriticalRate | null> {
  const guess = divergence?.rate ?? minimum?.rate ?? curve.at(-1)?.rate;
  if (guess === undefined) return null;
  const seeds = Array.from({ length: repeats }, (_, i) => seed + i);
  return criticalRates(session, optimizer, { batchSize, seeds, guess, signal });
}

/** The rate that trainings favour, as a suggestion, or why they favour none. */
function tried(verification: Verification, schedule: string | undefined): Pick<SweepResult, 'suggestion' | 'reason'> {
  const { learningRate, low, high, verdict } = verification;
  const reason = nothingToGain(verification);
  if (reason !== null) return { suggestion: null, reason };
  const suggestion = { learningRate, low, high, verdict, method: 'trainings' };
  return { suggestion: { ...suggestion, ...(schedule !== undefined && { schedule }) }, reason };
}

/** Enough validation rows for two digits of their loss, few enough to cost little. */
const MOST_HELD_OUT = 1024;

/** Validation rows evenly spread over the dataset, which may be sorted; undefined when none are held out. */
function sample(heldOut: Int32Array): Int32Array | undefined {
  const stride = Math.ceil(heldOut.length / MOST_HELD_OUT);
  return heldOut.length > 0 ? heldOut.filter((_, i) => i % stride === 0) : undefined;
}
