import { InputError, isObject, shownValue } from '@lrfind/core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { KerasVersion } from '../../../layers/keras-layer.js';
import { kerasClassName, kerasLayer } from '../../../layers/translate-keras-layer.js';
import { wholeTopology } from '../../../whole-topology.js';
import { writtenPart } from './parts.js';

/** A layer or model as TensorFlow.js describes it, in Keras's spelling. */
interface Described {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly inbound_nodes?: readonly (readonly (readonly [string, number, number, unknown?])[])[];
}

/** A model of TensorFlow.js, as far as it is used here. */
type Model = layers.Layer & { readonly layers: readonly layers.Layer[]; readonly inputs: readonly SymbolicTensor[] };

const modelClasses = ['Sequential', 'Functional', 'Model'];
const parts = ['initializer', 'regularizer', 'constraint', 'activation'] as const;
/** Layers whose one argument is a list of tensors. */
const merging = ['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'];
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
  const isModel = (layer: string) => 'layers' in (live.get(layer) as layers.Layer);
  const ends = (key: 'input_layers' | 'output_layers') =>
    (described.config[key] as [string, number, number][]).map(([layer, call, tensor]) => [
      layer,
      // Of the ends Keras 3 counts a functional model's own call all the same.
      (live.get(layer) as layers.Layer).getClassName() === 'Sequential' ? callOf(layer, call) : call,
      tensor,
    ]);
  // TensorFlow.js counts a model's own call, as Keras 2 does; Keras 3 begins with the first that is written.
  const callOf = (layer: string, call: number) => (keras === 3 && isModel(layer) ? call - 1 : call);
  const list = inner.map((each) => {
    const layer = live.get(each.name as string) as layers.Layer;
    const entry =
      each.class_name === 'InputLayer'
        ? inputLayer(
            layer.name,
            model.inputs.find(({ sourceLayer }) => sourceLayer === layer) ?? (layer.output as SymbolicTensor),
            keras,
          )
        : describeLayer(each, layer, keras, frozen);
    const calls = (each.inbound_nodes ?? []).map((tensors) => {
      const from = tensors.map(([name, call, tensor]) => [name, call, tensor] as const);
      if (keras === 2) return from.map((place) => [...place, {}]);
      const args = from.map(([name, call, tensor]) =>
        kerasTensor(live.get(name) as layers.Layer, call, tensor, callOf(name, call)),
      );
      const isList = merging.includes(kerasClassName(layer)) || (isModel(layer.name) && args.length > 1);
      if (!isList && args.length > 1 && kerasLayer(kerasClassName(layer))?.inputs === undefined)
        throw new InputError(
          `layer "${layer.name}" (${kerasClassName(layer)}) cannot be saved for Keras: it takes ${args.length} tensors, an initial state among them`,
        );
      return { args: isList ? [args] : args, kwargs: {} };
    });
    return { ...entry, name: layer.name, inbound_nodes: calls };
  });
  const config = {
    name,
    trainable,
    layers: list,
    input_layers: ends('input_layers'),
    output_layers: ends('output_layers'),
  };
  return framed('Functional', config, keras, 'keras.src.models.functional');
}

function describeLayer(
  described: Described,
  layer: layers.Layer,
  keras: KerasVersion,
  frozen: boolean,
): Readonly<Record<string, unknown>> {
  if (modelClasses.includes(described.class_name)) return describeModel(described, layer as Model, keras, frozen);
  const kind = kerasClassName(layer);
  const title = `layer "${layer.name}" (${kind})`;
  checkName(layer.name, 'layer');
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
    else if (leftOut.includes(key) || key in config) continue;
    else if (known.includes(key)) config[key] = value;
    else if (value != null && value !== false)
      throw new InputError(`${title} cannot be saved for Keras: it has no ${key}, which is ${shownValue(value)}`);
  }
  return framed(kind, inWordsOf(keras, kind, config), keras, row.module ?? 'keras.layers');
}

/** The layer that a wrapper repeats. */
function describeInner(described: Described, wrapper: layers.Layer, keras: KerasVersion, frozen: boolean) {
  const { layer, forwardLayer } = wrapper as unknown as Record<string, layers.Layer | undefined>;
  const inner = (forwardLayer ?? layer) as layers.Layer;
  const entry = describeLayer(described, inner, keras, frozen) as { readonly config: object };
  // Keras puts the direction before the name itself.
  const name = forwardLayer ? inner.name.replace(/^forward_/, '') : inner.name;
  // Keras 3 finds the class of a layer within a wrapper by its module alone.
  return { module: 'keras.layers', ...entry, config: { ...entry.config, name }, registered_name: null };
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
