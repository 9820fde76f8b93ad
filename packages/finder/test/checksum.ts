import { checksumOf } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** One number for the bits of all values. */
export const checksum = (tensors: readonly Tensor[]): number => checksumOf(tensors.map((tensor) => tensor.dataSync()));
