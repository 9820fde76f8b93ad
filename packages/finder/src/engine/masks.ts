import { InputError } from '@lrfind/core';
import { any, cast, concat, expandDims, logicalOr, onesLike, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { inferenceLayers } from '../model/inference-layers.js';
import { maskedCall } from './masked-calls.js';
import { override } from './override.js';

/** A value and its mask, true where a step counts; null where all do. */
export interface MaskedTensor {
  readonly value: Tensor;
  readonly mask: Tensor | null;
}

/** A model as TensorFlow.js keeps it, without what it declares private. */
interface Graph {
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly nodesByDepth: Readonly<Record<string, readonly Node[]>>;
  call(inputs: Tensor | Tensor[], kwargs: CallOptions): Tensor | Tensor[];
}

interface Node {
  readonly outboundLayer: layers.Layer;
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** TensorFlow.js declares that there are masks for all inputs or for none; in truth each may be null. */
type ComputeMask = (
  inputs: Tensor | Tensor[],
  masks: Tensor | null | (Tensor | null)[],
) => Tensor | null | (Tensor | null)[];

interface CallOptions {
  readonly training?: boolean;
}

// TensorFlow.js does not export the classes, so instances give access to them. The name keeps automatic names unchanged.
const name = 'probe';
const computeMaskOf = (layer: layers.Layer) => layer.computeMask as unknown as ComputeMask;
const DEFAULT = computeMaskOf(layers.flatten({ name }));
const MERGE = computeMaskOf(layers.add({ name }));
const CONCATENATE = computeMaskOf(layers.concatenate({ name }));
const DOT = computeMaskOf(layers.dot({ axes: 1, name }));
const RECURRENT = computeMaskOf(layers.simpleRNN({ units: 1, name }));
const BIDIRECTIONAL = computeMaskOf(
  layers.bidirectional({ layer: layers.simpleRNN({ units: 1, name }), mergeMode: 'concat', name }) as layers.Layer,
);
/** Rules that pass on masks and make none. */
const PASSING: ReadonlySet<ComputeMask> = new Set([DEFAULT, MERGE, CONCATENATE, DOT, RECURRENT, BIDIRECTIONAL]);

/** Classes that pass on masks in Keras and not in TensorFlow.js. */
const PASSING_IN_KERAS: ReadonlySet<string> = new Set([
  'ELU',
  'GlobalAveragePooling1D',
  'LeakyReLU',
  'Rescaling',
  'Softmax',
  'ThresholdedReLU',
]);

/**
 * Whether a model has a layer that makes masks, such as `masking` or `embedding` with `maskZero`.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 */
export function makesMasks(parts: ReadonlySet<layers.Layer>): boolean {
  return [...parts].some(
    (layer) => layer.supportsMasking && graphOf(layer) === undefined && !PASSING.has(computeMaskOf(layer)),
  );
}

/**
 * Runs a model with masks that go from layer to layer as in Keras 3. TensorFlow.js drops them at the end of each model,
 * hands a mask on to layers that do not follow the masked one, and leaves them out in batch normalisation and in
 * `globalAveragePooling1d`.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @returns the outputs with their masks
 * @throws InputError for a layer within `timeDistributed` that would need the mask of a single step
 */
export function applyWithMasks(
  model: layers.Layer,
  parts: ReadonlySet<layers.Layer>,
  inputs: readonly Tensor[],
  training: boolean,
): MaskedTensor[] {
  const inference = inferenceLayers(parts);
  // Models within wrappers are not called from here.
  const restores = [...parts].flatMap((part) => {
    const graph = part === model ? undefined : graphOf(part);
    if (!graph) return [];
    const call: Graph['call'] = (given, options) => {
      const values = [given].flat().map((value) => ({ value, mask: null }));
      const outputs = runGraph(graph, values, options.training ?? false, inference).map(({ value }) => value);
      return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
    };
    return [override(part, 'call', call)];
  });
  try {
    const values = inputs.map((value) => ({ value, mask: null }));
    return runGraph(graphOf(model) as Graph, values, training, inference);
  } finally {
    for (const restore of restores) restore();
  }
}

/** The graph of a model; `sequential` has it in a model of its own. Undefined for a layer that is no model. */
function graphOf(layer: layers.Layer): Graph | undefined {
  const { model, nodesByDepth } = layer as unknown as { model?: Graph; nodesByDepth?: object };
  if (model?.nodesByDepth) return model;
  return nodesByDepth ? (layer as unknown as Graph) : undefined;
}

/** @param inference layers that do not train, with all that is within them */
function runGraph(
  graph: Graph,
  inputs: readonly MaskedTensor[],
  training: boolean,
  inference: ReadonlySet<layers.Layer>,
): MaskedTensor[] {
  const known = new Map(graph.inputs.map(({ id }, i) => [id, inputs[i] as MaskedTensor]));
  const depths = Object.keys(graph.nodesByDepth).map(Number);
  for (const depth of depths.sort((a, b) => b - a)) {
    for (const { outboundLayer, inputTensors, outputTensors } of graph.nodesByDepth[depth] ?? []) {
      if (outputTensors.every(({ id }) => known.has(id))) continue;
      const given = inputTensors.map(({ id }) => known.get(id) as MaskedTensor);
      const made = runLayer(outboundLayer, given, training && !inference.has(outboundLayer), inference);
      for (const [i, { id }] of outputTensors.entries()) known.set(id, made[i] as MaskedTensor);
    }
  }
  return graph.outputs.map(({ id }) => known.get(id) as MaskedTensor);
}

function runLayer(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  training: boolean,
  inference: ReadonlySet<layers.Layer>,
): MaskedTensor[] {
  const graph = graphOf(layer);
  if (graph) return runGraph(graph, inputs, training, inference);
  const values = inputs.map(({ value }) => value);
  const [mask] = inputs.map((input) => input.mask);
  const special = mask && maskedCall(layer, values[0] as Tensor, mask, training);
  const outputs =
    special ?? [layer.apply(values, { training, ...(mask && takesMask(layer, mask) && { mask }) })].flat();
  const masks = outputMasks(layer, inputs);
  return (outputs as Tensor[]).map((value, i) => ({ value, mask: masks[i] ?? null }));
}

/** Whether a layer is called with the mask of its first input. */
function takesMask(layer: layers.Layer, mask: Tensor): boolean {
  switch (layer.getClassName()) {
    case 'TimeDistributed': {
      const { layer: inner } = layer as unknown as { layer: layers.Layer };
      const usesMask =
        graphOf(inner) || computeMaskOf(inner) === RECURRENT || computeMaskOf(inner) === BIDIRECTIONAL || mask.rank > 2;
      if (!usesMask) return false;
      throw new InputError(
        `layer "${layer.name}" (TimeDistributed) must get a sequence without a mask, or contain a layer that does not use masks; got a mask of shape [${mask.shape}] for "${inner.name}" (${inner.getClassName()})`,
      );
    }
    case 'Softmax':
      return false;
    default:
      return true;
  }
}

/** The masks of a layer's outputs, by the rules of Keras 3. */
function outputMasks(layer: layers.Layer, inputs: readonly MaskedTensor[]): (Tensor | null)[] {
  if (!layer.supportsMasking && !PASSING_IN_KERAS.has(layer.getClassName())) return [];
  const masks = inputs.map(({ mask }) => mask);
  const rule = computeMaskOf(layer);
  const masked = masks.some((mask) => mask);
  if (PASSING.has(rule) && !masked) return [];
  if (layer.getClassName() === 'GlobalAveragePooling1D' || rule === DOT) return [];
  if (rule === MERGE) return masks.every((mask) => mask) ? [(masks as Tensor[]).reduce((a, b) => logicalOr(a, b))] : [];
  if (rule === CONCATENATE) return [concatenatedMask(inputs, (layer as unknown as { axis: number }).axis)];
  if (rule === DEFAULT) return masks;
  return [
    rule.call(layer, inputs.length === 1 ? (inputs[0] as MaskedTensor).value : inputs.map(({ value }) => value), masks),
  ].flat();
}

/** A step counts where it does in any of the inputs. */
function concatenatedMask(inputs: readonly MaskedTensor[], axis: number): Tensor {
  const whole = inputs.map(({ value, mask }) => {
    if (!mask) return cast(onesLike(value), 'bool');
    if (mask.rank >= value.rank) return mask;
    return logicalOr(expandDims(mask, -1), cast(zerosLike(value), 'bool'));
  });
  return any(concat(whole, axis), -1);
}
