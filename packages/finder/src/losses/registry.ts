import { softmaxCrossEntropy } from '@lrfind/backends';
import { InputError, shownValue, suggestion } from '@lrfind/core';
import { cast, losses as coreLosses, oneHot, Reduction, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as Type from 'typebox';
import type { LossFunction, LossKind } from './loss.js';
import { lazyLoss, lossWith, parseLoss, smoothed } from './parameters.js';

/** Keras's label smoothing: the share of each target that all classes get in equal parts. */
const smoothing = { labelSmoothing: Type.Number({ minimum: 0, maximum: 1, default: 0 }) };

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
    parameters: smoothing,
    withParameters: ({ labelSmoothing = 0 }) => ({
      compute: smoothed(
        lazyLoss(() => tfjsLoss('categoricalCrossentropy')),
        labelSmoothing,
      ),
      onLogits: { activation: 'softmax', loss: `softmaxCrossEntropy(labelSmoothing=${labelSmoothing})` },
    }),
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
    parameters: smoothing,
    withParameters: ({ labelSmoothing = 0 }) => ({
      compute: smoothed(
        lazyLoss(() => tfjsLoss('binaryCrossentropy')),
        labelSmoothing,
        2,
      ),
      onLogits: { activation: 'sigmoid', loss: `sigmoidCrossEntropy(labelSmoothing=${labelSmoothing})` },
    }),
    yesAbove: 0.5,
  },
  { name: 'kullbackLeiblerDivergence', aliases: ['kldivergence', 'kld'], target: 'distribution' },
  { name: 'poisson', target: 'non-negative' },
  { name: 'cosineProximity', aliases: ['cosinesimilarity'], target: 'number' },
  {
    name: 'huber',
    aliases: ['huberloss'],
    target: 'number',
    compute: huber(1),
    tfjs: 'tf.losses.huberLoss',
    parameters: { delta: Type.Number({ exclusiveMinimum: 0, default: 1 }) },
    withParameters: ({ delta = 1 }) => ({ compute: huber(delta) }),
  },
  {
    // Cross entropy of class numbers, or of a probability for each class, with logits: the output has no softmax.
    name: 'softmaxCrossEntropy',
    target: 'label-or-distribution',
    compute: softmaxLoss(0),
    tfjs: 'tf.losses.softmaxCrossEntropy',
    parameters: smoothing,
    withParameters: ({ labelSmoothing = 0 }) => ({ compute: softmaxLoss(labelSmoothing) }),
  },
  {
    // Cross entropy of targets from 0 to 1 with logits: the output has no sigmoid.
    name: 'sigmoidCrossEntropy',
    target: 'probability',
    compute: sigmoidLoss(),
    tfjs: 'tf.losses.sigmoidCrossEntropy',
    yesAbove: 0,
    parameters: smoothing,
    withParameters: ({ labelSmoothing = 0 }) => ({ compute: smoothed(sigmoidLoss(), labelSmoothing, 2) }),
  },
];

/** The square of small errors and the absolute value of large ones; `delta` lies between them. */
function huber(delta: number): LossFunction {
  return Object.assign(
    (target: Tensor, prediction: Tensor) => coreLosses.huberLoss(target, prediction, undefined, delta),
    {
      entries: (target: Tensor, prediction: Tensor) =>
        coreLosses.huberLoss(target, prediction, undefined, delta, Reduction.NONE),
    },
  );
}

function softmaxLoss(labelSmoothing: number): LossFunction {
  const plain = Object.assign(
    (target: Tensor, prediction: Tensor) => tidy(() => softmaxCrossEntropy(target, prediction)),
    {
      entries: (target: Tensor, prediction: Tensor) =>
        tidy(() => coreLosses.softmaxCrossEntropy(target, prediction, undefined, undefined, Reduction.NONE)),
    },
  );
  const loss = labelSmoothing > 0 ? smoothed(plain, labelSmoothing) : plain;
  const of = (compute: LossFunction) => (target: Tensor, prediction: Tensor) =>
    tidy(() => compute(distribution(target, prediction), prediction));
  return Object.assign(of(loss), { entries: of(loss.entries as LossFunction) });
}

function sigmoidLoss(): LossFunction {
  return Object.assign((target: Tensor, prediction: Tensor) => coreLosses.sigmoidCrossEntropy(target, prediction), {
    entries: (target: Tensor, prediction: Tensor) =>
      coreLosses.sigmoidCrossEntropy(target, prediction, undefined, undefined, Reduction.NONE),
  });
}

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
 * @param text as in TensorFlow.js (`meanSquaredError`), as in Keras (`mean_squared_error`, `MeanSquaredError`) or short (`mse`); with
 *   parameters in parentheses where they are not the defaults: `huber(delta=0.5)`, `mse(reduction=sum)`
 * @param label what messages call the loss
 * @throws InputError for an unknown name, with the nearest that exists, and for wrong parameters
 */
export function lossNamed(text: string, label = 'loss'): LossKind {
  const { name, parameters } = parseLoss(text, label);
  const key = name.replaceAll(/[_\s-]/g, '').toLowerCase();
  const found = losses.find((kind) => kind.name.toLowerCase() === key || kind.aliases?.includes(key));
  if (found) {
    const kind = lossWith(found, parameters, label, lossFunction);
    if (kind.compute) ownLosses.add(kind.compute);
    return kind;
  }
  const spellings = [...lossNames, ...losses.flatMap(({ aliases = [] }) => aliases)];
  throw new InputError(
    `${label} must be one of ${lossNames.join(', ')}; got ${shownValue(name)}${suggestion(name, spellings)}`,
  );
}

/** Functions of the table, and TensorFlow.js's. */
const ownLosses = new WeakSet<LossFunction>();

/** Whether a loss is lrfind's or TensorFlow.js's, and not the caller's. */
export function isOwnLoss(loss: LossFunction): boolean {
  return ownLosses.has(loss);
}

/** The function of a loss. */
export function lossFunction({ name, compute }: LossKind): LossFunction {
  return compute ?? tfjsLoss(name);
}

/** TensorFlow.js does not export its losses; only a compiled model gives access to them. */
function tfjsLoss(name: string): LossFunction {
  const inputs = input({ shape: [1] });
  // A layer without weights, which takes the least time.
  const outputs = layers.reshape({ targetShape: [1] }).apply(inputs) as SymbolicTensor;
  const probe = model({ inputs, outputs });
  probe.compile({ optimizer: 'sgd', loss: name });
  const [found] = probe.lossFunctions;
  probe.dispose();
  ownLosses.add(found as LossFunction);
  return found as LossFunction;
}
