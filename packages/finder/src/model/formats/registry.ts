import { InputError, sizeText } from '@lrfind/core';
import { type ByteSource, readDocument } from '@lrfind/data';
import type { ModelFile, ModelFormat, ReadModelOptions } from './format.js';
import { convertedKerasFormat, kerasFormat, kerasHdf5Format, kerasJsonFormat } from './keras/keras-formats.js';
import { refuseFormats } from './refused-formats.js';
import { tfjsFormat } from './tfjs/read.js';

/**
 * Every format of models, in the order in which they are recognised. Add one as a folder and an entry here. The readers of Keras are
 * imported with the first file of Keras.
 */
export const modelFormats: readonly ModelFormat[] = [
  kerasFormat,
  kerasHdf5Format,
  convertedKerasFormat,
  kerasJsonFormat,
  tfjsFormat,
];

/**
 * Reads a model, in the format that its first bytes or its name show; as a TensorFlow.js layers model where neither does.
 *
 * @param source of the model's main file
 * @param options `weights`: another file that holds them, or `'none'` for new ones
 * @throws InputError for a file that cannot be read or is not a model, and for a layer or weights that cannot be used
 *
 * @example
 * const { model } = await readModel(fileSource('model.keras'));
 */
export async function readModel(source: ByteSource, options: ReadModelOptions = {}): Promise<ModelFile> {
  const bytes = await mainBytes(source);
  refuseFormats(
    source.name,
    bytes,
    modelFormats.some(({ matches }) => matches?.(bytes)),
  );
  const file = await formatOf(source.name, bytes).read(source, bytes, options);
  return options.weights === 'none' ? { ...file, hasWeights: false } : file;
}

/**
 * The files that a model is made of besides its main one, such as those of its weights, without building it. Empty for a
 * file that is no model; `readModel` says what is wrong with it.
 *
 * @param source of the model's main file
 * @throws InputError for a file that cannot be read
 */
export async function modelParts(source: ByteSource): Promise<ByteSource[]> {
  const bytes = await mainBytes(source);
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

/** The most bytes of a file with weights in it; TensorFlow.js could not hold more weights. */
const MOST_BYTES = 2 ** 31 - 1;

/** The bytes of a model's main file. What is text has the limit of a text. */
async function mainBytes(source: ByteSource): Promise<Uint8Array> {
  const start = String.fromCharCode(...(await source.slice(0, 4)));
  if (start !== 'PK\x03\x04' && start !== '\x89HDF') return readDocument(source);
  const size = await source.size();
  if (size > MOST_BYTES)
    throw new InputError(`${source.name} must have at most ${sizeText(MOST_BYTES)}; got ${sizeText(size)}`);
  return source.slice();
}
