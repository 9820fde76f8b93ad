import { type CompiledFunction, compile } from '@lrfind/backends';
import {
  add,
  dispose,
  engine,
  fill,
  gather,
  keep,
  mul,
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
import type { DataBlock, DataSource } from './data/data-source.js';
import { InputError } from './errors.js';
import { batchLoss, type LossFunction } from './losses/loss-function.js';
import { layersWithin } from './model/layers-within.js';
import { drawNoise } from './noise-layers.js';
import { assignVariables, variablesFor } from './optimizers/rule-variables.js';
import type { Named, UpdateRule } from './optimizers/update-rule.js';
import { withFreshMasks } from './recurrent-cells.js';
import { statefulLayers, weightVariables } from './snapshot.js';

/** Trains a model batch by batch, with the learning rate as an input of every step. */
export interface TrainingStep {
  /**
   * Forgets the optimizer's state: the next step is its first. The model's weights stay as they are.
   *
   * @param seed a whole number that decides, with the number of the step, what dropout and noise layers draw
   */
  reset(seed: number): void;
  /**
   * Trains on one batch.
   *
   * @param rows numbers of the rows that make the batch
   * @param rate learning rate
   * @returns the loss of the batch before the update, regularisation included: a scalar that the caller disposes
   */
  train(rows: Int32Array, rate: number): Tensor;
  /**
   * The loss on some rows as the model would be used: no dropout, no update, no regularisation.
   *
   * @returns a scalar that the caller disposes
   */
  evaluate(rows: Int32Array): Tensor;
  /** Why steps run operation by operation rather than compiled, in words; empty when there is nothing to say. */
  readonly notes: readonly string[];
  /** Frees the uploaded table and the optimizer's state. */
  dispose(): void;
}

/** What a step is made of. `losses` has one entry for each output of the model. */
export interface TrainingSetup {
  readonly model: LayersModel;
  readonly data: DataSource;
  readonly losses: readonly LossFunction[];
  readonly rule: UpdateRule;
  /**
   * Whether momentum follows a changed rate at once. A sweep needs that: with Keras's velocity, in which earlier and lower
   * rates live on, the effective rate would trail the nominal one by a factor of two. Training by a schedule must not.
   */
  readonly correctMomentum: boolean;
  /** About how many steps there will be; a long run is worth more compilation. */
  readonly steps: number;
}

/**
 * A training step, compiled where the backend can. The table is uploaded once; a batch is gathered on the device, and all
 * that changes from step to step is in tensors and variables.
 *
 * @throws InputError when nothing in the model can be trained
 */
export function trainingStep(setup: TrainingSetup): TrainingStep {
  const { model, data, losses, rule, correctMomentum } = setup;
  const weights = [...new Set(model.trainableWeights.map((weight) => weight.read() as Variable))];
  if (weights.length === 0)
    throw new InputError(`model "${model.name}" has no trainable weights: every layer is frozen`);
  const stateful = statefulLayers(model);
  const parts = layersWithin(model);
  const inputs = data.inputs.map(upload);
  const targets = data.targets.map(upload);
  const slots = weights.map((weight) => variablesFor(rule.slots, weight.shape));
  const shared = variablesFor(rule.shared, []);
  const modelVariables = [...new Set(weightVariables(model))];
  const state = [...slots, shared].flatMap((named) => Object.values(named));
  let seed = 0;
  let steps = 0;
  let lastRate = Number.NaN;

  const batchOf = (rows: Tensor): Batch => {
    const rowsOf = (table: Tensor) => gather(table, rows as Scalar);
    return { xs: inputs.map(rowsOf), ys: targets.map(rowsOf) };
  };
  const totalLoss = ({ xs, ys }: Batch, training: boolean): Scalar => {
    const outputs = [model.apply(xs, { training })].flat() as Tensor[];
    const dataLosses = losses.map((loss, i) => batchLoss(loss, ys[i] as Tensor, outputs[i] as Tensor));
    const penalties = training ? model.calculateLosses() : [];
    return [...dataLosses, ...penalties].reduce((sum, part) => add(sum, part));
  };

  const trained = compile(
    ([rows, rate, change, step, drawnFrom]) => {
      // Shuffled batches do not continue one another, whatever the layer was made for.
      for (const layer of stateful) layer.resetStates();
      return releasingTape(() => {
        // Outside of the gradient, whose tape would keep the whole table for a way back that nobody takes.
        const batch = batchOf(rows as Tensor);
        const gradients = () => variableGrads(() => totalLoss(batch, true), weights);
        const { value, grads } = drawNoise(parts, drawnFrom as Tensor, gradients);
        const prepared = rule.prepare(rate as Tensor, step as Tensor, shared);
        for (const [i, weight] of weights.entries()) {
          const own = slots[i] as Named<Variable>;
          const gradient = grads[weight.name];
          // A weight that the loss does not depend on stays, and so do its slots.
          if (!gradient) continue;
          const before = correctMomentum ? corrected(own, rule.stepSlots, change as Tensor) : own;
          const moved = rule.update(weight, gradient, before, prepared);
          weight.assign(moved.weight as never);
          assignVariables(own, moved.slots);
        }
        assignVariables(shared, prepared);
        return [value];
      });
    },
    [...modelVariables, ...state],
    setup.steps,
  );
  const evaluated = compile(
    ([rows]) => withFreshMasks(parts, () => [totalLoss(batchOf(rows as Tensor), false)]),
    modelVariables,
  );

  const step: TrainingStep = {
    reset(newSeed) {
      seed = newSeed;
      steps = 0;
      for (const [i, weight] of weights.entries()) refill(slots[i] as Named<Variable>, rule.slots, weight.shape);
      refill(shared, rule.shared, []);
    },
    train(rows, rate) {
      const change = steps === 0 ? 1 : rate / lastRate;
      steps += 1;
      lastRate = rate;
      const given = [
        tensor1d(rows, 'int32'),
        ...[rate, change, steps].map((value) => scalar(value)),
        tensor1d([seed, steps], 'int32'),
      ];
      return only(trained, given);
    },
    evaluate(rows) {
      const given = [tensor1d(rows, 'int32')];
      return only(evaluated, given);
    },
    get notes() {
      const problems = [...new Set([...trained.problems, ...evaluated.problems])];
      return problems.map((problem) => `steps run operation by operation, which is slower: ${problem}`);
    },
    dispose() {
      trained.dispose();
      evaluated.dispose();
      dispose([inputs, targets, state] as never);
    },
  };
  step.reset(0);
  return step;
}

/**
 * Runs a step, and frees what TensorFlow.js leaves behind when a gradient is interrupted: the tensors that its tape saved
 * for the way back.
 */
function releasingTape<Result>(run: () => Result): Result {
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

/** The rows of a batch, gathered: one tensor for each input and output. */
interface Batch {
  xs: Tensor[];
  ys: Tensor[];
}

/** The one result of a function, kept; the arguments are freed. */
function only(compiled: CompiledFunction, given: Tensor[]): Tensor {
  try {
    return keep(compiled.call(given)[0] as Tensor);
  } finally {
    dispose(given);
  }
}

/** Slots in which steps made at another rate are scaled to the present one. */
function corrected(slots: Named<Tensor>, stepSlots: readonly string[], change: Tensor): Named<Tensor> {
  const scaled = stepSlots.map((name) => [name, mul(slots[name] as Tensor, change)]);
  return { ...slots, ...Object.fromEntries(scaled) };
}

function upload({ values, shape }: DataBlock): Tensor {
  const rows = values.length / shape.reduce((size, length) => size * length, 1);
  // Labels go up as float32: TensorFlow.js's sparse cross entropy refuses int32 ones.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  return tensor(numbers, [rows, ...shape], 'float32');
}

function refill(variables: Named<Variable>, initial: Named<number>, shape: number[]): void {
  for (const [name, value] of Object.entries(initial)) tidy(() => variables[name]?.assign(fill(shape, value)));
}
