import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';

/** One entry of a model.json's `weightsManifest`: files, joined in order, and the weights that they hold, in order. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly io.WeightsManifestEntry[];
}

/**
 * Reads the weight shards of a model.
 *
 * @param folder where the shards lie
 * @returns tensors by weight name; the caller disposes them
 * @throws InputError when a shard is missing, or the shards hold more or fewer bytes than the weights need
 */
export async function readWeights(folder: string, groups: readonly WeightGroup[]): Promise<NamedTensorMap> {
  const tensors: NamedTensorMap = {};
  for (const { paths, weights } of groups) {
    const shards = await Promise.all(paths.map((path) => readShard(folder, path)));
    const bytes = Buffer.concat(shards);
    const expected = weights.reduce((sum, weight) => sum + byteLength(weight), 0);
    if (bytes.length !== expected) {
      throw new InputError(
        `the weight file${paths.length > 1 ? 's' : ''} ${paths.join(', ')} in ${folder} hold${paths.length > 1 ? '' : 's'} ${bytes.length} bytes, but the weights need ${expected}`,
      );
    }
    Object.assign(tensors, io.decodeWeights(new Uint8Array(bytes).buffer as ArrayBuffer, [...weights]));
  }
  return tensors;
}

async function readShard(folder: string, path: string): Promise<Buffer> {
  const file = join(folder, path);
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `missing weight file ${file}, which the model.json names`
        : `cannot read the weight file ${file}: ${error.message}`,
    );
  });
}

/** Bytes that a weight takes in its shard; quantised weights are stored in their narrow type. */
function byteLength({ name, shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  const width = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1, complex64: 8 }[stored as string];
  if (width === undefined) throw new InputError(`the weight "${name}" has the type ${stored}, which cannot be read`);
  return shape.reduce((size, length) => size * length, 1) * width;
}
