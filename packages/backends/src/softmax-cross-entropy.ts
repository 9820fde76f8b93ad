import {
  customGrad,
  engine,
  expandDims,
  getBackend,
  getKernel,
  losses,
  mean,
  mul,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { asFloat } from './gradients/gradient.js';

/** TensorFlow's kernel; its inputs are `labels` and `logits`, its outputs the loss of each row and its gradient. */
const SOFTMAX_CROSS_ENTROPY = 'SoftmaxCrossEntropyWithLogits';

/**
 * The mean over rows of −Σ labels · log softmax(logits). Where the current backend has a kernel that computes the loss
 * and its gradient in one operation, as TensorFlow does, that replaces a dozen operations. On other backends, and for a
 * second derivative, this is TensorFlow.js's `losses.softmaxCrossEntropy`.
 *
 * @param labels one row of probabilities for each row of logits, same shape, of any type; no gradient flows into them
 * @param logits float32, with the classes along the last axis
 * @returns a scalar
 */
export function softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  const fused = getKernel(SOFTMAX_CROSS_ENTROPY, getBackend()) !== undefined && engine().state.gradientDepth <= 1;
  if (!fused) return losses.softmaxCrossEntropy(labels, logits);
  return tidy(() => {
    const rowLosses = customGrad((...args) => {
      const [x, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
      const [value, gradient] = engine().runKernel(SOFTMAX_CROSS_ENTROPY, {
        labels: asFloat(labels),
        logits: x,
      }) as unknown as [Tensor, Tensor];
      save([gradient]);
      return {
        value,
        gradFunc: (dy: Tensor, saved: Tensor[]) => mul(expandDims(dy, -1), saved[0] as Tensor),
      };
    });
    return mean(rowLosses(logits));
  });
}
