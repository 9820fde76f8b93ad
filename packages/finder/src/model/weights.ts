import { checksumOf, InputError } from '@lrfind/core';
import { keep, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writingWeights } from './weight-guard.js';

/** The live variables of `model.weights`: trainable ones, and others such as batch normalisation's statistics. */
export function weightVariables(model: LayersModel): Variable[] {
  return model.weights.map((weight) => weight.read() as Variable);
}

/** Copies of all weights, in the order of `model.weights`; the caller disposes them. */
export function copyWeights(model: LayersModel): Tensor[] {
  return weightVariables(model).map((variable) => keep(variable.clone()));
}

/**
 * Overwrites the weights of a model in place.
 *
 * @param values one tensor for each of `model.weights`, same shapes; they stay the caller's
 */
export function assignWeights(model: LayersModel, values: readonly Tensor[]): void {
  assignTo(weightVariables(model), values);
}

/**
 * Overwrites variables in place.
 *
 * @param values one tensor for each, same shapes; they stay the caller's
 */
export function assignTo(variables: readonly Variable[], values: readonly Tensor[]): void {
  writingWeights(() => {
    for (const [i, variable] of variables.entries()) tidy(() => variable.assign((values[i] as Tensor).clone()));
  });
}

/** Whether no weight of a model is NaN or infinite. */
export function allFinite(model: LayersModel): boolean {
  return weightVariables(model).every((variable) => variable.dataSync().every(Number.isFinite));
}

/**
 * Refuses weights that are NaN or infinite, from which no training could start.
 *
 * @param what start of the message, such as the model or its file
 * @param weights with their names
 * @throws InputError naming the weight, the position in it and the value
 */
export function assertFinite(what: string, weights: Iterable<readonly [name: string, values: Tensor]>): void {
  for (const [name, tensor] of weights) {
    const values = tensor.dataSync();
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new InputError(`${what}: the weight "${name}" must be finite; got ${values[at]} at position ${at}`);
  }
}

/** One number for the bits of all values: equal bits give equal sums, NaN payloads included. */
export function checksum(tensors: readonly Tensor[]): number {
  return checksumOf(tensors.map((tensor) => tensor.dataSync()));
}
