import { InputError, sizeText } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
import type { ModelFile, ModelFormat, ReadModelOptions } from '../format.js';
import { loadWeightFile } from '../named-weights.js';
import { buildKerasModel, disposeModel, weightSource } from './build.js';
import { type KerasDocument, kerasDocument, lacks, parsePythonJson } from './document.js';
import { type Hdf5File, openHdf5 } from './hdf5.js';
import { isHdf5 } from './is-hdf5.js';
import { loadKerasWeights, type WeightSource } from './load-weights.js';
import { readKerasZip, WEIGHTS_MEMBER } from './zip.js';

/** The most bytes of a file of weights. */
const MOST_BYTES = 2 ** 31 - 1;

/** Reads the format of `kerasFormat`. */
export const readKeras: ModelFormat['read'] = async ({ name }, bytes, options) => {
  const members = await readKerasZip(name, bytes);
  const config = members.get('config.json');
  if (!config) throw lacks(name, 'config.json');
  const metadata = parsePythonJson(
    members.get('metadata.json') ?? new TextEncoder().encode('{}'),
    `${name}: metadata.json`,
  );
  const version = (metadata as { keras_version?: unknown } | null)?.keras_version;
  const document = kerasDocument(name, parsePythonJson(config, `${name}: config.json`), version);
  const weights = members.get(WEIGHTS_MEMBER);
  if (options.weights) return build(name, document, options, undefined);
  if (!weights) throw lacks(name, WEIGHTS_MEMBER);
  return withFile(`${name}: ${WEIGHTS_MEMBER}`, weights, (file) =>
    build(name, document, options, weightSource(name, file)),
  );
};

/** Reads the format of `kerasHdf5Format`. */
export const readKerasHdf5: ModelFormat['read'] = ({ name }, bytes, options) =>
  withFile(name, bytes, (file) => {
    const [described] = file.texts('', 'model_config') ?? [];
    if (described === undefined)
      throw new InputError(
        `${name} holds weights without their model: give the JSON of model.to_json() as the model and this file as its weights (--weights)`,
      );
    const [compiled] = file.texts('', 'training_config') ?? [];
    const [version] = file.texts('', 'keras_version') ?? [];
    const document = kerasDocument(
      name,
      parsePythonJson(described, `${name}: model_config`),
      version,
      compiled === undefined ? null : parsePythonJson(compiled, `${name}: training_config`),
    );
    return build(name, document, options, weightSource(name, file));
  });

/** Reads the format of `kerasJsonFormat`. */
export const readKerasJson: ModelFormat['read'] = async ({ name }, bytes, options) =>
  build(name, kerasDocument(name, parsePythonJson(bytes, name), undefined), options, undefined);

/** The model with the weights of the second file, where one is named, else with its own. */
async function build(
  name: string,
  document: KerasDocument,
  { weights }: ReadModelOptions,
  own: WeightSource | undefined,
): Promise<ModelFile> {
  if (weights === undefined) return buildKerasModel(name, document, own, own);
  const file = await buildKerasModel(name, document, undefined, undefined);
  if (weights === 'none') return file;
  try {
    if (isHdf5(await weights.slice(0, 4096))) {
      const bytes = await weightBytes(weights);
      await withFile(weights.name, bytes, async (opened) =>
        loadKerasWeights(document.model, file.model, weightSource(weights.name, opened)),
      );
    } else await loadWeightFile(weights, file.model);
  } catch (error) {
    disposeModel(file.model);
    throw error;
  }
  return { ...file, hasWeights: true };
}

async function weightBytes(weights: ByteSource): Promise<Uint8Array> {
  const size = await weights.size();
  if (size > MOST_BYTES)
    throw new InputError(`${weights.name} must have at most ${sizeText(MOST_BYTES)}; got ${sizeText(size)}`);
  return weights.slice();
}

/** Opens an HDF5 file for a while. */
async function withFile<Result>(
  name: string,
  bytes: Uint8Array,
  use: (file: Hdf5File) => Promise<Result>,
): Promise<Result> {
  const file = await openHdf5(name, bytes);
  try {
    return await use(file);
  } finally {
    file.close();
  }
}
