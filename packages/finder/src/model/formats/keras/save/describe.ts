import { InputError, isObject, shownValue } from '@lrfind/core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { callMasks, type TensorPlace } from '../../../call-masks.js';
import type { KerasVersion } from '../../../layers/keras-layer.js';
import { kerasClassName, kerasLayer } from '../../../layers/translate-keras-layer.js';
import { wholeTopology } from '../../../whole-topology.js';
import { refuseGivenMasks, refuseMergedMasks, refuseOtherMasks, writtenMasks, writtenStep } from './masks.js';
import { operationAsLayer, operationOf3, type WrittenOperation } from './operations.js';
import { writtenPart } from './parts.js';

/** A layer or model as TensorFlow.js describes it, in Keras's spelling. */
interface Described {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly inbound_nodes?: readonly (readonly (readonly [string, number, number, unknown?])[])[];
}

/** The shape of a batch; an open length is null. */
type Shape = readonly (number | null)[];

/** A model of TensorFlow.js, as far as it is used here. */
type Model = layers.Layer & { readonly layers: readonly layers.Layer[]; readonly inputs: readonly SymbolicTensor[] };

const modelClasses = ['Sequential', 'Functional', 'Model'];
const parts = ['initializer', 'regularizer', 'constraint', 'activation'] as const;
/** Layers whose one argument is a list of tensors. */
const merging = [
  'Add',
  'Subtract',
  'Multiply',
  'Average',
  'Maximum',
  'Minimum',
  'Concatenate',
  'Dot',
  'CustomScaleLayer',
];
const isList = (kind: string) => merging.includes(kind) || kind === 'Attention' || kind === 'AdditiveAttention';
/** What TensorFlow.js describes and Keras has nowhere, or writes beside the layer. */
const leftOut = [
  'custom_objects',
  'batch_input_shape',
  'input_shape',
  'input_dtype',
  'dtype',
  'implementation',
  'input_length',
  'sparse',
  'ragged',
  'keras2',
];

/**
 * The configuration of a model as Keras writes it into a file.
 *
 * @param keras the version: 2 for what `.h5` files have, which both versions read
 * @throws InputError naming the layer, for one that Keras does not have, or has with other numbers
 */
export function describeForKeras(model: LayersModel, keras: KerasVersion): Readonly<Record<string, unknown>> {
  return describeModel(wholeTopology(model) as Described, model as never, keras, false);
}

/** @param around whether a model around it is frozen. Keras asks the layers alone, TensorFlow.js the models around them too */
function describeModel(
  described: Described,
  model: Model,
  keras: KerasVersion,
  around: boolean,
): Readonly<Record<string, unknown>> {
  const { name } = model;
  checkName(name, 'model');
  const frozen = around || !model.trainable;
  const trainable = !frozen;
  const inner = described.config.layers as readonly Described[];
  const isSequential = described.class_name === 'Sequential';
  if (isSequential) {
    const own = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
    const shown = inner.filter(({ class_name }) => class_name !== 'InputLayer');
    const input = inputLayer(`${name}_input`, model.inputs[0] as SymbolicTensor, keras);
    const list = shown.map((each, i) => describeLayer(each, own[i] as layers.Layer, keras, frozen));
    const shape = model.inputs[0]?.shape;
    const config = { name, trainable, layers: [input, ...list], build_input_shape: shape };
    return framed('Sequential', config, keras, 'keras');
  }
  const live = new Map(model.layers.map((layer) => [layer.name, layer]));
  const inputs = new Map(model.inputs.map(({ sourceLayer }) => [sourceLayer.name, sourceLayer]));
  const layerOf = (name: string) => (live.get(name) ?? inputs.get(name)) as layers.Layer;
  const isModel = (layer: string) => 'layers' in layerOf(layer);
  const ends = (key: 'input_layers' | 'output_layers') =>
    (described.config[key] as [string, number, number][]).map(([layer, call, tensor]) => [
      layer,
      // Of the ends Keras 3 counts a functional model's own call all the same.
      layerOf(layer).getClassName() === 'Sequential' ? callOf(layer, call) : call,
      tensor,
    ]);
  // TensorFlow.js counts a model's own call, as Keras 2 does; Keras 3 begins with the first that is written.
  const callOf = (layer: string, call: number) => (keras === 3 && isModel(layer) ? call - 1 : call);
  const steps: Readonly<Record<string, unknown>>[] = [];
  const list = inner.map((each) => {
    const layer = layerOf(each.name as string);
    const entry =
      each.class_name === 'InputLayer'
        ? inputLayer(
            layer.name,
            model.inputs.find(({ sourceLayer }) => sourceLayer === layer) ?? (layer.output as SymbolicTensor),
            keras,
          )
        : describeLayer(each, layer, keras, frozen);
    const kind = kerasClassName(layer);
    const options = callOptionsOf(kind, each.config);
    const calls = (each.inbound_nodes ?? []).map((tensors) => {
      const from = tensors.map(([name, call, tensor]) => [name, call, tensor] as const);
      const masks = callMasks(tensors.at(-1)?.[3]);
      const roles = isList(kind) ? undefined : rolesGiven(kind, each.config, from.length);
      const hasStates = takesStates(layer);
      if (masks) refuseOtherMasks(masks, keras, kind, hasStates && from.length > 1, layer.name);
      if (masks) refuseMergedMasks(masks, keras, kind, layer);
      if (keras === 2) {
        if (masks) refuseGivenMasks(masks, `layer "${layer.name}" (${kind})`);
        if (roles)
          throw new InputError(
            `layer "${layer.name}" (${kind}) cannot be saved as .h5, in which Keras 2 and 3 write calls with several arguments otherwise: save as .keras`,
          );
        return from.map((place, i) => [...place, { ...options, ...(i === 0 && ownPhase(tensors[0]?.[3])) }]);
      }
      const tensorOf = ([name, call, tensor]: TensorPlace) =>
        kerasTensor(layerOf(name), call, tensor, callOf(name, call));
      const args = from.map(tensorOf);
      if (isOperation(layer)) return args;
      const given = masks ? writtenMasks(masks, tensorOf) : {};
      for (const step of masks?.steps ?? []) steps.push(writtenStep(step, tensorOf));
      const asList = isList(kind) || (isModel(layer.name) && args.length > 1);
      if (!asList && args.length > 1 && !roles && !hasStates)
        throw new InputError(
          `layer "${layer.name}" (${kind}) cannot be saved for Keras: it takes ${args.length} tensors`,
        );
      if (hasStates && args.length > 1)
        return { args: args.slice(0, 1), kwargs: { initial_state: args.slice(1), ...given } };
      if (asList) return { args: [args], kwargs: { ...options, ...given } };
      const named = Object.fromEntries((roles ?? []).slice(2).map((role, i) => [role, args[i + 2]]));
      return { args: roles ? args.slice(0, 2) : args, kwargs: { ...named, ...options, ...given } };
    });
    if (keras === 3 && isOperation(layer)) return operationOf3(layer.name, operationIn(layer), calls[0] as unknown[]);
    return { ...entry, name: layer.name, inbound_nodes: calls };
  });
  // A list of one is another thing than the one in Keras 3.
  const asKeras = (list: readonly unknown[]) => (keras === 3 && list.length === 1 ? list[0] : list);
  const config = {
    name,
    trainable,
    layers: [...list, ...steps],
    input_layers: asKeras(ends('input_layers')),
    output_layers: asKeras(ends('output_layers')),
  };
  return framed('Functional', config, keras, 'keras.src.models.functional');
}

/** Options that a layer has here, and its calls in Keras: those that are true. */
function callOptionsOf(kind: string, config: Described['config']): Readonly<Record<string, unknown>> {
  const options = kerasLayer(kind)?.callOptions ?? [];
  return Object.fromEntries(options.filter((option) => config[option] === true).map((option) => [option, true]));
}

/** What the arguments of attention are called, in order: query and value first; undefined for a layer that has no names for them. */
function rolesGiven(kind: string, config: Described['config'], count: number): readonly string[] | undefined {
  const roles = kerasLayer(kind)?.inputs;
  if (!roles) return undefined;
  return Array.isArray(config.inputs) ? (config.inputs as string[]) : roles.slice(0, count);
}

function describeLayer(
  described: Described,
  layer: layers.Layer,
  keras: KerasVersion,
  frozen: boolean,
): Readonly<Record<string, unknown>> {
  if (modelClasses.includes(described.class_name)) return describeModel(described, layer as Model, keras, frozen);
  checkName(layer.name, 'layer');
  // In Keras 3 it stands beside the layers, with its tensors among its arguments.
  if (isOperation(layer)) return keras === 3 ? {} : operationLayer(layer);
  const kind = kerasClassName(layer);
  const title = `layer "${layer.name}" (${kind})`;
  const row = kerasLayer(kind);
  if (!row || (kind === 'ThresholdedReLU' && keras === 3))
    throw new InputError(
      `${title} cannot be saved for Keras${row ? ' 3' : ''}, which does not have this layer: save to a folder, as TensorFlow.js's model.json`,
    );
  const known = [...Object.keys(row.required ?? {}), ...Object.keys(row.optional ?? {})];
  const config: Record<string, unknown> = { name: layer.name, trainable: layer.trainable && !frozen, dtype: 'float32' };
  for (const [key, value] of Object.entries(described.config)) {
    const part = parts.find((each) => key === each || key.endsWith(`_${each}`));
    if (part) config[key] = writtenPart(part, value, `${title}: ${key}`, keras);
    else if (key === 'layer' && isObject(value))
      config[key] = describeInner(value as never, layer, keras, frozen || !layer.trainable);
    else if (key === 'backward_layer' && isObject(value))
      config[key] = describeInner(value as never, layer, keras, frozen || !layer.trainable, 'backward');
    else if (leftOut.includes(key) || key in config || row.callOptions?.includes(key)) continue;
    else if (key === 'inputs' && row.inputs) continue;
    else if (known.includes(key)) config[key] = value;
    else if (value != null && value !== false)
      throw new InputError(`${title} cannot be saved for Keras: it has no ${key}, which is ${shownValue(value)}`);
  }
  return framed(kind, inWordsOf(keras, kind, config), keras, row.module ?? 'keras.layers');
}

/** Whether a layer is an operation such as `x + 1`, which Keras does not count with the layers. */
export function isOperation(layer: layers.Layer): boolean {
  return layer.getClassName() === 'KerasOperation';
}

/** What an operation computes; TensorFlow.js would write its name in another spelling. */
function operationIn(layer: layers.Layer): WrittenOperation {
  return layer.getConfig() as unknown as WrittenOperation;
}

function operationLayer(layer: layers.Layer): Readonly<Record<string, unknown>> {
  const [node] = layer.inboundNodes as unknown as { inputShapes: Shape[]; outputShapes: Shape[] }[];
  const operation = operationIn(layer);
  const title = `layer "${layer.name}" (${operation.operation})`;
  const { class_name, config } = operationAsLayer(
    title,
    operation,
    node?.inputShapes ?? [],
    node?.outputShapes[0] ?? [],
  );
  return framed(class_name, { name: layer.name, trainable: true, dtype: 'float32', ...config }, 2, 'keras.layers');
}

/** Whether further tensors of its call are the first states of a recurrent layer. */
function takesStates(layer: layers.Layer): boolean {
  const { cell, forwardLayer } = layer as unknown as { cell?: unknown; forwardLayer?: { cell?: unknown } };
  return (cell ?? forwardLayer?.cell) !== undefined;
}

/** The `training` of a call that holds, as in files of Keras 2. */
function ownPhase(options: unknown): object {
  return isObject(options) && options.keras === 2 ? { training: options.training } : {};
}

/** The layer that a wrapper repeats. */
function describeInner(
  described: Described,
  wrapper: layers.Layer,
  keras: KerasVersion,
  frozen: boolean,
  direction: 'forward' | 'backward' = 'forward',
) {
  const { layer, forwardLayer, backwardLayer } = wrapper as unknown as Record<string, layers.Layer | undefined>;
  const inner = ((direction === 'forward' ? forwardLayer : backwardLayer) ?? layer) as layers.Layer;
  const entry = describeLayer(described, inner, keras, frozen) as { readonly config: object };
  // Keras puts the direction before the name itself.
  const name = forwardLayer ? inner.name.replace(/^(forward|backward)_/, '') : inner.name;
  // Keras 3 finds the class of a layer within a wrapper by its module alone.
  const module = described.class_name === 'Sequential' ? 'keras' : 'keras.layers';
  return { module, ...entry, config: { ...entry.config, name }, registered_name: null };
}

/** Parameters that the versions of Keras call otherwise, or have not. */
function inWordsOf(keras: KerasVersion, kind: string, config: Record<string, unknown>): Record<string, unknown> {
  const { ...words } = config;
  // Keras 3 has no regularisers of activities on most layers, and TensorFlow.js on none.
  if (words.activity_regularizer === null) delete words.activity_regularizer;
  if (kind === 'LeakyReLU' && keras === 3) {
    words.negative_slope = words.negative_slope ?? words.alpha ?? 0.3;
    delete words.alpha;
  }
  if (kind.startsWith('SpatialDropout') && words.trainable === true) delete words.trainable;
  // Keras 3 takes the word for a function in an `.h5`.
  if (words.score_mode === 'dot') delete words.score_mode;
  if (words.unit_forget_bias === null) words.unit_forget_bias = true;
  return words;
}

function inputLayer(name: string, { shape, dtype }: SymbolicTensor, keras: KerasVersion) {
  const config = {
    [keras === 3 ? 'batch_shape' : 'batch_input_shape']: shape,
    dtype,
    sparse: false,
    ragged: false,
    name,
  };
  return framed('InputLayer', config, keras, 'keras.layers');
}

function kerasTensor(layer: layers.Layer, call: number, tensor: number, written: number) {
  const nodes = layer.inboundNodes as unknown as { outputTensors: readonly SymbolicTensor[] }[];
  const { shape, dtype } = (nodes[call] as (typeof nodes)[0]).outputTensors[tensor] as SymbolicTensor;
  return { class_name: '__keras_tensor__', config: { shape, dtype, keras_history: [layer.name, written, tensor] } };
}

function framed(class_name: string, config: object, keras: KerasVersion, module: string): Record<string, unknown> {
  return keras === 2 ? { class_name, config } : { module, class_name, config, registered_name: null };
}

/** @throws InputError for a name with a slash, which Keras takes for a path */
function checkName(name: string, what: string): void {
  if (name.includes('/'))
    throw new InputError(`the name of ${what} "${name}" must have no slash to be saved for Keras`);
}
