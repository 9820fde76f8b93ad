import { assertOptions, InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { TrainingResult } from '@lrfind/core/results';
import { rateHistory, scheduleUse, type TrainingCheckpoint, TrainSettings, WorkerOptions } from '@lrfind/core/study';
import { checkGroups } from '@lrfind/core/sweep';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { refuseBesideSchedule, unfinishedNotes } from './callbacks/compared-callback.js';
import { callbackConfigs, type FitCallback } from './engine/callback-hooks.js';
import { chooseBackend } from './engine/choose-backend.js';
import { fit } from './engine/fit.js';
import { openSession } from './engine/session.js';
import { type ArrayData, assertData } from './engine/to-dataset.js';
import { rowsPerEpoch } from './engine/training-loop.js';
import { sessionLanes } from './engine/workers/lanes.js';
import { assertModel } from './model/describe.js';
import { checkSavable } from './model/formats/tfjs/save.js';
import { refuseStateful } from './model/stateful-layers.js';
import {
  accumulationNotes,
  chosenRate,
  isResolved,
  keptStateNotes,
  resolveModelOptimizer,
  scheduledMomentumNotes,
} from './optimizers/model-optimizer.js';
import { optimizerConfig } from './optimizers/registry.js';
import { type TrainOptions, trainOptionNames } from './options.js';
import { checkpointHeader } from './study/checkpoint-header.js';
import { foundText, resolveRate, type Suggest } from './study/learning-rate.js';
import { suggestPeak } from './study/suggest-peak.js';

/**
 * Trains a model as `model.fit` does, but in compiled steps, with any optimizer and schedule of lrfind, and returns
 * everything that was measured.
 *
 * Afterwards the model has its trained weights, or those that a callback restored. Where this throws or is aborted, and where
 * the training diverged and no callback restored weights, it is as it was before. The model's own optimizer and compilation are never touched. With a `checkpoint` an
 * interrupted training can be resumed, to the same bits as one that was not interrupted.
 *
 * @param model any layers model, compiled or not
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @throws InputError for options or data that do not fit; the signal's reason when it is aborted
 *
 * @example
 * const { training, test } = await train(model, { xs, ys }, {
 *   learningRate: 'one-cycle(0.1, steps=1000)',
 *   epochs: 20,
 * });
 * console.log(training.outcome, training.evaluations.at(-1).validation.loss);
 */
export async function train(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: TrainOptions,
): Promise<TrainingResult> {
  assertModel(model);
  assertData(data, 'data');
  assertOptions(options, trainOptionNames);
  const {
    learningRate: wantedRate,
    optimizer: wanted,
    loss,
    lossWeights,
    classWeight,
    metrics,
    validation,
    test,
    ...others
  } = options;
  const {
    initialWeights = 'given',
    callbacks = [],
    checkpoint,
    onEpoch,
    onStep,
    onSearchStep,
    onTry,
    signal,
    workers,
    ...rest
  } = others;
  const settings = resolveOptions(TrainSettings, rest);
  const lanes = sessionLanes(resolveOptions(WorkerOptions, { workers }).workers);
  const { epochs, batchSize, validationSplit, split, shuffle, groups, seed } = settings;
  checkGroups(groups);
  signal?.throwIfAborted();
  // Before the session, in which no layer is stateful.
  refuseStateful(model);
  const rows = { validation, test, validationSplit, split, shuffle, groups, seed };
  const optimizerState = initialWeights === 'given' && isResolved(wanted) ? (wanted.state ?? null) : null;
  const given = { loss, lossWeights, classWeight, metrics, ...rows, initialWeights, optimizerState };
  const sessionOptions = { ...given, wholeRows: true, lanes };
  const session = await openSession(model, data, sessionOptions);
  let keepWeights = false;
  try {
    const { optimizer, learningRate } = chosenRate(wantedRate, resolveModelOptimizer(wanted, model));
    if (typeof workers === 'number' && workers > 1 && foundText(learningRate) === null)
      throw new InputError(
        `workers must be auto or 1 where no learning rate is searched for, because a training runs in one thread; got ${workers}`,
      );
    const trainRows = rowsPerEpoch(session.data);
    const length = epochs * Math.ceil(trainRows / batchSize);
    await chooseBackend([session], { optimizer, batchSize, steps: length, trainings: 1 });
    const called = [callbacks].flat() as FitCallback[];
    const parts = { optimizer, learningRate, length, callbacks: called, initialWeights };
    if (checkpoint) checkSavable(model);
    const resumed = (await checkpoint?.open(checkpointHeader(session, settings, parts))) ?? null;
    if (resumed) checkLength(resumed, settings, trainRows);
    const suggest: Suggest = async (along) => {
      if (resumed?.suggestion) return { suggestion: resumed.suggestion, reason: null };
      try {
        const training = { batchSize, seed, split, length };
        return await suggestPeak(session, optimizer, along, training, { onSearchStep, onTry, signal });
      } finally {
        // The training itself has no use for workers.
        session.lanes.release();
      }
    };
    const rate = await resolveRate(learningRate, suggest, length);
    const { schedule, text, suggestion } = rate;
    if (schedule.config?.name !== 'constant') refuseBesideSchedule(callbackConfigs(called), text);
    const started = new Date();
    const trained = await fit(session, {
      optimizer,
      schedule,
      epochs,
      batchSize,
      seed,
      callbacks: called,
      onEpoch,
      onStep,
      checkpoint,
      resumed,
      suggestion,
      signal,
    });
    const { training, losses, rates, restored, tested, seconds, usable } = trained;
    // A training that a callback stopped used the schedule up to there.
    const meant = training.outcome === 'stopped' ? losses.length : length;
    const use = scheduleUse(schedule, text, meant);
    const notes = [
      ...optimizer.notes,
      ...keptStateNotes(optimizerState),
      ...scheduledMomentumNotes(schedule, optimizer),
      ...accumulationNotes(optimizer, meant),
      ...(use ? [use.note] : []),
      ...unfinishedNotes(callbackConfigs(called), meant),
    ];
    const result: TrainingResult = {
      format: 'lrfind-training',
      version: 2,
      recipe: {
        learningRate: text,
        suggestion,
        optimizer: optimizerConfig(optimizer),
        batchSize,
        ...(called.length > 0 && { callbacks: callbackConfigs(called) }),
        rates: rateHistory(rates),
      },
      training,
      restored,
      losses,
      test: tested && { rows: session.data.test.length, ...tested },
      setup: session.setup(notes),
      options: { ...settings, learningRate: foundText(wantedRate) ?? text, initialWeights },
      environment: session.environment(started, seconds, losses.length),
    };
    keepWeights = usable;
    return result;
  } finally {
    if (keepWeights) session.commit();
    else await session.restore();
  }
}

/**
 * A resumed training may become longer, since no step depends on how many follow.
 *
 * @throws InputError when it has taken other steps than it could have, or more than it may
 */
function checkLength({ training }: TrainingCheckpoint, { epochs, batchSize, seed }: TrainSettings, rows: number): void {
  const { evaluations, outcome } = training;
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  const inOrder = evaluations.every(
    ({ step }, i) =>
      step === (i + 1) * stepsPerEpoch ||
      // A callback may have ended the last epoch early.
      (outcome === 'stopped' &&
        i === evaluations.length - 1 &&
        step > i * stepsPerEpoch &&
        step < (i + 1) * stepsPerEpoch),
  );
  const resumable = outcome === 'finished' || outcome === 'stopped';
  if (!resumable || !inOrder || evaluations.length === 0 || training.seed !== seed)
    throw new InputError(
      'the training of the checkpoint must have an evaluation for each epoch; it is damaged: delete it to start again',
    );
  if (evaluations.length > epochs)
    throw new InputError(
      `epochs must be at least ${evaluations.length}, which the training to resume has done; got ${epochs}`,
    );
}
