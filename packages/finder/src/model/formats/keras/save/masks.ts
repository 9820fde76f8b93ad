import { InputError, isObject } from '@lrfind/core';
import type { layers } from '@tensorflow/tfjs-layers';
import { type CallMasks, type GivenMask, type MaskStep, maskList, type TensorPlace } from '../../../call-masks.js';
import { kerasClassName } from '../../../layers/translate-keras-layer.js';

type TensorOf = (place: TensorPlace) => Readonly<Record<string, unknown>>;

/** The masks that a call is given, as arguments of the call in a file of Keras 3. */
export function writtenMasks({ masks }: CallMasks, tensorOf: TensorOf): Readonly<Record<string, unknown>> {
  const of = (mask: GivenMask) => (mask === null ? null : tensorGiven(mask, tensorOf));
  return Object.fromEntries(
    Object.entries(masks).map(([name, given]) => [name, maskList(given)?.map(of) ?? of(given as GivenMask)]),
  );
}

/** The operations with which Keras itself writes masks: what they give follows again from the layers of an `.h5`. */
const OWN = ['NotEqual', 'Any', 'LogicalOr', 'ExpandDims', 'ZerosLike', 'OnesLike', 'Concatenate', 'ConvertToTensor'];

/**
 * Refuses masks that an `.h5` has no place for here, because they do not follow from the layers.
 *
 * @param title what messages call the layer
 * @throws InputError where the model gives a mask to a call
 */
export function refuseGivenMasks({ keras, masks, steps }: CallMasks, title: string): void {
  const isOwn =
    keras === 3 &&
    !title.includes('(Softmax)') &&
    Object.entries(masks).every(([name, mask]) => name === 'mask' && isOfLayers(mask));
  if ((isOwn || Object.keys(masks).length === 0) && steps.every(({ operation }) => OWN.includes(operation.operation)))
    return;
  throw new InputError(
    `${title} cannot be saved as .h5: its call is given a mask, which .keras alone can hold: save as .keras`,
  );
}

/**
 * Refuses to write a model with masks for another version of Keras than it is from, where the versions compute masked steps otherwise.
 *
 * @param kind the layer's class in Keras
 * @param hasStates whether the call gets first states
 * @throws InputError naming the layer
 */
export function refuseOtherMasks(masks: CallMasks, keras: 2 | 3, kind: string, hasStates: boolean, name: string): void {
  const differs = hasStates || ['MultiHeadAttention', 'Multiply', 'Maximum', 'Minimum'].includes(kind);
  if (masks.keras === keras || !differs) return;
  const [own, other] = keras === 2 ? ['.keras', '.h5, which Keras 2 reads'] : ['.h5', '.keras, which Keras 3 reads'];
  throw new InputError(
    `layer "${name}" (${kind}) cannot be saved as ${other} with other masks than Keras ${masks.keras} has: save as ${own}`,
  );
}

/** Layers that merge tensors, whose masks Keras 2 and 3 merge otherwise. */
const MERGES = ['Add', 'Subtract', 'Average', 'Concatenate', 'Dot'];

/**
 * Refuses to write a layer that merges tensors with different masks for another version of Keras than its file is from.
 *
 * @throws InputError naming the layer
 */
export function refuseMergedMasks({ keras: own }: CallMasks, keras: 2 | 3, kind: string, layer: layers.Layer): void {
  if (own === keras || !MERGES.includes(kind)) return;
  for (const { inboundLayers } of layer.inboundNodes) {
    const [first, ...others] = inboundLayers.map((each) => [...maskSources(each)].toSorted().join());
    if (others.every((each) => each === first)) continue;
    throw new InputError(
      `layer "${layer.name}" (${kind}) cannot be saved as ${keras === 2 ? '.h5' : '.keras'}: Keras ${own} and ${keras} merge different masks otherwise: save as ${keras === 2 ? '.keras' : '.h5'}`,
    );
  }
}

/** The names of the layers at and before this one that make masks. */
function maskSources(layer: layers.Layer, found = new Map<layers.Layer, Set<string>>()): Set<string> {
  const known = found.get(layer);
  if (known) return known;
  const sources = new Set<string>();
  found.set(layer, sources);
  const { mask_zero: maskZero, maskZero: zero } = layer.getConfig() as Record<string, unknown>;
  if (kerasClassName(layer) === 'Masking' || maskZero === true || zero === true) sources.add(layer.name);
  for (const { inboundLayers } of layer.inboundNodes)
    for (const before of inboundLayers) for (const name of maskSources(before, found)) sources.add(name);
  return sources;
}

/** What steps give, or for a model with several inputs a list of that. */
function isOfLayers(mask: CallMasks['masks'][string]): boolean {
  const list = [mask].flat();
  return list.every((each) => each === null || typeof each === 'string') && list.some((each) => each !== null);
}

/**
 * A step of the arithmetic of masks, as the operation that it is in a file of Keras 3.
 *
 * @throws InputError for one that a file of Keras 2 had
 */
export function writtenStep({ name, written }: MaskStep, tensorOf: TensorOf): Readonly<Record<string, unknown>> {
  const { class_name, module, config, args, kwargs } = written;
  if (String(class_name).includes('OpLambda'))
    throw new InputError(
      `layer "${name}" (${class_name}) cannot be saved for Keras 3, which does not have it: save as .h5`,
    );
  const restored = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restored);
    if (!isObject(value)) return value;
    if ('ref' in value) return tensorGiven(value.ref as TensorPlace | string, tensorOf);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, restored(each)]));
  };
  return {
    // An `.h5` does not say where Python finds it.
    module:
      module ?? (/^(Cast|ConvertToTensor)$/.test(String(class_name)) ? 'keras.src.ops.core' : 'keras.src.ops.numpy'),
    class_name,
    config,
    registered_name: null,
    name,
    inbound_nodes: [{ args: restored(args), kwargs: restored(kwargs) }],
  };
}

/** A tensor of the graph, or what a step gives; Keras reads the place alone, and no shape. */
function tensorGiven(mask: TensorPlace | string, tensorOf: TensorOf): Readonly<Record<string, unknown>> {
  if (typeof mask !== 'string') return tensorOf(mask);
  return { class_name: '__keras_tensor__', config: { shape: [null], dtype: 'bool', keras_history: [mask, 0, 0] } };
}
