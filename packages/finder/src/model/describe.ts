import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ModelShape } from '@lrfind/data';
import { InputError } from '@lrfind/core';

/** Layers that pass values on as they are, so that the activation before them still describes the output. */
const transparent = new Set(['Reshape', 'Flatten', 'Dropout', 'Permute', 'InputLayer']);

/**
 * What a table must look like to fit a model.
 *
 * @throws InputError when a dimension other than the batch is left open, since columns could not be dealt out
 */
export function modelShape(model: LayersModel): ModelShape {
  return {
    inputs: model.inputs.map((input) => ({ name: input.sourceLayer.name, shape: fixedShape(input) })),
    outputs: model.outputs.map((output, i) => ({
      name: outputNames(model)[i] as string,
      shape: fixedShape(output),
      activation: activationOf(output),
    })),
  };
}

/** What a model's outputs are called; a Sequential leaves its `outputNames` empty. */
export function outputNames(model: LayersModel): string[] {
  return model.outputs.map((output, i) => model.outputNames[i] ?? output.sourceLayer.name);
}

function fixedShape({ name, shape }: SymbolicTensor): number[] {
  const row = shape.slice(1);
  if (row.some((length) => length === null)) {
    throw new InputError(
      `the shape [${row.map((length) => length ?? 'null').join(', ')}] of "${name}" is open; a table needs fixed shapes`,
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
