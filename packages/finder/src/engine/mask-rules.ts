import { InputError } from '@lrfind/core';
import {
  all,
  any,
  cast,
  concat,
  expandDims,
  logicalAnd,
  logicalOr,
  onesLike,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { Composed } from '../model/layers/composed-layer.js';

/** A value and its mask, true where a step counts; null where all do. In Keras 3 a layer may take the mask away later. */
export interface MaskedTensor {
  readonly value: Tensor;
  mask: Tensor | null;
}

/** TensorFlow.js declares that there are masks for all inputs or for none; in truth each may be null. */
type ComputeMask = (
  inputs: Tensor | Tensor[],
  masks: Tensor | null | (Tensor | null)[],
) => Tensor | null | (Tensor | null)[];

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const ruleOf = (layer: layers.Layer) => layer.computeMask as unknown as ComputeMask;
const DEFAULT = ruleOf(layers.flatten({ name }));
const MERGE = ruleOf(layers.add({ name }));
const CONCATENATE = ruleOf(layers.concatenate({ name }));
const DOT = ruleOf(layers.dot({ axes: 1, name }));
const RECURRENT = ruleOf(layers.simpleRNN({ units: 1, name }));
const BIDIRECTIONAL = ruleOf(
  layers.bidirectional({ layer: layers.simpleRNN({ units: 1, name }), mergeMode: 'concat', name }) as layers.Layer,
);
/** Rules that pass on masks and make none. */
const PASSING: ReadonlySet<ComputeMask> = new Set([DEFAULT, MERGE, CONCATENATE, DOT, RECURRENT, BIDIRECTIONAL]);

/** Classes that pass on masks in Keras and not in TensorFlow.js. */
const PASSING_IN_KERAS: ReadonlySet<string> = new Set(['ELU', 'LeakyReLU', 'Rescaling', 'ThresholdedReLU']);

/** Whether a layer, which is no model, makes a mask: `masking`, or `embedding` with `maskZero`. */
export function makesMask(layer: layers.Layer): boolean {
  return layer.supportsMasking && !PASSING.has(ruleOf(layer)) && !(layer instanceof Composed);
}

/** Whether a layer runs over the steps of a sequence: a recurrent layer, or `bidirectional`. */
export function isRecurrent(layer: layers.Layer): boolean {
  return ruleOf(layer) === RECURRENT || ruleOf(layer) === BIDIRECTIONAL;
}

/**
 * The masks of a layer's outputs, by the rules of Keras.
 *
 * @param keras whose rules: where inputs are merged, Keras 2 counts a step that counts in every masked one, Keras 3 one that counts in any
 * @returns one for each output, or none where no output has one
 * @throws InputError for masks that cannot be merged
 */
export function outputMasks(layer: layers.Layer, inputs: readonly MaskedTensor[], keras: 2 | 3 = 3): (Tensor | null)[] {
  if (!layer.supportsMasking && !PASSING_IN_KERAS.has(layer.getClassName())) return [];
  const masks = inputs.map(({ mask }) => mask);
  const rule = ruleOf(layer);
  if (keras === 2 && (rule === MERGE || layer.getClassName() === 'KerasSubtract')) {
    const own = masks.filter((mask) => mask !== null);
    return own.length > 0 ? [mergedMask(layer, own, logicalAnd)] : [];
  }
  if (layer instanceof Composed) {
    const values = inputs.map(({ value }) => value);
    return masks.some((mask) => mask) ? [rule.call(layer, values, masks)].flat() : [];
  }
  if (PASSING.has(rule) && !masks.some((mask) => mask)) return [];
  if (rule === DOT) return [];
  if (rule === MERGE) return masks.every((mask) => mask) ? [mergedMask(layer, masks as Tensor[], logicalOr)] : [];
  if (rule === CONCATENATE) return [concatenatedMask(layer as ConcatenateLayer, inputs, keras === 2 ? all : any)];
  if (rule === DEFAULT) return masks;
  const values = inputs.map(({ value }) => value);
  return [rule.call(layer, values.length === 1 ? (values[0] as Tensor) : values, masks)].flat();
}

/** A step counts where it does in any of the inputs, or in all of them. */
function mergedMask(layer: layers.Layer, masks: readonly Tensor[], join: typeof logicalOr): Tensor {
  const [{ rank }] = masks as [Tensor];
  if (masks.some((mask) => mask.rank !== rank)) {
    const shapes = masks.map(({ shape }) => `[${shape}]`).join(' and ');
    throw new InputError(
      `layer "${layer.name}" (${layer.getClassName()}) must get masks of one rank; got masks of shapes ${shapes}`,
    );
  }
  return masks.reduce((a, b) => join(a, b));
}

type ConcatenateLayer = layers.Layer & { readonly axis: number };

function concatenatedMask(layer: ConcatenateLayer, inputs: readonly MaskedTensor[], join: typeof any): Tensor {
  return join(
    concat(
      inputs.map((input) => wholeMask(layer, input)),
      layer.axis,
    ),
    -1,
  );
}

/**
 * A mask with an entry for each number of a value.
 *
 * @param layer what messages name
 * @throws InputError where the value does not have one dimension more than its mask, or the same
 */
export function wholeMask(layer: layers.Layer, { value, mask }: MaskedTensor): Tensor {
  if (!mask) return cast(onesLike(value), 'bool');
  if (mask.rank === value.rank) return mask;
  if (mask.rank !== value.rank - 1)
    throw new InputError(
      `layer "${layer.name}" (${layer.getClassName()}) must get inputs with one dimension more than their masks; got a mask of shape [${mask.shape}] for an input of shape [${value.shape}]`,
    );
  return logicalOr(expandDims(mask, -1), cast(zerosLike(value), 'bool'));
}
