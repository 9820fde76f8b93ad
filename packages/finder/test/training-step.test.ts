import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { lossFunction } from '../src/losses/index.js';
import { buildModel, topologyOf } from '../src/model/initial-weights.js';
import { seededRandom } from '../src/random.js';
import { borrow } from '../src/snapshot.js';
import { eagerTrainingStep } from '../src/training-step.js';

test('x', async () => {
  await tf.setBackend('wasm');
  const m0 = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [2] }), tfl.layers.dense({ units: 1 })] });
  const m = await buildModel(topologyOf(m0), seededRandom(1));
  const loan = borrow(m);
  const rule = {
    name: 'sgd', slots: {}, shared: {},
    prepare: (rate: tf.Tensor) => ({ rate }),
    update: (w: tf.Tensor, g: tf.Tensor, _s: object, p: any) => ({ weight: tf.sub(w, tf.mul(g, p.rate)), slots: {} }),
  };
  const data = { rows: 4, notes: [], inputs: [{ shape: [2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }], targets: [{ shape: [1], values: Float32Array.of(1, 2, 3, 4) }] };
  const n0 = tf.memory().numTensors;
  const step = eagerTrainingStep({ model: m, data, losses: [lossFunction('mse')], rule });
  const out = [];
  for (let i = 0; i < 5; i++) { const l = step.train(Int32Array.of(0, 1, 2, 3), 0.01); out.push(l.dataSync()[0]); l.dispose(); }
  console.log(out);
  step.dispose();
  expect(tf.memory().numTensors).toBe(n0);
  loan.giveBack();
});
