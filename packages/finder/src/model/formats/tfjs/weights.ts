import { InputError, notAllowed } from '@lrfind/core';
import { allowed, checkDocument, closed } from '@lrfind/core/options';
import { type ByteSource, concatBytes } from '@lrfind/data';
import { dispose, io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { number } from '../../layers/parameter-kinds.js';
import { assertFinite } from '../../weights.js';

/** How a weight is stored in fewer bits; whole numbers have a scale and a minimum. */
const Quantization = Type.Object(
  {
    dtype: Type.String({ enum: ['uint8', 'uint16', 'float16'] }),
    scale: Type.Optional(number),
    min: Type.Optional(number),
    original_dtype: Type.Optional(Type.String()),
  },
  closed,
);

/** One weight in the shards. */
const Weight = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer({ minimum: 0 })),
  dtype: Type.String({ enum: ['float32', 'int32', 'bool'] }),
  quantization: Type.Optional(Quantization),
  /** `optimizer` for the state of an optimizer, which is not read. */
  group: Type.Optional(Type.String()),
});

/** The `weightsManifest` of a model.json: files, joined in order, and the weights that they hold, in order. */
const WeightsManifest = Type.Array(Type.Object({ paths: Type.Array(Type.String()), weights: Type.Array(Weight) }));
type WeightsManifest = Static<typeof WeightsManifest>;

/**
 * Checks the `weightsManifest` of a model.json.
 *
 * @param source what messages call the file
 * @param manifest the parsed JSON; nothing where the file has none
 * @throws InputError with the place in the document
 */
export function checkManifest(source: string, manifest: unknown): WeightsManifest {
  if (manifest == null) return [];
  const groups = manifest;
  checkDocument(WeightsManifest, groups, source, '/weightsManifest');
  const names = new Set<string>();
  for (const [i, { weights }] of groups.entries()) {
    for (const [j, { name, dtype, quantization }] of weights.entries()) {
      const place = `${source}: /weightsManifest/${i}/weights/${j}`;
      if (names.has(name) || name === '__proto__') throw notAllowed(`${place}/name`, 'a name of its own', name);
      names.add(name);
      const absent = (['scale', 'min'] as const).find((each) => quantization?.[each] === undefined);
      if (quantization && quantization.dtype !== 'float16' && absent)
        throw new InputError(`${place}/quantization must have ${absent}: ${allowed(number)}`);
      if (quantization && (dtype === 'bool' || (quantization.dtype === 'float16' && dtype !== 'float32')))
        throw notAllowed(`${place}/quantization/dtype`, `a type in which ${dtype} can be stored`, quantization.dtype);
    }
  }
  return groups;
}

/**
 * Reads the weight shards of a model.
 *
 * @param model the model.json, next to which the shards are
 * @param groups from `checkManifest`
 * @returns tensors by weight name, without the state of an optimizer; the caller disposes them
 * @throws InputError when a shard is missing, when the shards hold more or fewer bytes than the weights need, and for a
 *   weight that is NaN or infinite
 */
export async function readWeights(model: ByteSource, groups: WeightsManifest): Promise<NamedTensorMap> {
  const tensors: NamedTensorMap = {};
  try {
    for (const { paths, weights } of groups) {
      const expected = weights.reduce((sum, weight) => sum + byteLength(weight), 0);
      // Looked at before anything is read, since a wrong file may be of any size.
      let found = 0;
      for (const path of paths) found += await ofShard(model, path, (shard) => shard.size());
      if (found !== expected) {
        throw new InputError(
          `the weights of ${model.name} need ${expected} bytes; ${paths.join(', ')} ${paths.length > 1 ? 'have' : 'has'} ${found}`,
        );
      }
      const shards: Uint8Array[] = [];
      for (const path of paths) shards.push(await ofShard(model, path, (shard) => shard.slice()));
      const decoded = io.decodeWeights(
        new Uint8Array(concatBytes(shards)).buffer as ArrayBuffer,
        weights as io.WeightsManifestEntry[],
      );
      const state = weights.filter(({ group }) => group === 'optimizer').map(({ name }) => name);
      for (const [name, tensor] of Object.entries(decoded)) {
        if (state.includes(name)) dispose(tensor);
        else tensors[name] = tensor;
      }
    }
    assertFinite(
      model.name,
      Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync()]),
    );
    return tensors;
  } catch (error) {
    dispose(tensors);
    throw error;
  }
}

async function ofShard<Value>(
  model: ByteSource,
  path: string,
  read: (shard: ByteSource) => Promise<Value>,
): Promise<Value> {
  try {
    return await read(model.sibling(path));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`a weight file that ${model.name} names cannot be read: ${error.message}`);
  }
}

/** Bytes that a weight takes in its shard; quantised weights are stored in their narrow type. */
function byteLength({ shape, dtype, quantization }: WeightsManifest[0]['weights'][0]): number {
  const width = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 }[quantization?.dtype ?? dtype];
  return shape.reduce((size, length) => size * length, 1) * (width as number);
}
