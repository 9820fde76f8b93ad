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
import type { Named, UpdateRule } from './optimizers/update-rule.js';
import { statefulLayers } from './snapshot.js';

/** Trains a model batch by batch, with the learning rate as an input of every step. */
export interface TrainingStep {
  /** Forgets the optimizer's state: the next step is its first. The model's weights stay as they are. */
  reset(): void;
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
}

/**
 * A training step that runs operation by operation. The table is uploaded once; a batch is gathered on the device.
 *
 * @throws InputError when nothing in the model can be trained
 */
export function eagerTrainingStep({ model, data, losses, rule, correctMomentum }: TrainingSetup): TrainingStep {
  const weights = [...new Set(model.trainableWeights.map((weight) => weight.read() as Variable))];
  if (weights.length === 0)
    throw new InputError(`model "${model.name}" has no trainable weights: every layer is frozen`);
  const stateful = statefulLayers(model);
  const inputs = data.inputs.map(upload);
  const targets = data.targets.map(upload);
  let steps = 0;
  let lastRate = Number.NaN;
  let state: State = { slots: [], shared: {} };

  const batchOf = (rows: Int32Array): Batch => {
    const indices = tensor1d(rows, 'int32');
    const rowsOf = (table: Tensor) => gather(table, indices);
    return { xs: inputs.map(rowsOf), ys: targets.map(rowsOf) };
  };
  const totalLoss = ({ xs, ys }: Batch, training: boolean): Scalar => {
    const outputs = [model.apply(xs, { training })].flat() as Tensor[];
    const dataLosses = losses.map((loss, i) => batchLoss(loss, ys[i] as Tensor, outputs[i] as Tensor));
    const penalties = training ? model.calculateLosses() : [];
    return [...dataLosses, ...penalties].reduce((sum, part) => add(sum, part));
  };

  const step: TrainingStep = {
    reset() {
      dispose(state as never);
      state = { slots: weights.map((weight) => filled(rule.slots, weight.shape)), shared: filled(rule.shared, []) };
      steps = 0;
    },
    train(rows, rate) {
      steps += 1;
      // Shuffled batches do not continue one another, whatever the layer was made for.
      for (const layer of stateful) layer.resetStates();
      const { loss, next } = releasingTape(() =>
        tidy(() => {
          // Outside of the gradient, whose tape would keep the whole table for a way back that nobody takes.
          const batch = batchOf(rows);
          const { value, grads } = variableGrads(() => totalLoss(batch, true), weights);
          const prepared = rule.prepare(scalar(rate), scalar(steps), state.shared);
          const change = correctMomentum && steps > 1 ? rate / lastRate : 1;
          const slots = weights.map((weight, i) => {
            const before = corrected(state.slots[i] as Named<Tensor>, rule.stepSlots, change);
            return move(weight, grads[weight.name], rule, before, prepared);
          });
          return { loss: value, next: { slots, shared: pick(prepared, Object.keys(state.shared)) } };
        }),
      );
      dispose(state as never);
      lastRate = rate;
      state = { slots: next.slots.map(kept), shared: kept(next.shared) };
      return keep(loss);
    },
    evaluate(rows) {
      return tidy(() => totalLoss(batchOf(rows), false));
    },
    dispose() {
      dispose([inputs, targets, state.slots, state.shared] as never);
    },
  };
  step.reset();
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

/** The optimizer's memory between steps. */
interface State {
  slots: Named<Tensor>[];
  shared: Named<Tensor>;
}

/** Moves one weight in place and returns its new slots. A weight that the loss does not depend on stays. */
function move(
  weight: Variable,
  gradient: Tensor | undefined,
  rule: UpdateRule,
  slots: Named<Tensor>,
  prepared: Named<Tensor>,
): Named<Tensor> {
  if (!gradient) return cloned(slots);
  const moved = rule.update(weight, gradient, slots, prepared);
  weight.assign(moved.weight as never);
  return moved.slots;
}

/** Slots in which steps made at another rate are scaled to the present one. */
function corrected(slots: Named<Tensor>, stepSlots: readonly string[], change: number): Named<Tensor> {
  if (change === 1 || stepSlots.length === 0) return slots;
  const scaled = stepSlots.map((name) => [name, mul(slots[name] as Tensor, change)]);
  return { ...slots, ...Object.fromEntries(scaled) };
}

function upload({ values, shape }: DataBlock): Tensor {
  const rows = values.length / shape.reduce((size, length) => size * length, 1);
  // Labels go up as float32: TensorFlow.js's sparse cross entropy refuses int32 ones.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  return tensor(numbers, [rows, ...shape], 'float32');
}

function filled(initial: Named<number>, shape: number[]): Named<Tensor> {
  return Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, fill(shape, value)]));
}

function kept(named: Named<Tensor>): Named<Tensor> {
  for (const value of Object.values(named)) keep(value);
  return named;
}

function pick(named: Named<Tensor>, names: string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, named[name] as Tensor]));
}

function cloned(named: Named<Tensor>): Named<Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value.clone()]));
}
