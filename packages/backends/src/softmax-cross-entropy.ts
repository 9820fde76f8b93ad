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

/** The kernel's name; its inputs are `labels` and `logits`, its outputs the loss of each row and its slope. */
const SOFTMAX_CROSS_ENTROPY = 'SoftmaxCrossEntropyWithLogits';

/**
 * The mean over rows of −Σ labels · log softmax(logits). Where the current backend computes loss and slope in one operation, as
 * TensorFlow does, that takes the place of a dozen; elsewhere, and for a slope's own slope, it is TensorFlow.js's
 * `losses.softmaxCrossEntropy`.
 *
 * @param labels one row of probabilities for each row of logits, same shape, of any type; no slope flows into them
 * @param logits float32, the classes along the last axis
 * @returns a scalar
 */
export function softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  const fused = getKernel(SOFTMAX_CROSS_ENTROPY, getBackend()) !== undefined && engine().state.gradientDepth <= 1;
  if (!fused) return losses.softmaxCrossEntropy(labels, logits);
  return tidy(() => {
    const rowLoss = customGrad((...given) => {
      const [x, save] = given as unknown as [Tensor, (saved: Tensor[]) => void];
      const run = engine().runKernel(SOFTMAX_CROSS_ENTROPY, { labels: asFloat(labels), logits: x }) as unknown as [
        Tensor,
        Tensor,
      ];
      const [value, slope] = run;
      save([slope]);
      return {
        value,
        gradFunc: (dy: Tensor, saved: Tensor[]) => mul(expandDims(dy, -1), saved[0] as Tensor),
      };
    });
    return mean(rowLoss(logits));
  });
}
