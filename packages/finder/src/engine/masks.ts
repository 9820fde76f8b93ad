import { stack, type Tensor, unstack } from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Composed } from '../model/layers/composed-layer.js';
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
 * Whether a model has a layer that makes masks, such as `masking` or `embedding` with `maskZero`.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 */
export function makesMasks(parts: ReadonlySet<layers.Layer>): boolean {
  return [...parts].some((layer) => graphOf(layer) === undefined && makesMask(layer));
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

function runGraph(graph: Graph, inputs: readonly MaskedTensor[], training: boolean): MaskedTensor[] {
  const known = new Map(graph.inputs.map(({ id }, i) => [id, inputs[i] as MaskedTensor]));
  const depths = Object.keys(graph.nodesByDepth).map(Number);
  for (const depth of depths.sort((a, b) => b - a)) {
    for (const node of graph.nodesByDepth[depth] ?? []) {
      const { outboundLayer, inputTensors, outputTensors } = node;
      if (outputTensors.every(({ id }) => known.has(id))) continue;
      const given = inputTensors.map(({ id }) => known.get(id) as MaskedTensor);
      const made = runLayer(outboundLayer, given, ownPhase(node) ?? training);
      for (const [i, { id }] of outputTensors.entries()) known.set(id, made[i] as MaskedTensor);
    }
  }
  return graph.outputs.map(({ id }) => known.get(id) as MaskedTensor);
}

/**
 * Runs a layer, which may be a model, with masks.
 *
 * @returns its outputs with their masks
 * @throws InputError for a mask that the layer cannot use
 */
export function runLayer(layer: layers.Layer, inputs: readonly MaskedTensor[], training: boolean): MaskedTensor[] {
  const graph = graphOf(layer);
  if (graph) return runGraph(graph, inputs, training);
  const masks = outputMasks(layer, inputs);
  return outputsOf(layer, inputs, training).map((value, i) => ({ value, mask: masks[i] ?? null }));
}

function outputsOf(layer: layers.Layer, inputs: readonly MaskedTensor[], training: boolean): Tensor[] {
  if (layer instanceof Composed) {
    const values = inputs.map((input) => input.value);
    const masks = inputs.map((input) => input.mask);
    return [layer.apply(values, masks.some((each) => each) ? { training, masks } : { training })].flat() as Tensor[];
  }
  const merged = inputs.some(({ mask }) => mask) && maskedMerge(layer, inputs);
  if (merged) return [merged];
  const [{ value, mask }] = inputs as [MaskedTensor];
  // Keras gives no mask to a recurrent layer that gets its first states: there, each argument would need a mask of its own.
  if (!mask || inputs.length > 1)
    return [
      layer.apply(
        inputs.map((input) => input.value),
        { training },
      ),
    ].flat() as Tensor[];
  if (layer.getClassName() === TIME_DISTRIBUTED) return [overTime(layer as TimeDistributed, value, mask, training)];
  return maskedCall(layer, value, mask, training);
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
