import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { analyse, resolveMethods, sweepRates } from '@lrfind/core/sweep';
import { correctedBackend } from './engine/ensure-backend.js';
import { endlessBatches, checkBatchSize, holdOut, type Dataset } from '@lrfind/data';
import { type ArrayData, toDataset } from './engine/to-dataset.js';
import { uploadDataset } from './engine/device-dataset.js';
import { environment } from './engine/environment.js';
import { lossesFor } from './losses/losses-for.js';
import type { LossOption } from './losses/resolve.js';
import { parameterCount } from './model/parameter-count.js';
import { refuseUntrainable } from './model/refuse-untrainable.js';
import { startWeights } from './model/start-weights.js';
import type { OptimizerSpec } from './optimizers/registry.js';
import { resolveModelOptimizer } from './optimizers/model-optimizer.js';
import { checkRange, resolveOptions, SweepOptions, seededRandom } from '@lrfind/core';
import type { SweepResult, Sweep, SweepStep } from '@lrfind/core/results';
import { leaseModel } from './model/lease.js';
import { type StepEvent, sweep } from './engine/sweep.js';
import { type TrainingStep, trainingStep } from './engine/training-step.js';

/** What `findLearningRate` may be told; everything has a default. */
export interface FindOptions extends Partial<SweepOptions> {
  /**
   * The optimizer: a name, a name with parameters (`{ name: 'sgd', momentum: 0.9 }`) or a TensorFlow.js optimizer.
   * Default: the compiled model's own, else adam.
   */
  readonly optimizer?: OptimizerSpec | Optimizer;
  /** The loss: a name or a function, or one for each output. Default: the compiled model's, else inferred. */
  readonly loss?: LossOption;
  /**
   * `given` (default): every seed starts from the model's weights as they are. `drawn`: every seed draws new ones from
   * the model's own initialisers.
   */
  readonly initialWeights?: 'given' | 'drawn';
  /** Methods of suggestion; the first gives the answer. Default: all. */
  readonly suggest?: readonly string[];
  /** Told after every measured step. */
  readonly onStep?: (event: StepEvent) => void;
  /** Stops the sweep; the promise is rejected with the signal's reason, the model is given back as it was. */
  readonly signal?: AbortSignal;
}

/**
 * Finds a learning rate for a model: trains it, one batch a step, at rates that rise over many decades, several times
 * with different seeds, and reads the best rate off the losses.
 *
 * The model, its weights and its optimizer are afterwards as they were, bit for bit, whether this succeeds, throws or is
 * aborted. Equal options, data and seed give an equal result on the same backend.
 *
 * @param model any layers model, compiled or not, with one or several inputs and outputs
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @returns everything that was measured and what follows from it
 * @throws InputError for options or data that do not fit; whatever the signal was aborted with
 */
export async function findLearningRate(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: FindOptions = {},
): Promise<SweepResult> {
  const { optimizer: wanted, loss, initialWeights = 'given', suggest, onStep, signal, ...rest } = options;
  const settings = resolveOptions(SweepOptions, rest);
  checkRange(settings);
  const methods = resolveMethods(suggest);
  signal?.throwIfAborted();
  const { device, notes: backendNotes } = await correctedBackend();
  refuseUntrainable(model);
  const optimizer = resolveModelOptimizer(wanted, model);
  const source = await toDataset(data, model);
  const losses = lossesFor(loss, model, source);
  const { train, heldOut } = holdOut(source.rows, settings.validationSplit, seededRandom(settings.seed, 'held out'));
  checkBatchSize(train.length, settings.batchSize);

  const rates = sweepRates(settings.startLr, settings.endLr, settings.steps, settings.spacing);
  const started = new Date();
  const clock = performance.now();
  const seeds: Sweep[] = [];
  const loan = leaseModel(model);
  const table = uploadDataset(source);
  const stepNotes: string[] = [];
  let step: TrainingStep | undefined;
  try {
    const start = startWeights(model, loan, initialWeights);
    step = trainingStep({
      model,
      table,
      losses: losses.functions,
      heads: losses.heads,
      rule: optimizer.rule,
      correctMomentum: true,
      steps: rates.length * settings.seeds,
    });
    for (let repetition = 0; repetition < settings.seeds; repetition++) {
      const seed = settings.seed + repetition;
      await start(seed);
      const order = endlessBatches(train.length, settings.batchSize, seededRandom(seed, 'batches'));
      const onPoint = (point: SweepStep) =>
        onStep?.({ ...point, seed, repetition, repetitions: settings.seeds, steps: rates.length });
      const batches = rowsOf(train, order);
      const random = seededRandom(seed, 'dropout');
      seeds.push(await sweep({ seed, step, rates, batches, heldOut: measuredOn(heldOut), random, onPoint, signal }));
    }
    stepNotes.push(...step.notes);
  } finally {
    try {
      step?.dispose();
      table.dispose();
    } finally {
      loan.giveBack();
    }
  }
  const seconds = (performance.now() - clock) / 1000;
  const steps = seeds.reduce((sum, { points }) => sum + points.length, 0);
  return {
    format: 'lrfind-run',
    version: 1,
    ...analyse(rates, seeds, methods, optimizer.rule.averages),
    seeds,
    setup: {
      model: model.name,
      parameters: parameterCount(model),
      weights: initialWeights,
      loss: losses.name,
      optimizer: { name: optimizer.kind.name, ...optimizer.parameters },
      rows: train.length,
      heldOut: heldOut.length,
      notes: [...source.notes, ...losses.notes, ...optimizer.notes, ...backendNotes, ...stepNotes],
    },
    options: { ...settings, initialWeights, suggest: methods.map(({ name }) => name) },
    environment: environment(device, started, seconds, steps),
  };
}

/** The loss on held-out rows is measured on so many at most: enough for two digits, few enough to cost little. */
const MEASURED = 1024;

/** Held-out rows from all over the table, which may be sorted; undefined when none are held out. */
function measuredOn(heldOut: Int32Array): Int32Array | undefined {
  const stride = Math.ceil(heldOut.length / MEASURED);
  return heldOut.length > 0 ? heldOut.filter((_, i) => i % stride === 0) : undefined;
}

/** Batches of positions in `rows` as batches of the rows themselves. */
function* rowsOf(rows: Int32Array, order: Iterable<Int32Array>): Generator<Int32Array> {
  for (const positions of order) yield positions.map((position) => rows[position] as number);
}
