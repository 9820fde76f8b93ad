// The networks that wasm-step.js, native-step.js and sweeps.js time; python/networks.py has the same ones in Keras and PyTorch.
import { layers, sequential } from '@tensorflow/tfjs-layers';

/** @param {number} units @param {'relu' | 'softmax'} activation @param {number[]} [inputShape] */
const dense = (units, activation, inputShape) => layers.dense({ units, activation, ...(inputShape && { inputShape }) });
/** @param {number} filters @param {number[]} [inputShape] */
const conv = (filters, inputShape) =>
  layers.conv2d({ filters, kernelSize: 3, activation: 'relu', ...(inputShape && { inputShape }) });

/**
 * Ten classes each, by softmax.
 *
 * @typedef {{ title: string, batch: number, input: number[], layers: () => import('@tensorflow/tfjs-layers').layers.Layer[] }} Network
 * @type {Record<string, Network>}
 */
export const NETWORKS = {
  mlp: {
    title: 'MLP 784-128-64-10, batch 128',
    batch: 128,
    input: [784],
    layers: () => [dense(128, 'relu', [784]), dense(64, 'relu'), dense(10, 'softmax')],
  },
  small: {
    title: 'MLP 20-64-10, batch 32',
    batch: 32,
    input: [20],
    layers: () => [dense(64, 'relu', [20]), dense(10, 'softmax')],
  },
  cnn: {
    title: 'CNN 28×28, 32/64 filters, batch 128',
    batch: 128,
    input: [28, 28, 1],
    layers: () => [
      conv(32, [28, 28, 1]),
      layers.maxPooling2d({ poolSize: 2 }),
      conv(64),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      dense(64, 'relu'),
      dense(10, 'softmax'),
    ],
  },
  lstm: {
    title: 'LSTM(32), 20 steps of 16, batch 32',
    batch: 32,
    input: [20, 16],
    layers: () => [
      // Keras's recurrent activation; tfjs's is a hard one. Its orthogonal initialiser does not work on the stock backend alone.
      layers.lstm({
        units: 32,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'glorotUniform',
        inputShape: [20, 16],
      }),
      dense(10, 'softmax'),
    ],
  },
};

/** @param {string} name one of NETWORKS */
export function networkNamed(name) {
  const network = NETWORKS[name];
  if (!network) throw new Error(`no network "${name}"; there are ${Object.keys(NETWORKS).join(', ')}`);
  return network;
}

/** @param {Network} network */
export const modelOf = (network) => sequential({ layers: network.layers() });
