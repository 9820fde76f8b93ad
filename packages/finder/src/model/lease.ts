import { dispose, keep, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checksumOf } from '@lrfind/core';

/** A model that was lent: what it looked like, and the way back. */
export interface ModelLease {
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

/** A layer that keeps a state between batches. TensorFlow.js has no public way to tell it not to. */
interface StatefulLayer {
  _stateful: boolean;
  /** Knows the size of the batches, which the state is made for. */
  inputSpec?: { shape?: (number | null)[] }[];
}

/**
 * Borrows a model for training: copies all its weights (batch normalisation's statistics too), and makes its stateful layers forget from
 * batch to batch, since shuffled batches do not continue one another. So they also take batches of any size. `model.getWeights()`
 * alone would not do: it hands out the live variables.
 */
export function leaseModel(model: LayersModel): ModelLease {
  const variables = weightVariables(model);
  const before = checksum(variables);
  const weights = copiesOfWeights(model);
  const shapes = statefulLayers(model).map((layer) => ({ layer, shape: layer.inputSpec?.[0]?.shape }));
  const sizes = shapes.map(({ shape }) => shape?.[0]);
  for (const { layer, shape } of shapes) {
    layer._stateful = false;
    if (shape) shape[0] = null;
  }
  const end = () => {
    dispose(weights as Tensor[]);
    for (const [i, { layer, shape }] of shapes.entries()) {
      layer._stateful = true;
      if (shape) shape[0] = sizes[i] ?? null;
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

/** Every stateful layer, those of nested models and wrappers too. */
function statefulLayers(model: { layers: unknown[] }): StatefulLayer[] {
  return model.layers.flatMap((layer) => {
    const { layers, _stateful, forwardLayer, backwardLayer } = layer as StatefulLayer & {
      layers?: unknown[];
      forwardLayer?: unknown;
      backwardLayer?: unknown;
    };
    if (Array.isArray(layers)) return statefulLayers({ layers });
    if (!_stateful) return [];
    const wrapped = [forwardLayer, backwardLayer].filter((inner) => inner !== undefined);
    return [layer as StatefulLayer, ...statefulLayers({ layers: wrapped })];
  });
}
