import { dispose, keep, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checksumOf } from './checksum.js';

/** A model that was lent: what it looked like, and the way back. */
export interface Loan {
  /** The weights as they were, in the order of `model.weights`; alive until `giveBack`. */
  readonly weights: readonly Tensor[];
  /**
   * Puts every weight and recurrent state back, bit for bit, and frees the copies.
   *
   * @throws Error when a checksum shows that something differs from before (a fault of ours)
   */
  giveBack(): void;
  /** Ends the loan and leaves the weights as they are now: the model was trained on purpose. */
  keepWeights(): void;
}

/** The state that a stateful recurrent layer keeps between batches. TensorFlow.js has no public way to lend it. */
export interface StatefulLayer {
  resetStates(): void;
  states_: Tensor[] | null;
  keptStates: Tensor[][];
}

/**
 * Borrows a model for training: copies all its weights (batch normalisation's statistics too) and sets the states of its
 * stateful layers aside. `model.getWeights()` alone would not do: it hands out the live variables.
 */
export function borrow(model: LayersModel): Loan {
  const variables = weightVariables(model);
  const before = checksum(variables);
  const weights = copiesOfWeights(model);
  const states = statefulLayers(model).map((layer) => ({ layer, states: layer.states_, kept: layer.keptStates }));
  for (const { layer } of states) {
    layer.states_ = null;
    layer.keptStates = [];
  }
  const end = () => {
    dispose(weights as Tensor[]);
    for (const { layer, states: original, kept } of states) {
      dispose([layer.states_ ?? [], layer.keptStates]);
      layer.states_ = original;
      layer.keptStates = kept;
    }
  };
  return {
    weights,
    keepWeights: end,
    giveBack() {
      assignWeights(model, weights);
      end();
      if (checksum(variables) !== before) throw new Error('the weights could not be restored: their checksum differs');
    },
  };
}

/**
 * Overwrites the weights of a model in place.
 *
 * @param values one tensor for each of `model.weights`, same shapes; they stay the caller's
 */
export function assignWeights(model: LayersModel, values: readonly Tensor[]): void {
  weightVariables(model).forEach((variable, index) => {
    tidy(() => variable.assign((values[index] as Tensor).clone()));
  });
}

/** Copies of all weights of a model, in the order of `model.weights`; the caller disposes them. */
export function copiesOfWeights(model: LayersModel): Tensor[] {
  return weightVariables(model).map((variable) => keep(variable.clone()));
}

/** The live variables behind `model.weights`. */
export function weightVariables(model: LayersModel): Variable[] {
  return model.weights.map((weight) => weight.read() as Variable);
}

/** Whether no weight of a model is NaN or infinite. */
export function allFinite(model: LayersModel): boolean {
  return weightVariables(model).every((variable) => variable.dataSync().every(Number.isFinite));
}

/** One number for the bits of all values: equal bits give equal sums, NaN payloads included. */
export function checksum(tensors: readonly Tensor[]): number {
  return checksumOf(tensors.map((tensor) => tensor.dataSync()));
}

/** Every stateful layer, those of nested models too. */
export function statefulLayers(model: { layers: unknown[] }): StatefulLayer[] {
  return model.layers.flatMap((layer) => {
    const inner = layer as { layers?: unknown[]; stateful?: boolean };
    if (Array.isArray(inner.layers)) return statefulLayers({ layers: inner.layers });
    return inner.stateful ? [layer as StatefulLayer] : [];
  });
}
