// Seven small tasks with networks of depths 1 to 5, made for halving.js: no sampler or rule was chosen on them.
import { createRequire } from 'node:module';

// The copy that lrfind uses.
const require = createRequire(import.meta.resolve('lrfind'));
const { tensor2d } = require('@tensorflow/tfjs-core');
const { layers, sequential } = require('@tensorflow/tfjs-layers');

/**
 * @typedef {{ uniform: () => number, normal: () => number }} Draws
 * @typedef {{ name: string, loss: string, rows: number, model: () => any, row: (draws: Draws) => (i: number) => [x: number[], y: number[]] }} MadeTask
 */

/**
 * A stream of random numbers (mulberry32).
 *
 * @param {number} seed
 * @returns {Draws}
 */
function drawsOf(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** @param {number} value @param {number} count */
const oneHot = (value, count) => Array.from({ length: count }, (_, i) => (i === value ? 1 : 0));

/**
 * @param {number} inputs
 * @param {readonly number[]} hidden
 * @param {any} activation
 * @param {number} outputs
 * @param {any} last activation of the output
 * @param {() => any} [between] makes a layer after each hidden one
 */
function dense(inputs, hidden, activation, outputs, last, between) {
  return () => {
    const all = hidden.flatMap((units) => [layers.dense({ units, activation }), ...(between ? [between()] : [])]);
    return sequential({
      layers: [layers.inputLayer({ inputShape: [inputs] }), ...all, layers.dense({ units: outputs, activation: last })],
    });
  };
}

/** @type {readonly MadeTask[]} */
export const madeTasks = [
  {
    ...{ name: 'spirals', loss: 'categoricalCrossentropy', rows: 600, model: dense(2, [24, 24], 'relu', 3, 'softmax') },
    row:
      ({ uniform, normal }) =>
      (i) => {
        const [kind, t] = [i % 3, uniform() * 3.2];
        const angle = t * 2 + (kind * 2 * Math.PI) / 3 + 0.15 * normal();
        return [[(t / 2) * Math.cos(angle), (t / 2) * Math.sin(angle)], oneHot(kind, 3)];
      },
  },
  {
    // Friedman, Multivariate adaptive regression splines, 1991.
    ...{ name: 'friedman', loss: 'meanSquaredError', rows: 500, model: dense(10, [32], 'relu', 1, 'linear') },
    row:
      ({ uniform, normal }) =>
      () => {
        const x = Array.from({ length: 10 }, uniform);
        const [a, b, c, d, e] = /** @type {[number, number, number, number, number]} */ (/** @type {unknown} */ (x));
        const y = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + normal();
        return [x, [(y - 14.4) / 5]];
      },
  },
  {
    ...{ name: 'checkerboard', loss: 'binaryCrossentropy', rows: 800 },
    model: dense(2, [32, 32, 16], 'tanh', 1, 'sigmoid'),
    row:
      ({ uniform }) =>
      () => {
        const [a, b] = [uniform() * 4 - 2, uniform() * 4 - 2];
        const y = (Math.floor(a) + Math.floor(b)) & 1;
        return [[a, b], [uniform() < 0.03 ? 1 - y : y]];
      },
  },
  {
    ...{ name: 'linear', loss: 'meanSquaredError', rows: 500, model: dense(40, [], 'linear', 1, 'linear') },
    row: ({ uniform, normal }) => {
      const weights = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? normal() : 0));
      return () => {
        const x = weights.map((_, i) => normal() * (i < 20 ? 1 : 0.2));
        const y = weights.reduce((sum, weight, i) => sum + weight * /** @type {number} */ (x[i]), 0);
        return [x, [y + (uniform() < 0.05 ? 3 : 0.3) * normal()]];
      };
    },
  },
  {
    ...{ name: 'mixture', loss: 'categoricalCrossentropy', rows: 640 },
    model: dense(16, [32], 'relu', 8, 'softmax', () => layers.batchNormalization()),
    row: ({ uniform, normal }) => {
      const centers = Array.from({ length: 8 }, () => Array.from({ length: 16 }, () => normal() * 0.9));
      return (i) => {
        const x = /** @type {number[]} */ (centers[i % 8]).map((center) => center + normal());
        return [x, oneHot(uniform() < 0.1 ? Math.floor(uniform() * 8) : i % 8, 8)];
      };
    },
  },
  {
    ...{ name: 'waves', loss: 'meanAbsoluteError', rows: 500, model: dense(1, [24, 24, 24, 24], 'elu', 1, 'linear') },
    row:
      ({ uniform, normal }) =>
      () => {
        const x = uniform() * 2 - 1;
        return [[x], [Math.exp(-x) * 0.4 * Math.sin(9 * x) + 0.5 * Math.abs(x) + 0.05 * normal()]];
      },
  },
  {
    ...{ name: 'parity', loss: 'binaryCrossentropy', rows: 700 },
    model: dense(8, [32, 16], 'selu', 1, 'sigmoid', () => layers.dropout({ rate: 0.1 })),
    row:
      ({ uniform, normal }) =>
      () => {
        const x = Array.from({ length: 8 }, () => (uniform() < 0.5 ? -1 : 1));
        const product = /** @type {number} */ (x[0]) * /** @type {number} */ (x[3]) * /** @type {number} */ (x[6]);
        return [x.map((sign) => sign + 0.2 * normal()), [product > 0 ? 1 : 0]];
      },
  },
];

/**
 * The rows of a task.
 *
 * @param {MadeTask} task
 * @param {number} seed
 */
export function rowsOf({ rows, row }, seed) {
  const make = row(drawsOf(seed));
  const all = Array.from({ length: rows }, (_, i) => make(i));
  return { xs: tensor2d(all.map(([x]) => x)), ys: tensor2d(all.map(([, y]) => y)) };
}
