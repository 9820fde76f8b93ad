import { countText, InputError } from '@lrfind/core';
import type { ModelShape } from '@lrfind/data';
import { LayersModel, type SymbolicTensor, version_layers } from '@tensorflow/tfjs-layers';
import { described, isLayersModel } from './described.js';
import { idsOfInputs } from './input-consumers.js';

/** Layers that pass values on as they are, so that the activation before them still describes the output. */
const transparent = new Set(['Reshape', 'Flatten', 'Dropout', 'Permute', 'InputLayer']);

/**
 * Checks that a model is a layers model of this copy of TensorFlow.js whose inputs and outputs are known.
 *
 * @param what messages call it
 * @throws InputError saying what it is instead
 */
export function assertModel(model: unknown, what = 'model'): asserts model is LayersModel {
  if (!isLayersModel(model))
    throw new InputError(
      `${what} must be a layers model, as tf.sequential, tf.model and readModel make them; got ${described(model)}`,
    );
  const { inputs, outputs, name } = model as LayersModel;
  // The classes of another copy are not recognised, so masks, dropout and frozen batch normalisation would be left to it.
  if (!(model instanceof LayersModel))
    throw new InputError(
      `${what} "${name}" must be made with the copy of @tensorflow/tfjs-layers that lrfind uses, version ${version_layers}; it is of another copy: npm ls @tensorflow/tfjs-layers shows both, and npm dedupe joins copies of one version`,
    );
  if (!Array.isArray(inputs) || !Array.isArray(outputs))
    throw new InputError(`${what} "${name}" must be built: give its first layer an inputShape`);
}

/**
 * The shapes that data must have to fit a model.
 *
 * @throws InputError when a length other than the batch's is open, because columns could not be assigned
 */
export function modelShape(model: LayersModel): ModelShape {
  const ids = idsOfInputs(model);
  return {
    inputs: model.inputs.map((input, i) => ({
      name: model.inputNames[i] ?? input.sourceLayer.name,
      shape: fixedShape(input),
      ...(ids[i] !== undefined && { ids: ids[i] }),
    })),
    outputs: model.outputs.map((output, i) => ({
      name: outputNames(model)[i] as string,
      shape: fixedShape(output),
      activation: activationOf(output),
    })),
  };
}

/** The names of a model's outputs. The `outputNames` of a Sequential are empty. */
export function outputNames(model: LayersModel): string[] {
  return model.outputs.map((output, i) => model.outputNames[i] ?? output.sourceLayer.name);
}

function fixedShape({ name, shape }: SymbolicTensor): number[] {
  const row = shape.slice(1);
  if (row.some((length) => length === null)) {
    throw new InputError(
      `the shape of "${name}" must be fixed for a table; got [${row.map((length) => length ?? 'null').join(', ')}]`,
    );
  }
  return row as number[];
}

/** The activation that the values of an output went through last, or null. */
export function activationOf(output: SymbolicTensor): string | null {
  const layer = output.sourceLayer;
  const kind = layer.getClassName();
  const nested = layer as unknown as { outputs?: SymbolicTensor[]; inboundNodes: { inputTensors: SymbolicTensor[] }[] };
  if (Array.isArray(nested.outputs))
    return activationOf(nested.outputs[output.outputTensorIndex ?? 0] as SymbolicTensor);
  if (kind === 'Softmax') return 'softmax';
  if (transparent.has(kind)) {
    const before = nested.inboundNodes[output.nodeIndex ?? 0]?.inputTensors[0];
    return before && before !== output ? activationOf(before) : null;
  }
  const { activation } = layer.getConfig() as { activation?: unknown };
  return typeof activation === 'string' ? activation : null;
}

/** The number of parameters, also of those that are not trained, as Keras's summary counts them. */
export function parameterCount(model: LayersModel): number {
  return sizeOf(model.weights);
}

/** How many of the parameters are trained, in a sentence; none where all are. */
export function trainedNotes(model: LayersModel): string[] {
  const [all, trained] = [parameterCount(model), sizeOf(model.trainableWeights)];
  return trained < all ? [`${countText(trained)} of ${countText(all)} parameters are trained`] : [];
}

const sizeOf = (weights: LayersModel['weights']) => weights.reduce((sum, weight) => sum + weight.read().size, 0);
