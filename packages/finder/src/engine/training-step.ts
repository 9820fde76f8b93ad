import { type CompiledFunction, compile } from '@lrfind/backends';
import {
  add,
  dispose,
  fill,
  gather,
  keep,
  mean,
  mul,
  type Scalar,
  scalar,
  stack,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';
import { type Outputs, withLogits } from '../losses/logits.js';
import { batchLoss } from '../losses/functions.js';
import { layersWithin } from '../model/layers-within.js';
import { drawNoise } from './noise.js';
import { assignVariables, variablesFor } from '../optimizers/rule-variables.js';
import type { Named } from '../optimizers/update-rule.js';
import { withFreshMasks } from './recurrent-cells.js';
import { releasingTape } from './dispose-tape-on-error.js';
import { weightVariables } from '../model/lease.js';
import type { TrainingSetup } from './step-options.js';

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
   * @param momentum that of the step, where `schedulesMomentum` says that it moves; the rule's own by default
   * @returns the loss of the batch before the update, regularisation included, and behind it the metrics, if there are any, of
   *   the predictions that were trained: one tensor that the caller disposes
   */
  train(rows: Int32Array, rate: number, momentum?: number): Tensor;
  /**
   * The loss on some rows as the model would be used: no dropout, no update, no regularisation.
   *
   * @returns the loss, and behind it the metrics: one tensor that the caller disposes
   */
  evaluate(rows: Int32Array): Tensor;
  /** The training so far: weights, the optimizer's state and where it stands. */
  save(): Promise<StepState>;
  /** Goes on where a training was saved, of the same model and rule. */
  restore(state: StepState): void;
  /** Why steps run operation by operation rather than compiled, in words; empty when there is nothing to say. */
  readonly notes: readonly string[];
  /** Frees the optimizer's state; the table stays. */
  dispose(): void;
}

/** All that a training consists of between two steps. */
export interface StepState {
  /** Seed of dropout and noise. */
  readonly seed: number;
  /** Steps taken. */
  readonly steps: number;
  /** Learning rate of the last of them; NaN before the first. */
  readonly lastRate: number;
  /** Weights, then the optimizer's slots, in an order that the model and the rule decide. */
  readonly values: readonly Float32Array[];
}

/**
 * A training step, compiled where the backend can. A batch is gathered from the uploaded table on the device, and all
 * that changes from step to step is in tensors and variables.
 *
 * @throws InputError when nothing in the model can be trained
 */
export function trainingStep(setup: TrainingSetup): TrainingStep {
  const { model, table, losses, heads = [], metrics = [], rule, correctMomentum, schedulesMomentum = false } = setup;
  const weights = [...new Set(model.trainableWeights.map((weight) => weight.read() as Variable))];
  if (weights.length === 0)
    throw new InputError(`model "${model.name}" has no trainable weights: every layer is frozen`);
  const parts = layersWithin(model);
  const slots = weights.map((weight) => variablesFor(rule.slots, weight.shape));
  const shared = variablesFor(rule.shared, []);
  const modelVariables = [...new Set(weightVariables(model))];
  const state = [...slots, shared].flatMap((named) => Object.values(named));
  const everything = [...modelVariables, ...state];
  let seed = 0;
  let steps = 0;
  let lastRate = Number.NaN;

  const batchOf = (rows: Tensor): Batch => {
    const rowsOf = (whole: Tensor) => gather(whole, rows as Scalar);
    return { xs: table.inputs.map(rowsOf), ys: table.targets.map(rowsOf) };
  };
  const forward = <Result>({ xs }: Batch, training: boolean, use: (outputs: Outputs) => Result): Result =>
    withLogits(heads, () => [model.apply(xs, { training })].flat() as Tensor[], use);
  const totalLoss = ({ ys }: Batch, { outputs, logits }: Outputs, training: boolean): Scalar => {
    const dataLosses = losses.map((loss, i) =>
      batchLoss(heads[i]?.loss ?? loss, ys[i] as Tensor, logits[i] ?? (outputs[i] as Tensor)),
    );
    const penalties = training ? model.calculateLosses() : [];
    return [...dataLosses, ...penalties].reduce((sum, part) => add(sum, part));
  };
  const metricsOf = ({ ys }: Batch, { outputs }: Outputs): Tensor[] =>
    metrics.map(({ of, output }) => mean(of(ys[output] as Tensor, outputs[output] as Tensor)));
  const measured = (loss: Scalar, others: readonly Tensor[]) => (others.length > 0 ? stack([loss, ...others]) : loss);

  const trained = compile(
    ([rows, rate, change, step, drawnFrom, momentum]) =>
      releasingTape(() => {
        // Outside of the gradient, whose tape would keep the whole table for a way back that nobody takes.
        const batch = batchOf(rows as Tensor);
        let others: Tensor[] = [];
        try {
          const lossAndMetrics = (outputs: Outputs) => {
            // Kept, as all else that the gradient's own tidy made is freed behind it.
            others = metricsOf(batch, outputs).map(keep);
            return totalLoss(batch, outputs, true);
          };
          const gradients = () => variableGrads(() => forward(batch, true, lossAndMetrics), weights);
          const { value, grads } = drawNoise(parts, drawnFrom as Tensor, gradients);
          const prepared = rule.prepare(rate as Tensor, step as Tensor, shared, momentum);
          for (const [i, weight] of weights.entries()) {
            const own = slots[i] as Named<Variable>;
            const gradient = grads[weight.name];
            // A weight that the loss does not depend on stays, and so do its slots.
            if (!gradient) continue;
            const before = correctMomentum ? corrected(own, rule.velocitySlots, change as Tensor) : own;
            const moved = rule.update(weight, gradient, before, prepared);
            weight.assign(moved.weight as never);
            assignVariables(own, moved.slots);
          }
          assignVariables(shared, prepared);
          return [measured(value, others)];
        } finally {
          dispose(others);
        }
      }),
    everything,
    setup.steps,
  );
  const evaluated = compile(
    ([rows]) =>
      withFreshMasks(parts, () => {
        const batch = batchOf(rows as Tensor);
        return forward(batch, false, (outputs) => [
          measured(totalLoss(batch, outputs, false), metricsOf(batch, outputs)),
        ]);
      }),
    modelVariables,
  );

  const step: TrainingStep = {
    reset(newSeed) {
      seed = newSeed;
      steps = 0;
      for (const [i, weight] of weights.entries()) refill(slots[i] as Named<Variable>, rule.slots, weight.shape);
      refill(shared, rule.shared, []);
    },
    train(rows, rate, momentum = rule.momentum) {
      const change = steps === 0 ? 1 : rate / lastRate;
      steps += 1;
      lastRate = rate;
      const given = [
        tensor1d(rows, 'int32'),
        ...[rate, change, steps].map((value) => scalar(value)),
        tensor1d([seed, steps], 'int32'),
        ...(schedulesMomentum && momentum !== undefined ? [scalar(momentum)] : []),
      ];
      return only(trained, given);
    },
    evaluate(rows) {
      const given = [tensor1d(rows, 'int32')];
      return only(evaluated, given);
    },
    async save() {
      const read = everything.map(async (variable) => Float32Array.from(await variable.data()));
      return { seed, steps, lastRate, values: await Promise.all(read) };
    },
    restore({ values, ...where }) {
      ({ seed, steps, lastRate } = where);
      for (const [i, variable] of everything.entries()) {
        tidy(() => variable.assign(tensor(values[i] as Float32Array, variable.shape)));
      }
    },
    get notes() {
      const problems = [...new Set([...trained.problems, ...evaluated.problems])];
      return problems.map((problem) => `steps run operation by operation, which is slower: ${problem}`);
    },
    dispose() {
      trained.dispose();
      evaluated.dispose();
      dispose(state);
    },
  };
  step.reset(0);
  return step;
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
function corrected(slots: Named<Tensor>, velocitySlots: readonly string[], change: Tensor): Named<Tensor> {
  const scaled = velocitySlots.map((name) => [name, mul(slots[name] as Tensor, change)]);
  return { ...slots, ...Object.fromEntries(scaled) };
}

function refill(variables: Named<Variable>, initial: Named<number>, shape: number[]): void {
  for (const [name, value] of Object.entries(initial)) tidy(() => variables[name]?.assign(fill(shape, value)));
}
