import { softmaxCrossEntropy } from '@lrfind/backends';
import {
  cast,
  losses as coreLosses,
  mean,
  oneHot,
  reshape,
  type Scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type LossName, resolveLossName } from './registry.js';

/** A loss: targets and predictions, both with the batch first, to one number a row or one number in all. */
export type LossFunction = (target: Tensor, prediction: Tensor) => Tensor;

/** Losses that Keras has and TensorFlow.js's layers lack, made of TensorFlow.js's own operations. */
const added: Readonly<Partial<Record<LossName, LossFunction>>> = {
  /** Huber's loss with delta 1. */
  huber: (target, prediction) => coreLosses.huberLoss(target, prediction),
  /** Cross entropy of class numbers against logits: the head has no softmax. */
  softmaxCrossEntropy: (target, prediction) =>
    tidy(() => {
      const classes = prediction.shape.at(-1) as number;
      const labels = target.size === prediction.size ? target : oneHot(cast(reshape(target, [-1]), 'int32'), classes);
      return softmaxCrossEntropy(reshape(labels, prediction.shape), prediction);
    }),
  /** Cross entropy of 0/1 targets against logits: the head has no sigmoid. */
  sigmoidCrossEntropy: (target, prediction) => coreLosses.sigmoidCrossEntropy(target, prediction),
};

/**
 * The function behind a loss's name.
 *
 * @param name any spelling that `resolveLossName` takes
 */
export function lossFunction(name: string): LossFunction {
  const canonical = resolveLossName(name);
  return added[canonical] ?? tfjsLoss(canonical);
}

/** TensorFlow.js keeps its losses to itself; a compiled model is the only place that hands them out. */
function tfjsLoss(name: LossName): LossFunction {
  const inputs = input({ shape: [1] });
  const outputs = layers.dense({ units: 1, kernelInitializer: 'zeros' }).apply(inputs) as SymbolicTensor;
  const probe = model({ inputs, outputs });
  probe.compile({ optimizer: 'sgd', loss: name });
  const [found] = probe.lossFunctions;
  probe.dispose();
  return found as LossFunction;
}

/** The number that training minimises for one output: the mean over the batch. */
export function batchLoss(loss: LossFunction, target: Tensor, prediction: Tensor): Scalar {
  return mean(loss(target, prediction));
}
