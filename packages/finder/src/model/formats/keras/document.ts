import { InputError, isObject, parseJson } from '@lrfind/core';
import { decodeText } from '@lrfind/data';
import type { TrainingConfig } from '../format.js';
import { isKeras3 } from '../tfjs/topology.js';
import { asEntry, type KerasEntry } from './entry.js';

/** What a Keras file says about its model, besides the weights. */
export interface KerasDocument {
  readonly model: KerasEntry;
  /** The version of Keras: 2 (and 1) or 3. */
  readonly keras: 2 | 3;
  readonly trainingConfig: TrainingConfig | null;
}

/**
 * Takes the description of a model apart.
 *
 * @param name what messages call it
 * @param described `config.json`, `model_config`, or what `to_json()` gives
 * @param version of Keras, where the file says it beside the description
 * @param compiled `training_config`, where the file has it beside the description
 * @throws InputError for anything that is no model
 */
export function kerasDocument(
  name: string,
  described: unknown,
  version: unknown,
  compiled: unknown = isObject(described) ? described.compile_config : undefined,
): KerasDocument {
  const model = asEntry(described, `the model of ${name}`);
  const written = typeof version === 'string' ? version : isObject(described) ? described.keras_version : undefined;
  const major = typeof written === 'string' && /^[123]\./.test(written) ? Number(written[0]) : undefined;
  return {
    model,
    keras: (major ?? (isKeras3(described) ? 3 : 2)) >= 3 ? 3 : 2,
    trainingConfig: isObject(compiled) && Object.keys(compiled).length > 0 ? trainingConfigOf(compiled) : null,
  };
}

/** Keras 3 says `optimizer` where older files say `optimizer_config`. */
function trainingConfigOf(compiled: Readonly<Record<string, unknown>>): TrainingConfig {
  const { optimizer, ...others } = compiled;
  return optimizer == null ? others : { ...others, optimizer_config: optimizer };
}

/**
 * Reads JSON as Python writes it, in which `NaN` and `Infinity` are numbers. They become texts, which no parameter may be, so that
 * nothing computes with them unseen.
 *
 * @param name what messages call it
 * @throws InputError for text that is not JSON, and for lists and objects nested more than 200 deep
 */
export function parsePythonJson(text: string | Uint8Array, name: string): unknown {
  const decoded = typeof text === 'string' ? text : decodeText(text).replace(/^\uFEFF/, '');
  if (!/\b(NaN|Infinity)\b/.test(decoded)) return parseJson(decoded, name);
  const tokens = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
  return parseJson(
    decoded.replace(tokens, (token) => (token.startsWith('"') ? token : `"${token}"`)),
    name,
  );
}

/** The error for a file that has no part that it must have. */
export function lacks(name: string, part: string): InputError {
  return new InputError(`${name} is no model of Keras: it must have ${part}; got none`);
}
