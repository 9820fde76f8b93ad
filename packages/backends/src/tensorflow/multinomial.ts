import * as tf from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { DataType } from './data-types.js';
import type { KernelCall } from './tfjs-kernel.js';

interface Attributes {
  readonly numSamples: number;
  /** TensorFlow.js passes a number between 0 and 1 where the caller gave none. */
  readonly seed: number;
  /** Whether the inputs are probabilities rather than their logarithms. */
  readonly normalized: boolean;
}

/**
 * Draws from a multinomial distribution, the same draws for the same seed. tfjs-node's kernel continues where its last
 * call with that seed ended, uses only the integer part of the seed, and rejects probabilities.
 */
export function multinomial({ inputs: { logits }, backend, attrs }: KernelCall<'logits', Attributes>): tf.Tensor {
  const { numSamples, seed, normalized } = attrs;
  const attributes = [
    { name: 'T', type: AttributeType.type, value: DataType.float32 },
    { name: 'Tseed', type: AttributeType.type, value: DataType.int32 },
    { name: 'output_dtype', type: AttributeType.type, value: DataType.int32 },
  ];
  return tf.tidy(() => {
    const weights = tf.cast(logits, 'float32');
    // All bits of the seed as a float64, so that different seeds stay different.
    const bits = new Int32Array(Float64Array.of(seed).buffer);
    return backend.executeSingleOutput('StatelessMultinomial', attributes, [
      normalized ? tf.log(weights) : weights,
      tf.scalar(numSamples, 'int32'),
      tf.tensor1d(bits, 'int32'),
    ]);
  });
}
