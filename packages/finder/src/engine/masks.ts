import { stack, type Tensor, unstack } from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { callMasks } from '../model/call-masks.js';
import { Composed } from '../model/layers/composed-layer.js';
import { afterCall, type GivenMasks, getsStates, inputsOfCall, StepsOfRun, usesMaskWithStates } from './keras-calls.js';
import { type MaskedTensor, makesMask, outputMasks } from './mask-rules.js';
import { maskedCall } from './masked-calls.js';
import { maskedMerge } from './masked-merges.js';
import { override } from './override.js';

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
  /** What the model's author gave to `apply` besides the input. */
  readonly callArgs?: CallOptions | null;
}

interface CallOptions {
  readonly training?: boolean;
  /** The version of Keras that wrote the call; 2 where `training` holds whatever the model does. */
  readonly keras?: number;
}

/**
 * Whether a model has a layer that makes masks, such as `masking` or `embedding` with `maskZero`, or gives masks to its layers as a file
 * of Keras may.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 */
export function makesMasks(parts: ReadonlySet<layers.Layer>): boolean {
  return [...parts].some((layer) => {
    const graph = graphOf(layer);
    return graph ? nodesOf(graph).some(({ callArgs }) => callMasks(callArgs)) : makesMask(layer);
  });
}

/**
 * Whether a call takes one tensor twice, such as `x * x`. TensorFlow.js then frees the tensor before later calls have it, except in training.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 */
export function takesTensorsTwice(parts: ReadonlySet<layers.Layer>): boolean {
  return [...parts].some((layer) => {
    const graph = graphOf(layer);
    return graph !== undefined && nodesOf(graph).some(({ inputTensors: all }) => new Set(all).size < all.length);
  });
}

/**
 * Whether a layer is called with a `training` of its own that holds: that of a file of Keras 2, as in `base(x, training=False)`.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 */
export function hasOwnPhases(parts: ReadonlySet<layers.Layer>): boolean {
  return [...parts].some((layer) =>
    Object.values(graphOf(layer)?.nodesByDepth ?? {})
      .flat()
      .some((node) => ownPhase(node) !== undefined),
  );
}

function ownPhase({ callArgs }: Node): boolean | undefined {
  return callArgs?.keras === 2 ? callArgs.training : undefined;
}

/**
 * Runs a model with masks that go from layer to layer as in Keras 3. TensorFlow.js drops them at the end of each model,
 * hands a mask on to layers that do not follow the masked one, gives `timeDistributed` no mask of a step, and leaves them out
 * in batch normalisation and in `globalAveragePooling1d`. In training, `withBatchNorm` must be around this.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @returns the outputs with their masks
 * @throws InputError for a layer that cannot use the mask it gets
 */
export function applyWithMasks(
  model: layers.Layer,
  parts: ReadonlySet<layers.Layer>,
  inputs: readonly Tensor[],
  training: boolean,
): MaskedTensor[] {
  // Models within wrappers are not called from here.
  const restores = [...parts].flatMap((part) => {
    const graph = part === model ? undefined : graphOf(part);
    if (!graph) return [];
    const call: Graph['call'] = (given, options) => {
      const values = [given].flat().map((value) => ({ value, mask: null }));
      const outputs = runGraph(graph, values, options.training ?? false).map(({ value }) => value);
      return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
    };
    return [override(part, 'call', call)];
  });
  try {
    const values = inputs.map((value) => ({ value, mask: null }));
    return runGraph(graphOf(model) as Graph, values, training);
  } finally {
    for (const restore of restores) restore();
  }
}

/** The graph of a model; `sequential` has it in a model of its own. Undefined for a layer that is no model. */
export function graphOf(layer: layers.Layer): Graph | undefined {
  const { model, nodesByDepth } = layer as unknown as { model?: Graph; nodesByDepth?: object };
  if (model?.nodesByDepth) return model;
  return nodesByDepth ? (layer as unknown as Graph) : undefined;
}

/** The calls of a graph in the order in which they run: by their distance from the outputs, or as the file of Keras says. */
function nodesOf({ nodesByDepth }: Graph): readonly Node[] {
  const depths = Object.keys(nodesByDepth).map(Number);
  const nodes = depths.sort((a, b) => b - a).flatMap((depth) => nodesByDepth[depth] ?? []);
  const called = nodes.filter(({ outboundLayer }) => outboundLayer.getClassName() !== 'InputLayer');
  const orders = new Map(called.map((node) => [node, callMasks(node.callArgs)]));
  if (![...orders.values()].every((call) => call?.keras === 3)) return nodes;
  const orderOf = (node: Node) => orders.get(node)?.order ?? -1;
  return [...nodes].sort((a, b) => orderOf(a) - orderOf(b));
}

function runGraph(graph: Graph, inputs: readonly MaskedTensor[], training: boolean): MaskedTensor[] {
  const known = new Map<number, MaskedTensor>();
  const steps = new StepsOfRun();
  const remember = (symbolic: SymbolicTensor, tensor: MaskedTensor) => {
    const { nodeIndex, tensorIndex, sourceLayer } = symbolic as SymbolicTensor & Indices;
    known.set(symbolic.id, tensor);
    steps.set([sourceLayer.name, nodeIndex, tensorIndex], tensor);
  };
  for (const [i, input] of graph.inputs.entries()) remember(input, inputs[i] as MaskedTensor);
  for (const node of nodesOf(graph)) {
    const { outboundLayer, inputTensors, outputTensors, callArgs } = node;
    if (outputTensors.every(({ id }) => known.has(id))) continue;
    const given = inputTensors.map(({ id }) => known.get(id) as MaskedTensor);
    const made = runLayer(outboundLayer, given, ownPhase(node) ?? training, steps.given(callMasks(callArgs)));
    for (const [i, symbolic] of outputTensors.entries()) remember(symbolic, made[i] as MaskedTensor);
  }
  return graph.outputs.map(({ id }) => known.get(id) as MaskedTensor);
}

/** Where TensorFlow.js keeps which tensor of which call a symbolic tensor is. */
interface Indices {
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/**
 * Runs a layer, which may be a model, with masks.
 *
 * @param call what a file of Keras gives to the call. Default: nothing, and the masks that the inputs bring hold
 * @returns its outputs with their masks
 * @throws InputError for a mask that the layer cannot use
 */
export function runLayer(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  training: boolean,
  call?: GivenMasks,
): MaskedTensor[] {
  const graph = graphOf(layer);
  if (graph) {
    // In Keras 3 a mask that a model is given stays with the tensor, also behind the model.
    for (const [i, mask] of [call?.masks.mask ?? []].flat().entries())
      if (mask) (inputs[i] as MaskedTensor).mask = mask;
    return runGraph(graph, inputs, training);
  }
  const masked = inputsOfCall(layer, inputs, call);
  const masks = outputMasks(layer, masked, call?.keras);
  const outputs = outputsOf(layer, masked, training, call).map((value, i) => ({ value, mask: masks[i] ?? null }));
  return [...afterCall(layer, inputs, outputs, call, training)];
}

function outputsOf(
  layer: layers.Layer,
  inputs: readonly MaskedTensor[],
  training: boolean,
  call: GivenMasks | undefined,
): Tensor[] {
  if (layer instanceof Composed) {
    const values = inputs.map((input) => input.value);
    const masks = inputs.map((input) => input.mask);
    return [layer.apply(values, masks.some((each) => each) ? { training, masks } : { training })].flat() as Tensor[];
  }
  // Keras 2 counts masked steps in every merge.
  const merged = call?.keras !== 2 && inputs.some(({ mask }) => mask) && maskedMerge(layer, inputs);
  if (merged) return [merged];
  const [{ value, mask }] = inputs as [MaskedTensor];
  // Keras 3 gives no mask to a recurrent layer that gets its first states: there, each argument would need a mask of its own.
  if (mask && getsStates(layer, inputs) && usesMaskWithStates(call)) return maskedCall(layer, inputs, mask, training);
  if (!mask || inputs.length > 1)
    return [
      layer.apply(
        inputs.map((input) => input.value),
        { training },
      ),
    ].flat() as Tensor[];
  if (layer.getClassName() === TIME_DISTRIBUTED) return [overTime(layer as TimeDistributed, value, mask, training)];
  return maskedCall(layer, inputs, mask, training);
}

/** Runs the inner layer on each step, with the mask of that step; TensorFlow.js would hand it the whole one. */
function overTime({ layer }: TimeDistributed, value: Tensor, mask: Tensor, training: boolean): Tensor {
  const masks = unstack(mask, 1);
  const steps = unstack(value, 1).map((step, i) => {
    const [output] = runLayer(layer, [{ value: step, mask: masks[i] as Tensor }], training) as [MaskedTensor];
    return output.value;
  });
  return stack(steps, 1);
}

const TIME_DISTRIBUTED = 'TimeDistributed';

type TimeDistributed = layers.Layer & { readonly layer: layers.Layer };
