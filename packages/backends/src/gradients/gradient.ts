import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of one kernel: what to keep from the forward pass, and how the slope of its output becomes the slopes of
 * its inputs. TensorFlow.js asks only for the inputs that are needed.
 */
export interface Gradient {
  /** Set where TensorFlow.js's own gradient does less than ours, or takes longer; ours then takes its place. */
  readonly corrects?: true;
  /** Names of the inputs that `slopes` gets, in this order; `all` for a kernel of numbered inputs. */
  readonly inputs?: readonly string[] | 'all';
  /** Whether `slopes` also gets the output, after the inputs. */
  readonly output?: true;
  /**
   * @param dy the slope of the loss with respect to the output; an array for a kernel with several outputs
   * @param saved the inputs and output that were asked for
   * @param attributes the kernel's attributes
   * @returns for each input of the kernel a function that gives its slope, float32 and of the input's shape
   */
  slopes(
    // biome-ignore lint/suspicious/noExplicitAny: one tensor or several, by kernel
    dy: any,
    // biome-ignore lint/suspicious/noExplicitAny: as many tensors as asked for
    saved: any[],
    // biome-ignore lint/suspicious/noExplicitAny: every kernel has attributes of its own
    attributes: any,
  ): Readonly<Record<string, () => tf.Tensor>>;
}

/** A family's gradients by the kernel's name. */
export type Gradients = Readonly<Record<string, Gradient>>;

/** The gradient of a function of one tensor, element by element: dx = dy · slope. */
export function elementwise(slope: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor): Gradient {
  return { inputs: ['x'], slopes: (dy, [x]) => ({ x: () => slope(dy, asFloat(x)) }) };
}

/** As {@link elementwise}, from the output: less to compute where the slope is simple in y. */
export function fromOutput(slope: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): Gradient {
  return { output: true, slopes: (dy, [y]) => ({ x: () => slope(dy, y) }) };
}

/** The tensor itself where it is float32: a cast to the same type is a kernel's call too. */
export function asFloat(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}

/** Sums a slope over the axes along which an operand of this shape was repeated; a new tensor in any case. */
export function unbroadcast(slope: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.backend_util.getReductionAxes(shape, slope.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(slope, axes) : slope, shape);
}

/** Repeats a tensor to a shape along its axes of length 1. */
export function repeated(x: tf.Tensor, shape: number[]): tf.Tensor {
  // Not tf.ones, which is made in JavaScript and copied to the backend.
  return tf.mul(x, tf.fill(shape, 1));
}

/**
 * Computes a slope by one kernel where the current backend has one for it, and else from its parts; also where a gradient's
 * own gradient is taken, because these kernels have none.
 */
export function inOne(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: object,
  parts: () => tf.Tensor,
): tf.Tensor {
  const present = tf.getKernel(name, tf.getBackend()) !== undefined;
  return present && tf.engine().state.gradientDepth === 0 ? runKernel(name, inputs, attributes) : parts();
}

/** Runs a kernel that has no public function. */
export function runKernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}
