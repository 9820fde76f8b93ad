import * as tf from '@tensorflow/tfjs-core';
import { elementwise, fromOutput, fusedGradient, type Gradients, runKernel, unbroadcast } from './gradient.js';

/** The constants of SELU, the self-normalising ELU. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const mask = (condition: tf.Tensor) => tf.cast(condition, 'float32');

/** Gradients of activation functions. */
export const activations: Gradients = {
  ClipByValue: {
    overrides: true,
    inputs: ['x'],
    gradFunc: (dy, [x], { clipValueMin, clipValueMax }) => {
      const composed = () => {
        const zeros = tf.zerosLike(dy);
        return tf.where(tf.greaterEqual(x, clipValueMin), tf.where(tf.lessEqual(x, clipValueMax), dy, zeros), zeros);
      };
      return { x: () => fusedGradient('ClipByValueGrad', { dy, x }, { clipValueMin, clipValueMax }, composed) };
    },
  },
  // The derivative is y + 1 below zero.
  Elu: fromOutput((dy, y) => runKernel('EluGrad', { dy, y }, {})),
  LeakyRelu: {
    inputs: ['x'],
    gradFunc: (dy, [x], { alpha }) => ({ x: () => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha)) }),
  },
  Prelu: {
    inputs: ['x', 'alpha'],
    gradFunc: (dy, [x, alpha]) => ({
      x: () => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha)),
      alpha: () => unbroadcast(tf.mul(dy, tf.minimum(x, 0)), alpha.shape),
    }),
  },
  // From the output, which is positive where the input is. TensorFlow can then fuse a layer's product, bias and ReLU,
  // because nothing reads the values between them.
  Relu: {
    overrides: true,
    ...fromOutput((dy, y) => fusedGradient('ReluGrad', { dy, x: y }, {}, () => tf.mul(dy, tf.step(y)))),
  },
  Relu6: elementwise((dy, x) => tf.mul(dy, tf.mul(mask(tf.lessEqual(x, 6)), tf.step(x)))),
  Selu: elementwise((dy, x) =>
    tf.mul(dy, tf.where(tf.greater(x, 0), tf.fill(x.shape, SELU_SCALE), tf.mul(SELU_SCALE * SELU_ALPHA, tf.exp(x)))),
  ),
  Sigmoid: {
    overrides: true,
    ...fromOutput((dy, y) => fusedGradient('SigmoidGrad', { dy, y }, {}, () => tf.mul(dy, tf.mul(y, tf.sub(1, y))))),
  },
  Softmax: {
    output: true,
    gradFunc: (dy, [y], { dim }) => {
      const weighted = tf.mul(dy, y);
      return { logits: () => tf.sub(weighted, tf.mul(tf.sum(weighted, [dim], true), y)) };
    },
  },
  Softplus: elementwise((dy, x) => tf.mul(dy, tf.sigmoid(x))),
};
