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
import { InputError, nearest } from '../errors.js';

/** A loss: targets and predictions, both with the batch first, to one number a row or one number in all. */
export type LossFunction = (target: Tensor, prediction: Tensor) => Tensor;

/** TensorFlow.js's own losses, by the names that `model.compile` takes. */
const builtIn = [
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'squaredHinge',
  'hinge',
  'categoricalHinge',
  'logcosh',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'kullbackLeiblerDivergence',
  'poisson',
  'cosineProximity',
] as const;

/** Losses that Keras has and TensorFlow.js's layers lack, made of TensorFlow.js's own operations. */
const added: Readonly<Record<string, LossFunction>> = {
  /** Huber's loss with delta 1. */
  huber: (target, prediction) => coreLosses.huberLoss(target, prediction),
  /** Cross entropy of class numbers against logits: the head has no softmax. */
  softmaxCrossEntropy: (target, prediction) =>
    tidy(() => {
      const classes = prediction.shape.at(-1) as number;
      const labels = target.size === prediction.size ? target : oneHot(cast(reshape(target, [-1]), 'int32'), classes);
      return coreLosses.softmaxCrossEntropy(reshape(labels, prediction.shape), prediction);
    }),
  /** Cross entropy of 0/1 targets against logits: the head has no sigmoid. */
  sigmoidCrossEntropy: (target, prediction) => coreLosses.sigmoidCrossEntropy(target, prediction),
};

/** Other spellings: Keras's snake_case names and short forms that differ by more than underscores and capitals. */
const aliases: Readonly<Record<string, string>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  bce: 'binaryCrossentropy',
  kldivergence: 'kullbackLeiblerDivergence',
  kld: 'kullbackLeiblerDivergence',
  cosinesimilarity: 'cosineProximity',
  huberloss: 'huber',
};

/** The name of every loss, in the order in which help lists them. */
export const lossNames: readonly string[] = [...builtIn, ...Object.keys(added)];

/**
 * The canonical name of a loss.
 *
 * @param name as in TensorFlow.js (`meanSquaredError`), as in Keras (`mean_squared_error`, `MeanSquaredError`) or short (`mse`)
 * @throws InputError when there is no such loss; the nearest is offered
 */
export function resolveLossName(name: string): string {
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const found = aliases[key] ?? lossNames.find((known) => known.toLowerCase() === key);
  if (found) return found;
  const guess = nearest(name, [...lossNames, ...Object.keys(aliases)]);
  throw new InputError(
    `unknown loss "${name}"${guess ? `; did you mean ${guess}?` : '.'} Losses: ${lossNames.join(', ')}`,
  );
}

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
function tfjsLoss(name: string): LossFunction {
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
