import * as tf from '@tensorflow/tfjs-core';
import { input, layers as L, model as makeModel } from '@tensorflow/tfjs-layers';

/** Random whole numbers from 0 to 2³² − 1. @param {number} seed */
function wholeNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/**
 * Calls a function while `Math.random`, from which layers draw their weights and noise, is seeded.
 *
 * @template Result
 * @param {number} seed
 * @param {() => Result} run
 * @returns {Result}
 */
export function withSeed(seed, run) {
  const { random } = Math;
  const draw = wholeNumbers(seed);
  Math.random = () => draw() / 2 ** 32;
  try {
    return run();
  } finally {
    Math.random = random;
  }
}

/**
 * A model of one case: an input, the layers, and a dense head with one output.
 *
 * @param {import('./layer-cases.js').LayerCase} layerCase
 */
export function modelOf([shape, make]) {
  return withSeed(5, () => {
    const start = input({ shape });
    /** @type {any} */
    let x = start;
    for (const layer of [make()].flat()) x = layer.apply(x);
    const flat = x.rank > 2 ? L.flatten().apply(x) : x;
    return makeModel({ inputs: start, outputs: /** @type {any} */ (L.dense({ units: 1 }).apply(flat)) });
  });
}

const BATCH = 3;
/** Half the distance of the finite difference. */
const DISTANCE = 2e-3;

/**
 * The relative error of the gradient of a loss, by a finite difference along it: |measured / predicted − 1|. Below 0.01
 * for a correct gradient, in float32 and with some curvature.
 *
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 * @param {import('./layer-cases.js').LayerCase} layerCase
 * @returns {Promise<number>}
 */
export async function gradientError(model, [shape, , ids]) {
  const draw = wholeNumbers(9);
  const values = (/** @type {number} */ count, /** @type {boolean} */ whole) =>
    Float32Array.from({ length: count }, () => (whole ? draw() % 4 : (draw() / 2 ** 32) * 4 - 2));
  const measured = tf.tidy(() => {
    const x = tf.tensor(values(BATCH * tf.util.sizeFromShape(shape), ids === 'ids'), [BATCH, ...shape]);
    const y = tf.tensor(values(BATCH, false), [BATCH, 1]);
    const variables = model.trainableWeights.map((weight) => /** @type {tf.Variable} */ (weight.read()));
    // The same seed each time, so that the noise is the same.
    const loss = () =>
      withSeed(7, () => {
        const output = /** @type {tf.Tensor} */ (model.apply(x, { training: true }));
        return /** @type {tf.Scalar} */ (tf.mean(tf.squaredDifference(output, y)));
      });
    const { grads } = tf.variableGrads(loss, variables);
    const slopes = variables.map((v) => grads[v.name] ?? tf.zerosLike(v));
    const norm = tf.sqrt(slopes.map((slope) => tf.sum(tf.square(slope))).reduce((sum, square) => tf.add(sum, square)));
    const start = variables.map((v) => tf.clone(v));
    const lossAt = (/** @type {number} */ distance) => {
      variables.forEach((v, i) => {
        const move = tf.mul(/** @type {tf.Tensor} */ (slopes[i]), tf.div(distance, norm));
        v.assign(tf.add(/** @type {tf.Tensor} */ (start[i]), move));
      });
      return loss();
    };
    const losses = [lossAt(DISTANCE), lossAt(-DISTANCE)];
    variables.forEach((v, i) => {
      v.assign(/** @type {tf.Tensor} */ (start[i]));
    });
    return [norm, ...losses];
  });
  try {
    const [norm = 0, above = 0, below = 0] = (await Promise.all(measured.map((one) => one.data()))).map(([n]) => n);
    if (!(norm > 1e-3)) throw new Error(`the gradient has a norm of ${norm}`);
    return Math.abs((above - below) / (2 * DISTANCE) / norm - 1);
  } finally {
    tf.dispose(measured);
  }
}
