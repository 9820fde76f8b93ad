import { InputError } from '@lrfind/core';
import { type ByteSource, concatBytes } from '@lrfind/data';
import { io, type NamedTensorMap } from '@tensorflow/tfjs-core';

/** One entry of a model.json's `weightsManifest`: files, joined in order, and the weights that they hold, in order. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly io.WeightsManifestEntry[];
}

/**
 * Reads the weight shards of a model.
 *
 * @param model the model.json, next to which the shards are
 * @returns tensors by weight name; the caller disposes them
 * @throws InputError when a shard is missing, or the shards hold more or fewer bytes than the weights need
 */
export async function readWeights(model: ByteSource, groups: readonly WeightGroup[]): Promise<NamedTensorMap> {
  const tensors: NamedTensorMap = {};
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
    const bytes = concatBytes(shards);
    Object.assign(tensors, io.decodeWeights(new Uint8Array(bytes).buffer as ArrayBuffer, [...weights]));
  }
  return tensors;
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
function byteLength({ name, shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  const width = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1, complex64: 8 }[stored as string];
  if (width === undefined) throw new InputError(`the weight "${name}" has the type ${stored}, which cannot be read`);
  return shape.reduce((size, length) => size * length, 1) * width;
}
