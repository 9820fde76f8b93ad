import { InputError } from '@lrfind/core';
import { type Dataset, idText, isId, rowSize } from '@lrfind/data';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A layer as TensorFlow.js keeps it, without what it declares private; a model has layers and inputs. */
interface GraphLayer {
  readonly layers?: readonly layers.Layer[];
  readonly inputs?: readonly SymbolicTensor[];
  readonly inboundNodes: readonly {
    readonly inputTensors: readonly SymbolicTensor[];
    readonly outputTensors: readonly SymbolicTensor[];
  }[];
  readonly inputDim?: number;
  getClassName(): string;
}

/** Layers that hand values on as they are. */
const PASSING = ['Flatten', 'InputLayer', 'Permute', 'RepeatVector', 'Reshape'];

/**
 * How many ids the embedding has to which an input of a model leads, the smallest where there are several.
 *
 * @returns undefined where an input leads to none
 */
export function vocabularyOf(model: LayersModel, input: SymbolicTensor): number | undefined {
  const sizes = vocabulariesFrom(model as unknown as GraphLayer, input);
  return sizes.length > 0 ? Math.min(...sizes) : undefined;
}

function vocabulariesFrom(graph: GraphLayer, tensor: SymbolicTensor): number[] {
  return (graph.layers ?? []).flatMap((each) => {
    const layer = each as unknown as GraphLayer;
    return layer.inboundNodes.flatMap(({ inputTensors, outputTensors }) => {
      const at = inputTensors.indexOf(tensor);
      if (at < 0 || outputTensors.includes(tensor)) return [];
      if (layer.getClassName() === 'Embedding') return [layer.inputDim as number];
      if (layer.layers) return vocabulariesFrom(layer, layer.inputs?.[at] as SymbolicTensor);
      return PASSING.includes(layer.getClassName())
        ? outputTensors.flatMap((output) => vocabulariesFrom(graph, output))
        : [];
    });
  });
}

/**
 * Checks the ids for the embeddings of a model, since a backend may read beside its weights for one that is none.
 *
 * @throws InputError with the row, the place in it and the value
 */
export function checkIds(model: LayersModel, { inputs }: Dataset): void {
  for (const [i, input] of model.inputs.entries()) {
    const vocabulary = vocabularyOf(model, input);
    const { values, shape } = inputs[i] as Dataset['inputs'][number];
    if (vocabulary === undefined) continue;
    const wrong = values.findIndex((value) => !isId(value, vocabulary));
    if (wrong < 0) continue;
    const size = rowSize(shape);
    throw new InputError(
      `row ${Math.floor(wrong / size) + 1} of the input "${input.sourceLayer.name}" must have ${idText(vocabulary)} at position ${wrong % size}, as its embedding takes; got ${values[wrong]}`,
    );
  }
}
