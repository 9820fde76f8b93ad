import * as tf from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { DataType } from './data-types.js';
import type { KernelCall } from './stock.js';

interface Attributes {
  readonly numSamples: number;
  /** A number between 0 and 1 where the caller gave none. */
  readonly seed: number;
  /** Whether probabilities come in the place of their logarithms. */
  readonly normalized: boolean;
}

/**
 * Draws by weight, the same draws for the same seed. tfjs-node's uses a kernel that goes on where its last call of that
 * seed ended, takes the whole part of the seed alone, and refuses probabilities.
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
    // The bits of a float64, so that any two seeds differ.
    const bits = new Int32Array(Float64Array.of(seed).buffer);
    return backend.executeSingleOutput('StatelessMultinomial', attributes, [
      normalized ? tf.log(weights) : weights,
      tf.scalar(numSamples, 'int32'),
      tf.tensor1d(bits, 'int32'),
    ]);
  });
}
