import { softmaxCrossEntropy } from '@lrfind/backends';
import { InputError, shownValue, suggestion } from '@lrfind/core';
import { cast, losses as coreLosses, oneHot, Reduction, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { LossFunction, LossKind } from './loss.js';

/** Every loss, in the order of help and docs. Add one as an entry here. */
export const losses: readonly LossKind[] = [
  { name: 'meanSquaredError', aliases: ['mse'], target: 'number', scaleDegree: 2 },
  { name: 'meanAbsoluteError', aliases: ['mae'], target: 'number', scaleDegree: 1 },
  { name: 'meanAbsolutePercentageError', aliases: ['mape'], target: 'number' },
  { name: 'meanSquaredLogarithmicError', aliases: ['msle'], target: 'non-negative' },
  { name: 'squaredHinge', target: 'sign', yesAbove: 0 },
  { name: 'hinge', target: 'sign', yesAbove: 0 },
  { name: 'categoricalHinge', target: 'distribution' },
  { name: 'logcosh', target: 'number' },
  {
    name: 'categoricalCrossentropy',
    target: 'distribution',
    onLogits: { activation: 'softmax', loss: 'softmaxCrossEntropy' },
  },
  {
    name: 'sparseCategoricalCrossentropy',
    target: 'label',
    onLogits: { activation: 'softmax', loss: 'softmaxCrossEntropy' },
  },
  {
    name: 'binaryCrossentropy',
    aliases: ['bce'],
    target: 'probability',
    onLogits: { activation: 'sigmoid', loss: 'sigmoidCrossEntropy' },
    yesAbove: 0.5,
  },
  { name: 'kullbackLeiblerDivergence', aliases: ['kldivergence', 'kld'], target: 'distribution' },
  { name: 'poisson', target: 'non-negative' },
  { name: 'cosineProximity', aliases: ['cosinesimilarity'], target: 'number' },
  {
    // With delta 1, as in Keras.
    name: 'huber',
    aliases: ['huberloss'],
    target: 'number',
    compute: Object.assign((target: Tensor, prediction: Tensor) => coreLosses.huberLoss(target, prediction), {
      entries: (target: Tensor, prediction: Tensor) =>
        coreLosses.huberLoss(target, prediction, undefined, undefined, Reduction.NONE),
    }),
    tfjs: 'tf.losses.huberLoss',
  },
  {
    // Cross entropy of class numbers, or of a probability for each class, with logits: the output has no softmax.
    name: 'softmaxCrossEntropy',
    target: 'label-or-distribution',
    compute: Object.assign(
      (target: Tensor, prediction: Tensor) =>
        tidy(() => softmaxCrossEntropy(distribution(target, prediction), prediction)),
      {
        entries: (target: Tensor, prediction: Tensor) =>
          tidy(() =>
            coreLosses.softmaxCrossEntropy(
              distribution(target, prediction),
              prediction,
              undefined,
              undefined,
              Reduction.NONE,
            ),
          ),
      },
    ),
    tfjs: 'tf.losses.softmaxCrossEntropy',
  },
  {
    // Cross entropy of targets from 0 to 1 with logits: the output has no sigmoid.
    name: 'sigmoidCrossEntropy',
    target: 'probability',
    compute: Object.assign((target: Tensor, prediction: Tensor) => coreLosses.sigmoidCrossEntropy(target, prediction), {
      entries: (target: Tensor, prediction: Tensor) =>
        coreLosses.sigmoidCrossEntropy(target, prediction, undefined, undefined, Reduction.NONE),
    }),
    tfjs: 'tf.losses.sigmoidCrossEntropy',
    yesAbove: 0,
  },
];

/** Class numbers as a probability for each class, in the shape of the predictions; probabilities as they are. */
function distribution(target: Tensor, prediction: Tensor): Tensor {
  const classes = prediction.shape.at(-1) as number;
  const labels = target.size === prediction.size ? target : oneHot(cast(reshape(target, [-1]), 'int32'), classes);
  return reshape(labels, prediction.shape);
}

/** The name of every loss. */
export const lossNames: readonly string[] = losses.map(({ name }) => name);

/**
 * A loss by its name.
 *
 * @param name as in TensorFlow.js (`meanSquaredError`), as in Keras (`mean_squared_error`, `MeanSquaredError`) or short (`mse`)
 * @param label what messages call the loss
 * @throws InputError for an unknown name, with the nearest that exists
 */
export function lossNamed(name: string, label = 'loss'): LossKind {
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const found = losses.find((kind) => kind.name.toLowerCase() === key || kind.aliases?.includes(key));
  if (found) return found;
  const spellings = [...lossNames, ...losses.flatMap(({ aliases = [] }) => aliases)];
  throw new InputError(
    `${label} must be one of ${lossNames.join(', ')}; got ${shownValue(name)}${suggestion(name, spellings)}`,
  );
}

/** The function of a loss. */
export function lossFunction({ name, compute }: LossKind): LossFunction {
  return compute ?? tfjsLoss(name);
}

/** TensorFlow.js does not export its losses; only a compiled model gives access to them. */
function tfjsLoss(name: string): LossFunction {
  const inputs = input({ shape: [1] });
  const outputs = layers.dense({ units: 1, kernelInitializer: 'zeros' }).apply(inputs) as SymbolicTensor;
  const probe = model({ inputs, outputs });
  probe.compile({ optimizer: 'sgd', loss: name });
  const [found] = probe.lossFunctions;
  probe.dispose();
  return found as LossFunction;
}
