import * as tf from '@tensorflow/tfjs-core';

/** The gradient of one kernel: what to save in the forward pass, and how to compute the gradients of its inputs. */
export interface Gradient {
  /** Set where this gradient replaces TensorFlow.js's own, which is slower or covers fewer cases. */
  readonly overrides?: true;
  /** Names of the inputs that `gradFunc` gets, in this order; `all` for a kernel with numbered inputs. */
  readonly inputs?: readonly string[] | 'all';
  /** Whether `gradFunc` also gets the output, after the inputs. */
  readonly output?: true;
  /**
   * TensorFlow.js calls the returned functions only for the inputs whose gradient it needs.
   *
   * @param dy the gradient of the loss with respect to the output; an array for a kernel with several outputs
   * @param saved the saved inputs and output
   * @param attributes the kernel's attributes
   * @returns for each input of the kernel a function that computes its gradient, float32 and of the input's shape
   */
  gradFunc(
    // biome-ignore lint/suspicious/noExplicitAny: one tensor or several, by kernel
    dy: any,
    // biome-ignore lint/suspicious/noExplicitAny: the number of tensors differs by kernel
    saved: any[],
    // biome-ignore lint/suspicious/noExplicitAny: every kernel has attributes of its own
    attributes: any,
  ): Readonly<Record<string, () => tf.Tensor>>;
}

/** Gradients by the kernel's name. */
export type Gradients = Readonly<Record<string, Gradient>>;

/** The gradient of an elementwise function of one tensor, computed from its input. */
export function elementwise(gradient: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor): Gradient {
  return { inputs: ['x'], gradFunc: (dy, [x]) => ({ x: () => gradient(dy, asFloat(x)) }) };
}

/** As {@link elementwise}, computed from the output: cheaper where the derivative is simple in y. */
export function fromOutput(gradient: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): Gradient {
  return { output: true, gradFunc: (dy, [y]) => ({ x: () => gradient(dy, y) }) };
}

/** The tensor as float32. Skips the cast where it is already, because even that calls a kernel. */
export function asFloat(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}

/** Sums a gradient over the axes along which an operand of this shape was broadcast. Always returns a new tensor. */
export function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.backend_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** Broadcasts a tensor to a shape along its axes of length 1. */
export function broadcast(x: tf.Tensor, shape: number[]): tf.Tensor {
  // Not tf.ones, which is filled in JavaScript and copied to the backend.
  return tf.mul(x, tf.fill(shape, 1));
}

/**
 * Computes a gradient with a single kernel where the current backend has it, and else by several operations. Also by
 * several operations where a second derivative is taken, because these kernels have no gradient of their own.
 *
 * @param composed computes the same with operations that have gradients
 */
export function fusedGradient(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: object,
  composed: () => tf.Tensor,
): tf.Tensor {
  const present = tf.getKernel(name, tf.getBackend()) !== undefined;
  return present && tf.engine().state.gradientDepth === 0 ? runKernel(name, inputs, attributes) : composed();
}

/** Runs a kernel for which TensorFlow.js has no public function. */
export function runKernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}
