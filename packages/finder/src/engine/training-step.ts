import { type CompiledFunction, compile } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { StepState } from '@lrfind/core/study';
import {
  add,
  concat,
  dispose,
  engine,
  keep,
  mean,
  mul,
  reshape,
  type Scalar,
  scalar,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type LogitsOutput, type Outputs, withLogits } from '../losses/logits.js';
import type { LossFunction } from '../losses/loss.js';
import type { Metric } from '../metrics.js';
import { buildSequentials } from '../model/build-sequentials.js';
import { outputNames } from '../model/describe.js';
import { layersWithin } from '../model/layers-within.js';
import { writingWeights } from '../model/weight-guard.js';
import { assignTo, weightVariables } from '../model/weights.js';
import {
  applyRule,
  sharedVariables,
  slotStart,
  slotVariables,
  type WeightConstraint,
} from '../optimizers/apply-rule.js';
import { assignState, type OptimizerState, stateFor, stateOfVariables } from '../optimizers/optimizer-state.js';
import type { Named, SlotStart, UpdateRule } from '../optimizers/update-rule.js';
import { withActivityPenalties } from './activity-penalties.js';
import { withBatchNorm } from './batch-norm.js';
import type { Batch, BatchRows, DeviceDataset } from './device-dataset.js';
import { namingLayers } from './layer-errors.js';
import { maskedMean, weightedEntries } from './masked-means.js';

import { applyWithMasks, hasOwnPhases, makesMasks, takesTensorsTwice } from './masks.js';

import { drawNoise, noiseSeed } from './noise.js';
import { penaltiesOf } from './penalties.js';
import { isPureStep } from './pure-step.js';
import { withFreshMasks } from './recurrent-cells.js';

/** What a step trains, on which data, for what and how. */
export interface StepOptions {
  readonly model: LayersModel;
  /** Where batches are taken from; it must live as long as the step. */
  readonly dataset: DeviceDataset;
  /** One for each output of the model. */
  readonly losses: readonly LossFunction[];
  /** For each output, what its loss counts in the sum. Default: 1. */
  readonly lossWeights?: readonly number[];
  /** For each output, how to compute its loss from logits. Default: from the predictions. */
  readonly logits?: readonly (LogitsOutput | undefined)[];
  /** What losses are multiplied with once they are measured; the update follows the loss itself. Default: 1. */
  readonly lossScale?: number;
  /** What is measured besides the loss. Default: nothing. */
  readonly metrics?: readonly Metric[];
  readonly rule: UpdateRule;
  /** What the learning rate of a weight is multiplied with. Default: 1. */
  readonly multiplierOf?: ((weight: Variable) => number) | undefined;
  /**
   * The weights that are updated; the others stand still, as those of frozen layers do. Their layers train on, so that dropout
   * drops and regularisers count. Default: every trainable weight.
   */
  readonly updated?: ReadonlySet<Variable> | undefined;
  /**
   * Whether the velocity follows a changed rate immediately (Goyal et al., 2017, "momentum correction"). A sweep needs
   * that: Keras's velocity contains earlier, lower rates, and the effective rate would be half the nominal one. Training
   * with a schedule must not rescale.
   */
  readonly rescaleVelocity: boolean;
  /** Whether each step gets its momentum. Default: no, it is the rule's. */
  readonly schedulesMomentum?: boolean;
  /** What each training begins with in place of a new optimizer. Default: a new one. */
  readonly optimizerState?: OptimizerState | undefined;
  /** About how many steps there will be; more of them justify more compilation. */
  readonly calls: number;
}

/** Trains a model batch by batch, with the learning rate as an input of every step. */
export interface TrainingStep {
  /**
   * Forgets the optimizer's state: the next step is its first, or goes on from the state that each training begins with. The model's
   * weights stay as they are.
   *
   * @param seed a whole number that decides, with the number of the step, what dropout and noise layers draw
   */
  reset(seed: number): void;
  /**
   * Trains on one batch.
   *
   * @param rows of the batch
   * @param rate learning rate
   * @param momentum of this step, with `schedulesMomentum`; the rule's own by default
   * @returns one tensor, which the caller disposes: the loss of the batch before the update, regularisation included, then
   *   the metrics of the same predictions (their sums, of those that are no means), then, where outputs have masks, how
   *   much each mean weighs among batches
   */
  train(rows: BatchRows, rate: number, momentum?: number): Tensor;
  /**
   * The loss on some rows as the model would be used: no dropout, no update, no regularisation. An optimizer that keeps an
   * average of the weights is evaluated with it, because the training ends with it.
   *
   * @returns one tensor, which the caller disposes: as that of `train`
   */
  evaluate(rows: Int32Array): Tensor;
  /**
   * The loss that `train` would return at the present weights, without a step. Only the statistics of batch normalisation
   * move, on which this loss does not depend.
   *
   * @param number of the step whose dropout and noise are drawn, from 1
   * @returns a scalar, which the caller disposes
   */
  trainingLoss(rows: Int32Array, number: number): Tensor;
  /** Batches that make one update, with as many calls of `train`. */
  readonly batchesPerUpdate: number;
  /** Puts the average of the weights in their place, where the optimizer keeps one. */
  finish(): void;
  /** How far the optimizer is. */
  optimizerState(): Promise<OptimizerState>;
  /** The training so far: the weights, the optimizer's state, the number of steps. */
  save(): Promise<StepState>;
  /**
   * Resumes a saved training of the same model and rule.
   *
   * @throws InputError for one of another model or rule
   */
  restore(state: StepState): void;
  /** Why steps run operation by operation rather than compiled, in sentences; empty where they are compiled. */
  readonly notes: readonly string[];
  /** Frees the optimizer's state, once; the dataset stays. */
  dispose(): void;
}

/**
 * A training step, compiled where the backend can. It gathers each batch on the device, and keeps everything that changes
 * from step to step in tensors and variables.
 *
 * @throws InputError when nothing in the model can be trained
 */
export function trainingStep(options: StepOptions): TrainingStep {
  const {
    model,
    dataset,
    losses,
    lossWeights = [],
    logits: logitsOf = [],
    metrics = [],
    rule,
    lossScale = 1,
  } = options;
  const { multiplierOf = () => 1, updated, rescaleVelocity, schedulesMomentum = false } = options;
  const { batchesPerUpdate = 1 } = rule;
  const constraints = new Map(
    model.trainableWeights.map((weight) => [weight.read() as Variable, (weight as ConstrainedWeight).constraint]),
  );
  const trainable = [...constraints.keys()];
  const weights = updated ? trainable.filter((weight) => updated.has(weight)) : trainable;
  if (weights.length === 0)
    throw new InputError(`model "${model.name}" must have a trainable layer; every layer is frozen`);
  buildSequentials(model);
  const layers = layersWithin(model);
  const penalties = penaltiesOf(layers, new Set(trainable));
  /** Multipliers other than 1; each gets a learning rate of its own. */
  const multipliers = [...new Set(weights.map(multiplierOf))].filter((multiplier) => multiplier !== 1);
  const slots = weights.map((weight) => slotVariables(rule.slots, weight));
  const shared = sharedVariables(rule.shared);
  const modelVariables = [...new Set(weightVariables(model))];
  const begins = options.optimizerState && stateFor(options.optimizerState, rule, weights);
  const state = [...slots, shared].flatMap((named) => Object.values(named));
  const everything = [...modelVariables, ...state];
  let seed = 0;
  let steps = 0;
  let lastRate = Number.NaN;
  /** Whether `finish` was called after the last step. */
  let finished = false;

  const ownGraph = makesMasks(layers) || hasOwnPhases(layers) || takesTensorsTwice(layers);
  const lossesOnLogits = logitsOf.flatMap((output) => output?.loss ?? []);
  const isPure = isPureStep({ layers, losses: [...losses, ...lossesOnLogits], penalties });
  const forward = <Result>({ xs }: Batch, training: boolean, use: (outputs: MaskedOutputs) => Result): Result => {
    let masks: (Tensor | null)[] = [];
    const apply = () => {
      if (!ownGraph) return [model.apply(xs, { training })].flat() as Tensor[];
      const outputs = applyWithMasks(model, layers, xs, training);
      masks = outputs.map(({ mask }) => mask);
      return outputs.map(({ value }) => value);
    };
    return withActivityPenalties(layers, (activityPenalties) =>
      withLogits(
        logitsOf,
        () => namingLayers(layers, apply),
        (outputs) => use({ ...outputs, masks, activityPenalties }),
      ),
    );
  };
  const lossOf = (i: number, { ys, rowWeights }: Batch, { outputs, logits, masks }: MaskedOutputs): Scalar => {
    const loss = logitsOf[i]?.loss ?? (losses[i] as LossFunction);
    const [target, prediction, mask] = [ys[i] as Tensor, logits[i] ?? (outputs[i] as Tensor), masks[i]];
    if (!mask && !rowWeights) return mean(loss(target, prediction));
    const what = `the loss of "${outputNames(model)[i]}"`;
    const entries = (loss.entries ?? loss)(target, prediction);
    const weighted = rowWeights ? weightedEntries(entries, rowWeights, what) : entries;
    return mask ? maskedMean(weighted, mask, what).mean : mean(weighted);
  };
  const totalLoss = (batch: Batch, outputs: MaskedOutputs, training: boolean): Scalar => {
    const dataLosses = losses.map((_, i): Scalar => {
      const weight = lossWeights[i] ?? 1;
      const loss = lossOf(i, batch, outputs);
      return weight === 1 ? loss : mul(loss, weight);
    });
    const added = training ? [...penalties.map((penalty) => penalty()), ...outputs.activityPenalties] : [];
    return [...dataLosses, ...added].reduce((sum, part) => add(sum, part));
  };
  /** The metrics or their sums, and after them what each mean weighs if any output has a mask. */
  const metricsOf = ({ ys }: Batch, { outputs, masks }: MaskedOutputs): Tensor[] => {
    const rows = scalar((ys[0] as Tensor).shape[0] as number);
    const measured = metrics.map(({ compute, sums, output, name }) => {
      const [target, prediction, mask = null] = [ys[output] as Tensor, outputs[output] as Tensor, masks[output]];
      if (sums) return { values: sums.measure(target, prediction, mask), count: null };
      const values = compute(target, prediction);
      if (!mask) return { values: mean(values), count: rows };
      const masked = maskedMean(values, mask, `metric ${name}`);
      return { values: masked.mean, count: masked.count };
    });
    const counts = masks.some((mask) => mask) ? measured.flatMap(({ count }) => count ?? []) : [];
    return [...measured.map(({ values }) => values), ...counts];
  };
  const reported = (loss: Scalar): Scalar => (lossScale === 1 ? loss : mul(loss, lossScale));
  const measured = (loss: Scalar, others: readonly Tensor[]) =>
    others.length > 0 ? concat([reported(loss), ...others].map((each) => reshape(each, [-1]))) : reported(loss);

  const trained = compile(
    (given) =>
      freeingTapeOnError(() => {
        const [rate, rateRatio, step, noiseSeed, ...others] = given.slice(dataset.count('training'));
        // Gathered outside the gradient, whose tape would otherwise keep the whole dataset.
        const batch = dataset.batch(given, 'training');
        const groupRates = others.slice(0, multipliers.length);
        const momentum = others[multipliers.length];
        let measures: Tensor[] = [];
        try {
          const lossAndMetrics = (outputs: MaskedOutputs) => {
            // Kept, because the gradient frees everything else that is made inside it.
            measures = metricsOf(batch, outputs).map(keep);
            return totalLoss(batch, outputs, true);
          };
          const gradients = () =>
            withBatchNorm(layers, () => variableGrads(() => forward(batch, true, lossAndMetrics), weights));
          const { value, grads } = drawNoise(layers, noiseSeed as Tensor, gradients);
          const prepare = (own: Tensor) => rule.prepare(own, step as Tensor, shared, momentum);
          const prepared = prepare(rate as Tensor);
          const ofGroups = new Map(multipliers.map((multiplier, i) => [multiplier, prepare(groupRates[i] as Tensor)]));
          applyRule(
            rule,
            weights.map((weight, i) => ({
              weight,
              gradient: grads[weight.name],
              slots: slots[i] as Named<Variable>,
              constraint: constraints.get(weight),
              prepared: ofGroups.get(multiplierOf(weight)),
            })),
            shared,
            prepared,
            {
              loss: value,
              before: rescaleVelocity ? (own) => rescaled(own, rule.velocitySlots, rateRatio as Tensor) : undefined,
            },
          );
          return [measured(value, measures)];
        } finally {
          dispose(measures);
        }
      }),
    everything,
    options.calls,
    isPure,
  );
  const evaluated = compile(
    (given) =>
      withFreshMasks(layers, () => {
        const batch = dataset.batch(given, 'evaluation');
        return forward(batch, false, (outputs) => [
          measured(totalLoss(batch, outputs, false), metricsOf(batch, outputs)),
        ]);
      }),
    modelVariables,
    undefined,
    isPure,
  );
  const lossWithoutStep = compile(
    (given) => {
      const noiseSeed = given[dataset.count('training')];
      const batch = dataset.batch(given, 'training');
      const lossOfBatch = () => forward(batch, true, (outputs) => [reported(totalLoss(batch, outputs, true))]);
      return drawNoise(layers, noiseSeed as Tensor, () => withBatchNorm(layers, lossOfBatch));
    },
    modelVariables,
    options.calls,
    isPure,
  );
  let disposed = false;

  /** A copy, because the average goes on changing in place. Before the first step there is none. */
  const putAverages = () => {
    if (!rule.averagesWeights || steps === 0) return;
    writingWeights(() => {
      for (const [i, weight] of weights.entries()) tidy(() => weight.assign(mul(slots[i]?.weightAverage as Tensor, 1)));
    });
  };

  const fillSlots = (chosen: (start: SlotStart) => boolean) => {
    const starts = Object.entries(rule.slots).filter(([, start]) => chosen(start));
    for (const [i, weight] of weights.entries())
      for (const [name, start] of starts) tidy(() => slots[i]?.[name]?.assign(slotStart(start, weight)));
  };

  const step: TrainingStep = {
    reset(newSeed) {
      seed = newSeed;
      steps = begins?.steps ?? 0;
      lastRate = begins?.rate ?? Number.NaN;
      finished = false;
      fillSlots(() => true);
      for (const [name, value] of Object.entries(rule.shared)) tidy(() => shared[name]?.assign(scalar(value)));
      if (begins) assignState(begins, weights, slots, shared);
    },
    train(rows, rate, momentum = rule.momentum) {
      // The weights may have been set since the reset.
      if (steps === 0) fillSlots((start) => start === 'weight');
      const rateRatio = steps < batchesPerUpdate || !(lastRate > 0) ? 1 : rate / lastRate;
      steps += 1;
      finished = false;
      // The velocity keeps the rate of the last update.
      if (steps % batchesPerUpdate === 0) lastRate = rate;
      return onlyResult(trained, [
        ...dataset.tensors(rows, 'training'),
        ...[rate, rateRatio, steps].map((value) => scalar(value)),
        tensor1d(noiseSeed(seed, steps), 'int32'),
        // Rounded once, as the rate of an optimizer of their own would be.
        ...multipliers.map((multiplier) => scalar(rate * multiplier)),
        ...(schedulesMomentum && momentum !== undefined ? [scalar(momentum)] : []),
      ]);
    },
    batchesPerUpdate,
    finish() {
      finished = true;
      putAverages();
    },
    evaluate(rows) {
      const evaluate = () => onlyResult(evaluated, dataset.tensors(rows, 'evaluation'));
      if (!rule.averagesWeights || finished) return evaluate();
      const trainedWeights = weights.map((weight) => weight.clone());
      putAverages();
      try {
        return evaluate();
      } finally {
        assignTo(weights, trainedWeights);
        dispose(trainedWeights);
      }
    },
    optimizerState: () => stateOfVariables({ steps, rate: lastRate }, weights, slots, shared),
    trainingLoss: (rows, number) =>
      onlyResult(lossWithoutStep, [...dataset.tensors(rows, 'training'), tensor1d(noiseSeed(seed, number), 'int32')]),
    async save() {
      const read = everything.map(async (variable) => Float32Array.from(await variable.data()));
      return { seed, steps, lastRate, values: await Promise.all(read) };
    },
    restore({ values, ...counters }) {
      const sizes = everything.map(({ size }) => size);
      if (values.map(({ length }) => length).join() !== sizes.join())
        throw new InputError(
          `the saved training of model "${model.name}" must have ${sizes.length} arrays of ${sizes.join(', ')} numbers; got ${values.map(({ length }) => length).join(', ') || 'none'}`,
        );
      ({ seed, steps, lastRate } = counters);
      for (const [i, variable] of everything.entries())
        tidy(() => assignTo([variable], [tensor(values[i] as Float32Array, variable.shape)]));
    },
    get notes() {
      const problems = [...new Set([trained, evaluated, lossWithoutStep].flatMap((each) => each.problems))];
      return problems.map((problem) => `steps run operation by operation, which is slower: ${problem}`);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      trained.dispose();
      evaluated.dispose();
      lossWithoutStep.dispose();
      dispose(state);
    },
  };
  step.reset(0);
  return step;
}

/** A weight of a layer; TensorFlow.js does not declare its constraint. */
type ConstrainedWeight = LayersModel['weights'][number] & { readonly constraint?: WeightConstraint | null };

/** What a model gives for a batch; a mask for each output that has one. */
interface MaskedOutputs extends Outputs {
  readonly masks: readonly (Tensor | null)[];
  /** What layers add to the loss for their outputs. */
  readonly activityPenalties: readonly Scalar[];
}

/** The only result of a compiled function, kept; its inputs are freed. */
function onlyResult(compiled: CompiledFunction, inputs: Tensor[]): Tensor {
  try {
    return keep(writingWeights(() => compiled.call(inputs))[0] as Tensor);
  } finally {
    dispose(inputs);
  }
}

/** Slots in which the velocity, made at another rate, is scaled to the present one. */
function rescaled(slots: Named<Tensor>, velocitySlots: readonly string[], rateRatio: Tensor): Named<Tensor> {
  const scaled = velocitySlots.map((name) => [name, mul(slots[name] as Tensor, rateRatio)]);
  return { ...slots, ...Object.fromEntries(scaled) };
}

/** Frees what TensorFlow.js leaves allocated when a gradient throws: the tensors that its tape saved. */
function freeingTapeOnError<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
      state.activeTape = [];
    }
    throw error;
  }
}
