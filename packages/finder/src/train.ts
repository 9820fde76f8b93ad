import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { correctedBackend } from './corrected-backend.js';
import type { DataSource } from './data/data-source.js';
import { type ArrayData, sourceOf } from './data/from-tensors.js';
import { splitRows } from './data/split-rows.js';
import { uploadTable } from './data/upload-table.js';
import { environment } from './environment.js';
import { lossesFor } from './losses/losses-for.js';
import type { LossOption } from './losses/resolve-losses.js';
import { metricsOf } from './metrics/index.js';
import { parameterCount } from './model/parameter-count.js';
import { refuseUntrainable } from './model/refuse-untrainable.js';
import { startWeights } from './model/start-weights.js';
import type { OptimizerSpec } from './optimizers/index.js';
import { resolveModelOptimizer } from './optimizers/model-optimizer.js';
import { RuleOptimizer } from './optimizers/rule-optimizer.js';
import { resolveOptions } from './options.js';
import { allFinite, borrow } from './snapshot.js';
import { callbackHooks, type FitCallback } from './training/callback-hooks.js';
import { evaluateRows } from './training/evaluate-rows.js';
import { findRate } from './training/find-rate.js';
import { measuringPoints } from './training/measuring-points.js';
import { momentumNotes } from './training/momentum-notes.js';
import { rateCourse } from './training/rate-course.js';
import { type LearningRateChoice, resolveRate } from './training/resolve-rate.js';
import { runTraining, type TrainedPart } from './training/run-training.js';
import { TrainSettings } from './training-options.js';
import type { TrainingPoint, TrainingRun } from './training-result.js';
import { type TrainingStep, trainingStep } from './training-step.js';

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
  readonly validation?: ArrayData | DataSource;
  /** Rows on which the trained model is tested. */
  readonly test?: ArrayData | DataSource;
  /** `given` (default): the weights as they are; `drawn`: new ones from the model's own initialisers. */
  readonly initialWeights?: 'given' | 'drawn';
  /**
   * Callbacks as `model.fit` takes them, one or a list. The optimizer that they see is one of `optimizer(…)`: its rate and momentum can be set,
   * and what is set holds from the next step on.
   */
  readonly callbacks?: FitCallback | readonly FitCallback[];
  /** Told after every epoch. */
  readonly onEpoch?: (point: TrainingPoint) => void;
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
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `DataSource`
 * @throws InputError for options or data that do not fit; whatever the signal was aborted with
 */
export async function train(
  model: LayersModel,
  data: ArrayData | DataSource,
  options: TrainOptions,
): Promise<TrainingRun> {
  const { learningRate, optimizer: wanted, loss, metrics: wantedMetrics, validation, test, ...others } = options;
  const { initialWeights = 'given', callbacks: listening = [], onEpoch, signal, ...rest } = others;
  const callbacks = [listening].flat() as FitCallback[];
  const settings = resolveOptions(TrainSettings, rest);
  const { epochs, batchSize, validationSplit, seed } = settings;
  signal?.throwIfAborted();
  const { device, notes: backendNotes } = await correctedBackend();
  refuseUntrainable(model);
  const { kind, parameters, rule, notes: optimizerNotes } = resolveModelOptimizer(wanted, model);
  const rows = splitRows(await sourceOf(data, model), {
    validation: validation && (await sourceOf(validation, model)),
    test: test && (await sourceOf(test, model)),
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
  const points = measuringPoints({ epochs }, stepsPerEpoch);
  const hooks =
    callbacks.length > 0 ? callbackHooks(callbacks, model, optimizer, { epochs, stepsPerEpoch }) : undefined;
  const heldOut = rows.heldOut.length > 0 ? rows.heldOut : undefined;

  const started = new Date();
  const clock = performance.now();
  const loan = borrow(model);
  const table = uploadTable(rows.source);
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
      movesMomentum: rule.momentum !== undefined && (schedule.momentum !== undefined || callbacks.length > 0),
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
        rates: rateCourse(trained.rates),
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
