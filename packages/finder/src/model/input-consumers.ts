import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';

/** A node of the graph: one call of a layer. TensorFlow.js declares it private. */
interface Node {
  readonly outboundLayer: Layer;
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** A layer; a model has inputs. */
interface Layer extends layers.Layer {
  readonly inputs?: readonly SymbolicTensor[];
}

/** A model, as far as it is used here. */
type Model = layers.Layer & { readonly inputs: readonly SymbolicTensor[] };

/** Layers that only change the shape. */
const RESHAPING: ReadonlySet<string> = new Set(['InputLayer', 'Reshape', 'Flatten', 'Permute', 'RepeatVector']);

/** Layers that scale what they get. Batch normalisation is none: it learns while it trains. */
const SCALING: ReadonlySet<string> = new Set(['Rescaling', 'Normalization']);

/** The layers that get the values of a model's input as they are, within nested models too. */
function consumersOf(input: SymbolicTensor, within: ReadonlySet<layers.Layer>): Layer[] {
  return ((input.sourceLayer as layers.Layer).outboundNodes as unknown as readonly Node[])
    .filter(({ outboundLayer, inputTensors }) => within.has(outboundLayer) && inputTensors.includes(input))
    .flatMap(({ outboundLayer, inputTensors, outputTensors }) => {
      // A model around another one: its input is the inner one's.
      if (Array.isArray(outboundLayer.inputs)) {
        const inner = outboundLayer.inputs[inputTensors.indexOf(input)];
        return inner ? consumersOf(inner, within) : [];
      }
      if (RESHAPING.has(outboundLayer.getClassName()))
        return outputTensors.filter((output) => output !== input).flatMap((output) => consumersOf(output, within));
      return [outboundLayer];
    });
}

/**
 * For each input of a model, how many ids it takes: whole numbers from 0, which an `embedding` looks up. Undefined for an
 * input that takes any numbers.
 */
export function idsOfInputs(model: Model): (number | undefined)[] {
  const within = layersWithin(model);
  return model.inputs.map((input) => {
    const sizes = consumersOf(input, within)
      .filter((layer) => layer.getClassName() === 'Embedding')
      .map((layer) => Number(layer.getConfig().inputDim));
    return sizes.length > 0 ? Math.min(...sizes) : undefined;
  });
}

/** The layers that scale the inputs of a model, such as `rescaling`, in the order of the inputs. */
export function scalingLayers(model: Model): layers.Layer[] {
  const within = layersWithin(model);
  return model.inputs
    .flatMap((input) => consumersOf(input, within))
    .filter((layer) => SCALING.has(layer.getClassName()));
}
