import { InputError, isObject, notAllowed, notOneOf } from '@lrfind/core';
import { allowed } from '@lrfind/core/options';
import type { TSchema } from 'typebox';
import { layerAliases } from '../../layers/keras-parts.js';
import { WRAPPED } from '../../layers/translate-keras-layer.js';
import { checkParameters, isCustomLayer, partKinds, translatePart } from '../../layers/translate-part.js';
import { checkGraph } from './graph.js';
import { everyLayer, layerParameters } from './layer-parameters.js';
import { isModelClass, type LayerConfig, layerTitle } from './topology.js';

/**
 * A model in the words that TensorFlow.js has, after a check of everything that its loader takes unchecked: the graph, the
 * ranges of parameters, the names of layers and of their parts. With impossible ones the loader does not end, or the
 * training fails later.
 *
 * @param model `class_name` and `config`, in Keras's spelling (`asKeras` makes it so)
 * @param outer what messages call the model when it has no name
 * @returns a copy
 * @throws InputError naming the layer, the parameter, what is allowed and the value
 */
export function translateModel(model: unknown, outer = 'model'): LayerConfig {
  const { class_name, config: given, ...others } = asLayer(model, outer);
  const config: Record<string, unknown> = Array.isArray(given) ? { layers: given } : { ...given };
  config.name ??= outer;
  checkParameters(`model ${JSON.stringify(config.name)}`, { name: everyLayer.name as TSchema }, config);
  if (!Array.isArray(config.layers) || config.layers.length === 0)
    throw notAllowed(`model "${config.name}": layers`, 'a list of layers', config.layers);
  config.layers = config.layers.map((layer, i) => translateLayer(layer, `layer ${i} of "${config.name}"`));
  for (const ends of ['input_layers', 'output_layers']) {
    const list = config[ends];
    // Keras writes a single end without the list around it.
    if (Array.isArray(list) && typeof list[0] === 'string') config[ends] = [list];
  }
  const translated = { ...others, class_name, config };
  checkGraph(translated);
  return translated;
}

function translateLayer(given: unknown, place: string): LayerConfig {
  const layer = asLayer(given, place);
  const class_name =
    (Object.hasOwn(layerAliases, layer.class_name) && layerAliases[layer.class_name]) || layer.class_name;
  if (isModelClass(class_name)) return translateModel({ ...layer, class_name }, String(layer.config.name ?? place));
  const parameters = Object.hasOwn(layerParameters, class_name) ? layerParameters[class_name] : undefined;
  const title = layer.config.name === undefined ? `${place} (${class_name})` : layerTitle({ ...layer, class_name });
  if (!parameters && !isCustomLayer(class_name))
    throw notOneOf(`${title}: its class`, [...Object.keys(layerParameters), 'Sequential', 'Functional'], class_name);
  const config: Record<string, unknown> = { ...layer.config };
  if (config.dtype != null) config.dtype = typeOfPolicy(config.dtype, title);
  // It means the same, and TensorFlow.js prints a warning of it.
  if (config.implementation === 0) config.implementation = 1;
  if (class_name === 'BatchNormalization' && Array.isArray(config.axis)) config.axis = oneAxis(config.axis, title);
  if (class_name === 'InputLayer' && typeof config.dtype === 'string') config.dtype = deviceType(config.dtype);
  if (parameters) {
    for (const [name, schema] of Object.entries(parameters.required)) {
      if (config[name] == null) throw new InputError(`${title} must have ${name}: ${allowed(schema)}`);
    }
    checkParameters(title, { ...everyLayer, ...parameters.required, ...parameters.optional }, config);
  }
  for (const [name, value] of Object.entries(config)) {
    const kind = partKinds.find((each) => name === each || name.endsWith(`_${each}`));
    if (kind && value != null) config[name] = translatePart(kind, value, `${title}: ${name}`, parameters === undefined);
    else if (parameters && ['layer', 'backward_layer', 'cell'].includes(name) && isObject(value))
      config[name] = translateLayer(value, `${name} of ${title}`);
    else if (parameters && (name === 'cells' || name === 'cell') && Array.isArray(value))
      config[name] = value.map((cell, i) => translateLayer(cell, `cell ${i} of ${title}`));
  }
  // TensorFlow.js has none on activations, so one that adds nothing is left out; others are refused.
  if (parameters && addsNothing(config.activity_regularizer)) delete config.activity_regularizer;
  for (const inner of WRAPPED[class_name] ?? []) {
    const value = config[inner];
    if (!isObject(value) && !Array.isArray(value))
      throw notAllowed(`${title}: ${inner}`, 'an object with class_name and config', value);
  }
  if (class_name === 'InputLayer' && config.batch_input_shape == null && config.input_shape == null)
    throw new InputError(`${title} must have batch_input_shape: ${allowed(everyLayer.batch_input_shape as TSchema)}`);
  return { ...layer, class_name, config };
}

/** The type that TensorFlow.js has for a type of inputs in Keras; the data are converted to it. */
function deviceType(dtype: string): string {
  if (/^b?float(16|64)$/.test(dtype)) return 'float32';
  return /^u?int(8|16|32|64)$/.test(dtype) ? 'int32' : dtype;
}

/**
 * What Keras writes for the type of a layer: its name, or an object around it. A policy of mixed precision computes in float16.
 *
 * @throws InputError for mixed precision, which TensorFlow.js does not have
 */
function typeOfPolicy(dtype: unknown, title: string): unknown {
  if (!isObject(dtype) || !['Policy', 'DTypePolicy'].includes(String(dtype.class_name)) || !isObject(dtype.config))
    return dtype;
  const { name } = dtype.config;
  if (typeof name !== 'string' || !name.startsWith('mixed_')) return name;
  throw new InputError(
    `${title}: dtype must be float32, in which TensorFlow.js computes; got the policy ${name}: build the model with the policy float32, its weights are the same`,
  );
}

/** The axis of batch normalisation, which Keras writes as a list with one element. */
function oneAxis(axis: readonly unknown[], title: string): unknown {
  if (axis.length !== 1) throw notAllowed(`${title}: axis`, 'a whole number, or a list with one', axis);
  return axis[0];
}

/** Whether a translated regulariser has factors of 0 alone. */
function addsNothing(regularizer: unknown): boolean {
  if (!isObject(regularizer) || !isObject(regularizer.config)) return false;
  const { l1 = 0, l2 = 0, factor = 0 } = regularizer.config;
  return [l1, l2, factor].every((each) => each === 0);
}

function asLayer(given: unknown, place: string): LayerConfig {
  if (isObject(given) && typeof given.class_name === 'string' && typeof given.config === 'object' && given.config)
    return given as unknown as LayerConfig;
  throw notAllowed(place, 'an object with class_name and config', given);
}

/**
 * A copy in Keras's spelling: keys like `units_forward` rather than `unitsForward`, and plain numbers where some versions
 * of Keras write an object of the type `ndarray`.
 */
export function asKeras(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asKeras);
  if (!isObject(value)) return value;
  if (value.type === 'ndarray' && typeof value.value === 'number') return value.value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), asKeras(inner)]));
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
