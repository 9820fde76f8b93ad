import { InputError } from '@lrfind/core';
import { type ByteSource, readDocument } from '@lrfind/data';
import type { ModelFile, ModelFormat } from './format.js';
import { tfjsFormat } from './tfjs/read.js';

/** Every format of models, in the order in which they are recognised. Add one as a folder and an entry here. */
export const modelFormats: readonly ModelFormat[] = [tfjsFormat];

/** First bytes (as Latin-1) of files that are often tried, and the message about each. */
const notModels: readonly (readonly [magic: string, message: string])[] = [
  ['\x89HDF', 'a Keras HDF5 file; convert it to a TensorFlow.js layers model (model.json)'],
  ['PK\x03\x04', 'a zip file (.keras?); convert it to a TensorFlow.js layers model (model.json)'],
];

/**
 * Reads a model, in the format that its first bytes or its name show; as a TensorFlow.js layers model where neither does.
 *
 * @param source of the model's main file
 * @throws InputError for a file that cannot be read or is not a model, and for a layer or weights that cannot be used
 *
 * @example
 * const { model } = await readModel(fileSource('model.json'));
 */
export async function readModel(source: ByteSource): Promise<ModelFile> {
  const bytes = await readDocument(source);
  const format = formatOf(source.name, bytes);
  if (!format.matches) refuseKnown(source.name, bytes);
  return format.read(source, bytes);
}

/**
 * The files that a model is made of besides its main one, such as those of its weights, without building it. Empty for a
 * file that is no model; `readModel` says what is wrong with it.
 *
 * @param source of the model's main file
 * @throws InputError for a file that cannot be read
 */
export async function modelParts(source: ByteSource): Promise<ByteSource[]> {
  const bytes = await readDocument(source);
  const names = formatOf(source.name, bytes).parts?.(bytes) ?? [];
  return names.map((name) => source.sibling(name));
}

function formatOf(name: string, bytes: Uint8Array): ModelFormat {
  return modelFormats.find(({ matches }) => matches?.(bytes)) ?? formatByName(name);
}

function formatByName(name: string): ModelFormat {
  const lower = name.toLowerCase();
  return modelFormats.find(({ extensions }) => extensions.some((extension) => lower.endsWith(extension))) ?? tfjsFormat;
}

function refuseKnown(name: string, bytes: Uint8Array): void {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const known = notModels.find(([magic]) => head.startsWith(magic));
  if (known) throw new InputError(`${name} is ${known[1]}`);
}
