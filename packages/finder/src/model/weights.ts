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

/** The numbers of a weight, as a tensor gives them. */
export type WeightValues = Float32Array | Int32Array | Uint8Array;

/** Whether no weight of a model is NaN or infinite. */
export async function allFinite(model: LayersModel): Promise<boolean> {
  return (await valuesOf(weightVariables(model))).every((values) => values.every(Number.isFinite));
}

/**
 * Refuses weights that are NaN or infinite, from which no training could start.
 *
 * @param what start of the message, such as the model or its file
 * @param weights with their names
 * @throws InputError naming the weight, the position in it and the value
 */
export function assertFinite(what: string, weights: Iterable<readonly [name: string, values: WeightValues]>): void {
  for (const [name, values] of weights) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new InputError(`${what}: the weight "${name}" must be finite; got ${values[at]} at position ${at}`);
  }
}

/** One number for the bits of all values: equal bits give equal sums, NaN payloads included. */
export async function checksum(tensors: readonly Tensor[]): Promise<number> {
  return checksumOf(await valuesOf(tensors));
}

/** The values of tensors as they are now. They are waited for, because WebGPU cannot read at once. */
export function valuesOf(tensors: readonly Tensor[]): Promise<WeightValues[]> {
  return Promise.all(tensors.map((tensor) => tensor.data()));
}
