import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type ModelCompileArgs, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { weightVariables } from '../../src/model/weights.js';
import { checksum } from '../checksum.js';

/** Points of the plane, none of them twice. */
export const points = (count: number, from = 0): number[][] =>
  Array.from({ length: count }, (_, i) => [Math.sin(i + from), Math.cos(1.7 * (i + from))]);

/** A number for each point, a class of three, and a yes or no; none of them can be learnt perfectly. */
export const heights = (xs: readonly number[][]) => xs.map(([a = 0, b = 0]) => 2 * a - b + 0.3 * Math.sin(31 * a));
export const classes = (xs: readonly number[][]) => heights(xs).map((y) => (y > 1 ? 2 : y > -0.5 ? 1 : 0));
export const answers = (xs: readonly number[][]) => heights(xs).map((y) => (y > 0.2 ? 1 : 0));
export const oneHot = (labels: readonly number[]) => labels.map((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)));

/** Initial weights that are the same each time. */
export const drawn = (seed: number) => ({ className: 'GlorotUniform', config: { seed } }) as never;

/** A network with statistics that no gradient moves, dropout, and initialisers with seeds, which drawn weights ignore. */
export const noisy = (dropout: number): Sequential =>
  sequential({
    layers: [
      layers.dense({ units: 6, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }),
      layers.batchNormalization(),
      layers.dropout({ rate: dropout }),
      layers.dense({ units: 1, kernelInitializer: drawn(2) }),
    ],
  });

/** A small network that starts from the same weights each time. */
export function network(units: number, activation: 'linear' | 'sigmoid' | 'softmax', extra: object = {}): Sequential {
  return sequential({
    layers: [
      layers.dense({ units: 4, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1), ...extra }),
      layers.dense({ units, activation, kernelInitializer: drawn(2) }),
    ],
  });
}

/** The same, for one number. */
export const regression = (extra: object = {}) => network(1, 'linear', extra);

/** The same, compiled. */
export function compiled(model: LayersModel, args: Partial<ModelCompileArgs> = {}): LayersModel {
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError', ...args });
  return model;
}

/** The bits of all weights, as a number. */
export const bits = (model: LayersModel) => checksum(weightVariables(model));

/** All weights, one after the other. */
export const weights = (model: LayersModel) => weightVariables(model).flatMap((weight) => [...weight.dataSync()]);

/** How many tensors an action leaves behind, or takes away. */
export async function tensorsLeft(action: () => Promise<unknown>): Promise<number> {
  const before = tf.memory().numTensors;
  await action();
  return tf.memory().numTensors - before;
}

/** The error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('was fulfilled');
    },
    (error: Error) => error,
  );
}
