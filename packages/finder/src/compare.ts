import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { conclude, rungs, rank, type Journal, CompareSettings } from '@lrfind/core/study';
import type { Comparison, Evaluation } from '@lrfind/core/results';
import { correctedBackend } from './engine/ensure-backend.js';
import type { Dataset } from '@lrfind/data';
import type { ArrayData } from './engine/to-dataset.js';
import { environment } from './engine/environment.js';
import { InputError, resolveOptions } from '@lrfind/core';
import type { LossOption } from './losses/resolve.js';
import { parameterCount } from './model/parameter-count.js';
import type { OptimizerSpec } from './optimizers/registry.js';
import { type ComparedModel, type LentModel, lendModel } from './study/compared-model.js';
import { type Contender, pointsOf, recipeOf } from './study/contender.js';
import { findRates } from './study/find-rates.js';
import { journalHeader } from './study/journal-header.js';
import { momentumNotes } from './engine/momentum-notes.js';
import { checkRuns, planRuns } from './study/plan-trials.js';
import { race } from './study/run-trials.js';
import { resolveModels } from './study/resolve-models.js';
import type { ResolvedRate } from './study/resolve-rate.js';
import type { TrialOptions } from './study/trial-options.js';

/** What `compare` may be told; everything but the runs has a default. */
export interface CompareOptions extends Partial<CompareSettings> {
  readonly runs: readonly TrialOptions[];
  /** The optimizer of runs that name none. Default: the compiled model's own, else adam. */
  readonly optimizer?: OptimizerSpec | Optimizer;
  /** The loss: a name or a function, or one for each output. Default: the compiled model's, else inferred. */
  readonly loss?: LossOption;
  /** Names of metrics. Default: the accuracy where the loss is of classes, else the mean absolute error. */
  readonly metrics?: readonly string[];
  /** Rows to validate on, in the place of a part of the training rows. */
  readonly validation?: ArrayData | Dataset;
  /** `given` (default): every training starts from the model's weights; `drawn`: from new ones for each seed, alike for all runs. */
  readonly initialWeights?: 'given' | 'drawn';
  /** Notes what is done, so that a comparison that was cut off can go on. */
  readonly journal?: Journal;
  /** Told after every measurement. */
  readonly onPoint?: (event: ComparisonEvent) => void;
  /** Ends the comparison; the promise is rejected with the signal's reason, the models are given back as they were. */
  readonly signal?: AbortSignal;
}

/** What `onPoint` is told. */
export interface ComparisonEvent {
  /** Name of the run. */
  readonly run: string;
  readonly seed: number;
  readonly point: Evaluation;
  /** Trainings that there are, one for each run and seed. */
  readonly trainings: number;
  /** Measurements that each of them has. */
  readonly points: number;
}

/**
 * Compares rates, schedules, optimizers, batch sizes or models on equal terms: for each seed all runs start from the same initial
 * weights and see the same rows in the same order, and all are judged by the same held-out rows.
 *
 * The models, their weights and optimizers are afterwards as they were, bit for bit, whatever happens. Equal options, data and seed
 * give an equal result on the same backend.
 *
 * @param model any layers model, compiled or not, which every run trains that names no other
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @returns everything that was measured, the ranking, and which differences are larger than the noise
 * @throws InputError for options or data that do not fit; whatever the signal was aborted with
 */
export async function compare(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: CompareOptions,
): Promise<Comparison> {
  const {
    runs,
    optimizer,
    loss,
    metrics,
    validation,
    initialWeights = 'given',
    journal,
    onPoint,
    signal,
    ...rest
  } = options;
  const settings = resolveOptions(CompareSettings, rest);
  if (rest.epochs !== undefined && rest.steps !== undefined)
    throw new InputError('epochs and steps both say how long the runs are; leave one out');
  if (!Array.isArray(runs) || runs.length === 0)
    throw new InputError('runs: at least one run is needed, such as { learningRate: 0.01 }');
  if (settings.validationSplit === 0 && !validation)
    throw new InputError(
      'validationSplit is 0, but runs are ranked by their loss on held-out rows: give a share above 0, or validation rows',
    );
  checkRuns(runs);
  signal?.throwIfAborted();
  const { device, notes: backendNotes } = await correctedBackend();
  const started = new Date();
  const models = await resolveModels(
    runs.map((run) => ({
      model: run.model ?? model,
      data: run.data ?? data,
      validation: run.validation ?? validation,
    })),
    { loss, metrics, validationSplit: settings.validationSplit, seed: settings.seed },
  );
  const plans = planRuns(runs, models, { optimizer, batchSize: settings.batchSize });
  const points = plans.map(({ compared, batchSize }) => pointsOf(compared, batchSize, settings));
  if (settings.halving) rungs(plans.length, points[0]?.length ?? 0);
  const noted = (await journal?.open(journalHeader(plans, settings, initialWeights))) ?? [];
  const rates = await findRates(plans, { loss, initialWeights, seed: settings.seed, noted, journal, signal });
  const contenders = plans.map(
    (plan, i): Contender => ({ ...plan, ...(rates[i] as ResolvedRate), points: points[i] as number[] }),
  );
  const lent = new Map<ComparedModel, LentModel>();
  try {
    // All of them before any is trained: they may share layers.
    for (const { compared } of contenders)
      if (!lent.has(compared)) lent.set(compared, lendModel(compared, initialWeights));
    const seeds = Array.from({ length: settings.seeds }, (_, i) => settings.seed + i);
    const { trainings, steps, seconds } = await race({
      contenders,
      seeds,
      halving: settings.halving,
      lent: ({ compared }) => lent.get(compared) as LentModel,
      noted,
      journal,
      onPoint: ({ name, points }, seed, point) =>
        onPoint?.({ run: name, seed, point, trainings: contenders.length * seeds.length, points: points.length }),
      signal,
    });
    const compared = contenders.map((contender) => ({
      name: contender.name,
      model: contender.compared.model.name,
      parameters: parameterCount(contender.compared.model),
      recipe: recipeOf(contender),
      trainings: trainings.get(contender) ?? [],
      notes: [
        ...contender.optimizer.notes,
        ...momentumNotes(contender.schedule.momentum, contender.optimizer.rule.momentum, contender.optimizer.kind.name),
      ],
    }));
    const ranking = rank(compared);
    const [{ compared: first }] = contenders as [Contender, ...Contender[]];
    return {
      format: 'lrfind-comparison',
      version: 1,
      ranking,
      conclusions: conclude(ranking, seeds.length),
      runs: compared,
      setup: {
        weights: initialWeights,
        loss: first.losses.name,
        metrics: first.metrics.map(({ name }) => name),
        rows: first.rows.train.length,
        heldOut: first.rows.heldOut.length,
        notes: [
          ...first.rows.source.notes,
          ...first.losses.notes,
          ...backendNotes,
          ...new Set([...lent.values()].flatMap(({ notes }) => notes)),
        ],
      },
      options: { ...lengthOf(settings), initialWeights },
      environment: environment(device, started, seconds, steps),
    };
  } finally {
    for (const one of lent.values()) one.giveBack();
  }
}

/** The settings that were in force: of epochs and steps only one is. */
function lengthOf({ epochs, ...settings }: CompareSettings): Partial<CompareSettings> {
  return settings.steps === undefined ? { epochs, ...settings } : settings;
}
