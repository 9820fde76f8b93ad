import { InputError, isObject, notAllowed, notOneOf } from '@lrfind/core';
import { allowed } from '@lrfind/core/options';
import { serialization } from '@tensorflow/tfjs-core';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { checkGraph } from './graph.js';
import { kerasParts, layerAliases, type PartKind } from './keras-parts.js';
import { everyLayer, layerParameters } from './layer-parameters.js';
import { isModelClass, type LayerConfig, layerTitle } from './topology.js';

type Config = Readonly<Record<string, unknown>>;

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

/** The parameters of layers that hold another layer. */
const WRAPPED: Readonly<Record<string, readonly string[]>> = {
  TimeDistributed: ['layer'],
  Bidirectional: ['layer'],
  RNN: ['cell'],
  StackedRNNCells: ['cells'],
};

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

const partKinds = Object.keys(kerasParts) as PartKind[];

/**
 * A part of a layer in TensorFlow.js's words.
 *
 * @param lenient whether a name that is not known stays as it is, because the layer is the caller's own
 */
function translatePart(kind: PartKind, given: unknown, place: string, lenient: boolean): unknown {
  const parts = kerasParts[kind];
  // What Keras writes for a function: an object around its name.
  if (isObject(given) && given.class_name === 'function' && typeof given.config === 'string')
    return translatePart(kind, given.config, place, lenient);
  const { class_name, config } = typeof given === 'string' ? { class_name: given, config: {} } : (given as LayerConfig);
  if (typeof class_name !== 'string' || !(isObject(config) || config == null)) {
    if (lenient) return given;
    throw notAllowed(place, 'a name, or an object with class_name and config', given);
  }
  const name = Object.hasOwn(parts, class_name)
    ? class_name
    : Object.keys(parts).find((each) => parts[each]?.aliases?.includes(class_name) || camelCase(each) === class_name);
  const part = parts[name ?? ''];
  if (!part) {
    if (lenient || isCustomPart(class_name)) return given;
    if (kind === 'activation' && isObject(given) && Object.hasOwn(layerParameters, class_name))
      throw new InputError(
        `${place} must be one of ${Object.keys(parts).join(', ')}; got "${class_name}", a layer: put it behind this one`,
      );
    throw notOneOf(place, Object.keys(parts), class_name);
  }
  const own: Config = Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value != null));
  checkParameters(`${place} (${class_name})`, part.parameters, own);
  const conflict = part.conflict?.(own);
  if (conflict) throw new InputError(`${place} (${class_name}): ${conflict}`);
  const translated = part.translated(own);
  return kind === 'activation' ? translated.class_name : translated;
}

/** Whether a translated regulariser has factors of 0 alone. */
function addsNothing(regularizer: unknown): boolean {
  if (!isObject(regularizer) || !isObject(regularizer.config)) return false;
  const { l1 = 0, l2 = 0, factor = 0 } = regularizer.config;
  return [l1, l2, factor].every((each) => each === 0);
}

function checkParameters(title: string, parameters: Readonly<Record<string, TSchema>>, config: Config): void {
  for (const [name, schema] of Object.entries(parameters)) {
    const value = config[name];
    if (value != null && !Value.Check(schema, value)) throw notAllowed(`${title}: ${name}`, allowed(schema), value);
  }
}

function asLayer(given: unknown, place: string): LayerConfig {
  if (isObject(given) && typeof given.class_name === 'string' && typeof given.config === 'object' && given.config)
    return given as unknown as LayerConfig;
  throw notAllowed(place, 'an object with class_name and config', given);
}

/** Whether the caller, or TensorFlow.js, has registered a class of layers by this name. */
function isCustomLayer(name: string): boolean {
  return typeof registered(name)?.countParams === 'function';
}

/** Whether the caller has registered a class of initialisers, regularisers, constraints or activations by this name. */
function isCustomPart(name: string): boolean {
  const listed = Object.values(kerasParts).some((parts) => Object.hasOwn(parts, name));
  return !listed && !isCustomLayer(name) && typeof registered(name)?.apply === 'function';
}

/** The methods of a class that TensorFlow.js looks up by name. */
function registered(name: string): Readonly<Record<string, unknown>> | undefined {
  const { classNameMap } = serialization.SerializationMap.getMap();
  return Object.hasOwn(classNameMap, name) ? classNameMap[name]?.[0].prototype : undefined;
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

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
