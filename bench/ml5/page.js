// What run.js runs in a page that has loaded ml5.
import { setFoundRate, useBackend } from '../../packages/browser/dist/with-tf.js';

const { ml5 } = /** @type {any} */ (globalThis);

/** @typedef {{ options: object, rows: import('./tasks.js').Row[], seed: number }} SeededTask */

/** Lets ml5 and TensorFlow.js draw from a seed: they draw weights and the order of rows with `Math.random`. @param {number} seed */
function seedRandom(seed) {
  let state = seed * 7919;
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A network of ml5 with its data. Networks of one seed have the same weights. @param {SeededTask} task */
function networkOf({ options, rows, seed }) {
  seedRandom(seed);
  const network = ml5.neuralNetwork(options);
  for (const { xs, ys } of rows) network.addData(xs, ys);
  network.normalizeData();
  // As `train` would, but before the search, so that both networks start from the same weights.
  network.options.layers = network.addDefaultLayers();
  return network;
}

/** The validation loss after ml5's own training, with its default options. @param {any} network @param {number} seed */
async function trained(network, seed) {
  seedRandom(seed + 1000);
  let last = Number.NaN;
  await network.train(
    {},
    (/** @type {number} */ _, /** @type {{ val_loss: number }} */ logs) => {
      last = logs.val_loss;
    },
    () => {},
  );
  // A loss that is no number is worse than any other.
  return Number.isFinite(last) ? last : Number.MAX_VALUE;
}

/** Both trainings of a task with one seed. @param {SeededTask} task @returns {Promise<import('./run.js').Run>} */
export async function measure(task) {
  await useBackend('wasm');
  const plain = networkOf(task);
  const defaultRate = plain.options.learningRate;
  const byDefault = await trained(plain, task.seed);
  const network = networkOf(task);
  const begin = performance.now();
  let failure;
  try {
    await setFoundRate(network, { seed: task.seed });
  } catch (error) {
    // The network keeps ml5's rate, so that this counts as no better.
    failure = String(error);
  }
  const seconds = (performance.now() - begin) / 1000;
  const rate = network.options.learningRate;
  const found = await trained(network, task.seed);
  return { rate, defaultRate, byDefault, found, seconds, failure };
}
