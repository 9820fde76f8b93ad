import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { correctedBackend } from './engine/ensure-backend.js';
import { type Dataset, splitDataset } from '@lrfind/data';
import { type ArrayData, toDataset } from './engine/to-dataset.js';
import { uploadDataset } from './engine/device-dataset.js';
import { environment } from './engine/environment.js';
import { lossesFor } from './losses/losses-for.js';
import type { LossOption } from './losses/resolve.js';
import { metricsOf } from './metrics.js';
import { parameterCount } from './model/parameter-count.js';
import { refuseUntrainable } from './model/refuse-untrainable.js';
import { startWeights } from './model/start-weights.js';
import type { OptimizerSpec } from './optimizers/registry.js';
import { resolveModelOptimizer } from './optimizers/model-optimizer.js';
import { RuleOptimizer } from './optimizers/rule-optimizer.js';
import { resolveOptions } from '@lrfind/core';
import { allFinite, leaseModel } from './model/lease.js';
import { callbackHooks, type FitCallback } from './engine/callback-hooks.js';
import { evaluateRows } from './engine/evaluate.js';
import { findRate } from './study/find-rate.js';
import { evaluationSteps, rateHistory, TrainSettings } from '@lrfind/core/study';
import { momentumNotes } from './engine/momentum-notes.js';
import { type LearningRateChoice, resolveRate } from './study/resolve-rate.js';
import { runTraining, type TrainedPart } from './engine/training-loop.js';
import type { Evaluation, TrainingResult } from '@lrfind/core/results';
import { type TrainingStep, trainingStep } from './engine/training-step.js';

/** What `train` may be told; everything but the learning rate has a default. */
export interface TrainOptions extends Partial<TrainSettings> {
  /** A rate, a schedule of steps in any of its forms, or `'find'`: the rate that a sweep over the training rows finds first. */
  readonly learningRate: LearningRateChoice;
  /** The optimizer: a name, a name with parameters or a TensorFlow.js optimizer. Default: the compiled model's own, else adam. */
  readonly optimizer?: OptimizerSpec | Optimizer;
  /** The loss: a name or a function, or one for each output. Default: the compiled model's, else inferred. */
  readonly loss?: LossOption;
  /** Names of metrics. Default: the accuracy where the loss is of classes, else the mean absolute error. */
  readonly metrics?: readonly string[];
  /** Rows to validate on, in the place of a part of the training rows. */
  readonly validation?: ArrayData | Dataset;
  /** Rows on which the trained model is tested. */
  readonly test?: ArrayData | Dataset;
  /** `given` (default): the weights as they are; `drawn`: new ones from the model's own initialisers. */
  readonly initialWeights?: 'given' | 'drawn';
  /**
   * Callbacks as `model.fit` takes them, one or a list. The optimizer that they see is one of `optimizer(…)`: its rate and momentum can be set,
   * and what is set holds from the next step on.
   */
  readonly callbacks?: FitCallback | readonly FitCallback[];
  /** Told after every epoch. */
  readonly onEpoch?: (point: Evaluation) => void;
  /** Ends the training; the promise is rejected with the signal's reason, the model is given back as it was. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a model, as `model.fit` does but in compiled steps, with any optimizer and schedule of lrfind's, and says how it went.
 *
 * Afterwards the model has its trained weights. Where this throws or is aborted, and where the training diverged to weights that are not
 * finite, it is as it was before. The model's own optimizer and compilation are never touched.
 *
 * @param model any layers model, compiled or not
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @throws InputError for options or data that do not fit; whatever the signal was aborted with
 */
export async function train(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: TrainOptions,
): Promise<TrainingResult> {
  const { learningRate, optimizer: wanted, loss, metrics: wantedMetrics, validation, test, ...others } = options;
  const { initialWeights = 'given', callbacks: listening = [], onEpoch, signal, ...rest } = others;
  const callbacks = [listening].flat() as FitCallback[];
  const settings = resolveOptions(TrainSettings, rest);
  const { epochs, batchSize, validationSplit, seed } = settings;
  signal?.throwIfAborted();
  const { device, notes: backendNotes } = await correctedBackend();
  refuseUntrainable(model);
  const { kind, parameters, rule, notes: optimizerNotes } = resolveModelOptimizer(wanted, model);
  const rows = splitDataset(await toDataset(data, model), {
    validation: validation && (await toDataset(validation, model)),
    test: test && (await toDataset(test, model)),
    validationSplit,
    seed,
  });
  const losses = lossesFor(loss, model, rows.source);
  const metrics = metricsOf(wantedMetrics, losses.names, model);
  const names = metrics.map(({ name }) => name);
  const spec = { ...parameters, name: kind.name };

  const { schedule, text, found } = await resolveRate(learningRate, () =>
    findRate({ model, rows, optimizer: spec, batchSize, loss, initialWeights, seed, signal }),
  );
  const optimizer = new RuleOptimizer(
    spec,
    // A plain rate may be changed by callbacks, a schedule may not.
    schedule.config?.name === 'constant' ? Number(schedule.config.rate) : schedule,
  );
  const stepsPerEpoch = Math.ceil(rows.train.length / batchSize);
  const points = evaluationSteps({ epochs }, stepsPerEpoch);
  const hooks =
    callbacks.length > 0 ? callbackHooks(callbacks, model, optimizer, { epochs, stepsPerEpoch }) : undefined;
  const heldOut = rows.heldOut.length > 0 ? rows.heldOut : undefined;

  const started = new Date();
  const clock = performance.now();
  const loan = leaseModel(model);
  const table = uploadDataset(rows.source);
  let step: TrainingStep | undefined;
  let kept = false;
  try {
    await startWeights(model, loan, initialWeights)(seed);
    step = trainingStep({
      model,
      table,
      losses: losses.functions,
      heads: losses.heads,
      metrics,
      rule,
      correctMomentum: false,
      schedulesMomentum: rule.momentum !== undefined && (schedule.momentum !== undefined || callbacks.length > 0),
      steps: points.at(-1) as number,
    });
    step.reset(seed);
    const start = heldOut ? await evaluateRows(step, heldOut, names) : null;
    await hooks?.trainBegin();
    const trained: TrainedPart = await runTraining({
      step,
      seed,
      rows: rows.train,
      heldOut,
      batchSize,
      from: 0,
      points,
      metrics: names,
      rateAt: () => optimizer.takeStep(),
      hooks,
      onPoint: (point) => onEpoch?.(point),
      signal,
    });
    await hooks?.trainEnd();
    const usable = allFinite(model);
    // A last step may go wrong whose loss was still finite.
    const { outcome, divergedAt } =
      usable || trained.outcome === 'diverged'
        ? trained
        : ({ outcome: 'diverged', divergedAt: trained.losses.length } as const);
    const tested = rows.test.length > 0 && usable ? await evaluateRows(step, rows.test, names) : null;
    const seconds = (performance.now() - clock) / 1000;
    kept = usable;
    return {
      format: 'lrfind-training',
      version: 1,
      recipe: {
        learningRate: text,
        found,
        optimizer: { name: kind.name, ...parameters },
        batchSize,
        rates: rateHistory(trained.rates),
      },
      training: { seed, start, points: [...trained.points], outcome, divergedAt },
      losses: [...trained.losses],
      test: tested && { rows: rows.test.length, ...tested },
      setup: {
        model: model.name,
        parameters: parameterCount(model),
        weights: initialWeights,
        loss: losses.name,
        metrics: names,
        rows: rows.train.length,
        heldOut: rows.heldOut.length,
        notes: [
          ...rows.source.notes,
          ...losses.notes,
          ...optimizerNotes,
          ...momentumNotes(schedule.momentum, rule.momentum, kind.name),
          ...backendNotes,
          ...step.notes,
        ],
      },
      options: { ...settings, learningRate: learningRate === 'find' ? 'find' : text, initialWeights },
      environment: environment(device, started, seconds, trained.losses.length),
    };
  } finally {
    try {
      step?.dispose();
      table.dispose();
    } finally {
      if (!kept) hooks?.release();
      if (kept) loan.keepWeights();
      else loan.giveBack();
    }
  }
}
