import { InputError, isObject, notAllowed, notOneOf, shownValue, suggestion } from '@lrfind/core';
import { allowed } from '@lrfind/core/options';
import type { layers } from '@tensorflow/tfjs-layers';
import type { TSchema } from 'typebox';
import { Composed, type Shape } from './composed-layer.js';
import { type KerasLayer, type KerasVersion, type KerasWeight, ownWeights } from './keras-layer.js';
import { layerAliases, type PartConfig } from './keras-parts.js';
import { batchShape, count, flag, rowShape, text, word } from './parameter-kinds.js';
import { refusedClasses } from './refused-classes.js';
import { kerasLayers } from './table.js';
import { checkParameters, isCustomLayer, partKinds, translatePart } from './translate-part.js';

/** What every layer takes. A `dtype` other than these the caller must have translated. */
const EVERY: Readonly<Record<string, TSchema>> = {
  name: text,
  trainable: flag,
  dtype: word('float32', 'int32', 'bool'),
  batch_input_shape: batchShape,
  input_shape: rowShape,
  batch_size: count,
};

/** The parameters that hold another layer, or cells. */
const INNER = ['layer', 'backward_layer', 'cell', 'cells'];

/** The row of a class of Keras's layers; undefined for a class that is not in the table. */
export function kerasLayer(className: string): KerasLayer | undefined {
  const name = (Object.hasOwn(layerAliases, className) && layerAliases[className]) || className;
  return Object.hasOwn(kerasLayers, name) ? kerasLayers[name] : undefined;
}

/**
 * A layer of Keras as TensorFlow.js builds it with Keras's numbers. `registerKerasClasses()` must have been called before it is built.
 *
 * @param layer its class and configuration in Keras's spelling; `dtype` must be a name. Models are no layers here
 * @param keras the version of Keras that wrote it
 * @param place what messages call a layer without a name
 * @param inner translates the layers within; default: this function. A caller whose wrappers may hold models gives its own
 * @returns `class_name` and `config` for TensorFlow.js's loader, in Keras's spelling
 * @throws InputError with the layer and its class: for a class or a parameter that is not known, or has a value that it cannot have
 */
export function translateKerasLayer(
  layer: PartConfig,
  keras: KerasVersion,
  place: string,
  inner: (layer: PartConfig, place: string) => PartConfig = (each, where) => translateKerasLayer(each, keras, where),
): PartConfig {
  const { class_name } = layer;
  const title =
    typeof layer.config.name === 'string' ? `layer "${layer.config.name}" (${class_name})` : `${place} (${class_name})`;
  const row = kerasLayer(class_name);
  if (!row) {
    if (isCustomLayer(class_name)) return layer;
    const reason = Object.hasOwn(refusedClasses, class_name) ? refusedClasses[class_name] : undefined;
    if (reason) throw new InputError(`${title} cannot be read: ${reason}`);
    throw notOneOf(`${title}: its class`, Object.keys(kerasLayers), class_name);
  }
  const { required = {}, optional = {} } = row;
  const config: Record<string, unknown> = {};
  const parameters = { ...EVERY, ...required, ...optional };
  for (const [name, value] of Object.entries(layer.config)) {
    const kind = partKinds.find((each) => name === each || name.endsWith(`_${each}`));
    if (INNER.includes(name) && value != null) config[name] = innerLayers(value, name, title, inner);
    else if (name === 'activity_regularizer') checkAddsNothing(value, title, keras);
    else if (kind && value != null) config[name] = translatePart(kind, value, `${title}: ${name}`, false, keras);
    else if (Object.hasOwn(parameters, name) || row.anyOptions) config[name] = value;
    // Newer versions write every option; what is off changes nothing.
    else if (value != null && value !== false)
      throw new InputError(
        `${title} has ${name} ${shownValue(value)}, which cannot be kept; allowed: none${suggestion(name, Object.keys(parameters))}`,
      );
  }
  for (const [name, schema] of Object.entries(required))
    if (config[name] == null) throw new InputError(`${title} must have ${name}: ${allowed(schema)}`);
  checkParameters(title, parameters, config);
  const refused = row.refused?.(config, keras);
  if (refused) throw new InputError(`${title} ${refused}`);
  const made = row.toLayer?.(config, keras, builtShape(layer)) ?? { class_name, config };
  const { build_config, ...others } = layer as unknown as Record<string, unknown>;
  return { ...others, ...made };
}

/** TensorFlow.js has no penalty on outputs within a layer; one that adds nothing is left out. */
function checkAddsNothing(regularizer: unknown, title: string, keras: KerasVersion): void {
  if (regularizer == null) return;
  const { config } = translatePart(
    'regularizer',
    regularizer,
    `${title}: activity_regularizer`,
    false,
    keras,
  ) as PartConfig;
  if ([config.l1, config.l2, config.factor].every((each) => !each)) return;
  throw new InputError(
    `${title}: activity_regularizer must be none; got ${shownValue(regularizer)}: put a layer ActivityRegularization behind it, which is the same`,
  );
}

/** The shape of a batch that Keras 3 writes beside a layer. */
function builtShape(layer: PartConfig): Shape | undefined {
  const { build_config: built } = layer as unknown as Record<string, unknown>;
  const shape = isObject(built) ? built.input_shape : undefined;
  return Array.isArray(shape) && !Array.isArray(shape[0]) ? (shape as Shape) : undefined;
}

function innerLayers(
  value: unknown,
  name: string,
  title: string,
  inner: (layer: PartConfig, place: string) => PartConfig,
): unknown {
  if (Array.isArray(value)) return value.map((each, i) => innerLayers(each, `${name} ${i}`, title, inner));
  if (isObject(value) && typeof value.class_name === 'string' && isObject(value.config))
    return inner(value as unknown as PartConfig, `${name} of ${title}`);
  throw notAllowed(`${title}: ${name}`, 'an object with class_name and config', value);
}

/**
 * The weights of a built layer in Keras's order, with their paths below the layer in a `.weights.h5`.
 *
 * @param layer of TensorFlow.js, or one that `translateKerasLayer` led to
 * @param inner the weights of a layer within a wrapper; default: this function
 */
export function kerasWeights(
  layer: layers.Layer,
  inner: (layer: layers.Layer) => KerasWeight[] = (each) => kerasWeights(each),
): KerasWeight[] {
  return kerasLayer(kerasClassName(layer))?.weights?.(layer, inner) ?? ownWeights(layer);
}

/** The class in Keras that a layer stands for. */
export function kerasClassName(layer: layers.Layer): string {
  const name = layer.getClassName();
  return layer instanceof Composed || name.startsWith('Keras') ? name.replace(/^Keras/, '') : name;
}
