import { isObject, notAllowed } from '@lrfind/core';
import { isModelClass, layerTitle } from '../tfjs/topology.js';

/** A layer or a model as Keras writes it. */
export interface KerasEntry {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where Python finds the class, such as `keras.layers`; null for the user's own. Keras 2.12 and earlier does not write it. */
  readonly module?: unknown;
  /** `package>Class` for a class of the user's own. */
  readonly registered_name?: unknown;
  /** The layer's name in a functional model. */
  readonly name?: unknown;
  /** The layer's calls in a functional model. */
  readonly inbound_nodes?: unknown;
}

/**
 * Checks the frame of a layer or model.
 *
 * @param place what messages call it
 * @throws InputError for anything else than an object with `class_name` and `config`
 */
export function asEntry(given: unknown, place: string): KerasEntry {
  const { class_name, config } = isObject(given) ? given : {};
  // Early versions of Keras write the layers of a Sequential without a configuration around them.
  if (isObject(given) && class_name === 'Sequential' && Array.isArray(config))
    return { ...given, class_name, config: { layers: config } };
  if (typeof class_name === 'string' && isObject(config)) return given as unknown as KerasEntry;
  throw notAllowed(place, 'an object with class_name and config', given);
}

/** The name of a layer: beside its configuration in a functional model, else within. */
export function entryName({ name, config }: KerasEntry): string {
  return typeof name === 'string' ? name : String(config.name);
}

/** What messages call a layer: its name and its class. */
export function entryTitle(entry: KerasEntry): string {
  return layerTitle({ class_name: entry.class_name, config: { name: entry.name ?? entry.config.name } });
}

/** Whether an entry is a model whose layers are written down. */
export function isModel({ class_name, config }: KerasEntry): boolean {
  return isModelClass(class_name) && Array.isArray(config.layers);
}

/** The layers of a model, in the file's order. */
export function entriesOf(model: KerasEntry): KerasEntry[] {
  const layers = Array.isArray(model.config.layers) ? (model.config.layers as unknown[]) : [];
  return layers.map((layer, i) => asEntry(layer, `layer ${i} of "${model.config.name}"`));
}

/**
 * Whether an entry is an operation such as `x + y`, which Keras 3 keeps among the layers but does not count with them. Its `.h5` names no
 * modules, but every layer has `trainable` or an object as its `dtype` there, and no operation.
 */
export function isOperation({ module, class_name: name, config, inbound_nodes: nodes }: KerasEntry): boolean {
  if (typeof module === 'string') return /^keras(\.src)?\.ops(\.|$)/.test(module);
  const isOfKeras3 = Array.isArray(nodes) && nodes.length > 0 && nodes.every(isObject);
  if (/^(InputLayer|SpatialDropout\dD)$/.test(name)) return false;
  const isLayer = 'trainable' in config || 'layers' in config || isObject(config.dtype);
  return isOfKeras3 && !isLayer;
}

/** Classes that have another name in Keras's code, which is the one in paths of weights. */
const NAMES_IN_CODE: Readonly<Record<string, string>> = { GroupQueryAttention: 'GroupedQueryAttention' };

/** Keras's name of a class in a path of `.weights.h5`: `ReLU` is `re_lu`, `Conv2D` is `conv2d`. */
export function snakeClass(className: string): string {
  const name = Object.hasOwn(NAMES_IN_CODE, className) ? (NAMES_IN_CODE[className] as string) : className;
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The entries within another one: of a model's layers, of a wrapper, of a recurrent layer's cells. */
export function innerEntries(entry: KerasEntry): KerasEntry[] {
  const { layer, backward_layer: backward, cell, cells } = entry.config;
  const parts = [layer, backward, cell, cells].flat().filter((part) => isObject(part) && isObject(part.config));
  return [...(isModel(entry) ? entriesOf(entry) : []), ...(parts as unknown as KerasEntry[])];
}
