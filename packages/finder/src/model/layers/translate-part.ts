import { InputError, isObject, notAllowed, notOneOf } from '@lrfind/core';
import { allowed } from '@lrfind/core/options';
import { serialization } from '@tensorflow/tfjs-core';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/schema';
import type { Config, KerasVersion } from './keras-layer.js';
import { kerasParts, type PartConfig, type PartKind } from './keras-parts.js';
import { camelCase } from './spelling.js';

/** The kinds of parts, each of which ends the names of the parameters that hold one. */
export const partKinds = Object.keys(kerasParts) as PartKind[];

/**
 * A part of a layer in TensorFlow.js's words.
 *
 * @param lenient whether a name that is not known stays as it is, because the layer is the caller's own
 * @param keras the version of Keras that wrote the file; TensorFlow.js's own files are as those of 2
 * @throws InputError for a part that is not known, or has parameters that it cannot have
 */
export function translatePart(
  kind: PartKind,
  given: unknown,
  place: string,
  lenient: boolean,
  keras: KerasVersion = 2,
): unknown {
  const parts = kerasParts[kind];
  // What Keras writes for a function: an object around its name.
  if (isObject(given) && given.class_name === 'function' && typeof given.config === 'string')
    return translatePart(kind, given.config, place, lenient, keras);
  const { class_name, config } = typeof given === 'string' ? { class_name: given, config: {} } : (given as PartConfig);
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
    if (kind === 'activation' && isObject(given) && isCustomLayer(class_name))
      throw new InputError(
        `${place} must be one of ${Object.keys(parts).join(', ')}; got "${class_name}", a layer: put it behind this one`,
      );
    throw notOneOf(place, Object.keys(parts), class_name);
  }
  const own: Config = Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value != null));
  checkParameters(`${place} (${class_name})`, part.parameters, own);
  const conflict = part.conflict?.(own);
  if (conflict) throw new InputError(`${place} (${class_name}): ${conflict}`);
  const translated = part.translated(own, keras);
  return kind === 'activation' ? translated.class_name : translated;
}

/**
 * Checks the ranges of parameters; null counts as left out.
 *
 * @param title what messages call their owner
 * @throws InputError with the parameter, what is allowed and the value
 */
export function checkParameters(title: string, parameters: Readonly<Record<string, TSchema>>, config: Config): void {
  for (const [name, schema] of Object.entries(parameters)) {
    const value = config[name];
    if (value != null && !Check(schema, value)) throw notAllowed(`${title}: ${name}`, allowed(schema), value);
  }
}

/** Whether the caller, or TensorFlow.js, has registered a class of layers by this name. */
export function isCustomLayer(name: string): boolean {
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
