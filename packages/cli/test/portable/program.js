// A search, a training and a comparison of a table, as every JavaScript engine can run them: in a page the packages come by
// their `exports` for browsers, elsewhere by those for Node.
import { useBackend } from '@lrfind/backends';
import { bytesSource, readTable } from '@lrfind/data';
import { compare, encodeTable, findLearningRate, readModel, train } from '@lrfind/finder';
import { lossByRate, renderSvg } from '@lrfind/plots';

/** 192 rows of three classes, without a function that engines may round differently. */
function rows() {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lines = Array.from({ length: 192 }, () => {
    const [a, b, c] = [random(), random(), random()];
    const kind = a + b * b > 1 ? 'high' : b > c ? 'middle' : 'low';
    return [a, b, c]
      .map((value) => (10 * value).toFixed(3))
      .concat(kind)
      .join(',');
  });
  return `${['a,b,c,kind', ...lines].join('\n')}\n`;
}

const initializer = (/** @type {number} */ seed) => ({ class_name: 'GlorotUniform', config: { seed } });
/** @param {string} name @param {number} units @param {string} activation @param {number} seed @param {object} [config] */
const dense = (name, units, activation, seed, config = {}) => ({
  class_name: 'Dense',
  config: { name, units, activation, kernel_initializer: initializer(seed), ...config },
});
const modelTopology = {
  class_name: 'Sequential',
  config: {
    name: 'classifier',
    layers: [
      dense('hidden', 12, 'relu', 1, { batch_input_shape: [null, 3] }),
      { class_name: 'Dropout', config: { name: 'noise', rate: 0.1 } },
      dense('kind', 3, 'softmax', 2),
    ],
  },
};

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * Runs everything on WebAssembly.
 *
 * @param {string} [wasmPaths] where a page finds the files of WebAssembly
 * @returns the documents as JSON without times and what computed them, and the chart of the search
 */
export async function documents(wasmPaths) {
  await useBackend('wasm', { wasmPaths });
  const { model } = await readModel(bytesSource('model.json', bytes(JSON.stringify({ modelTopology }))));
  const table = await readTable(bytesSource('rows.csv', bytes(rows())));
  const { dataset, losses } = encodeTable(table, model, { scale: 'standard', missing: 'mean' });
  const options = { loss: losses, batchSize: 16 };
  const sweep = await findLearningRate(model, dataset, {
    ...options,
    steps: 80,
    repeats: 3,
    suggest: ['descent', 'steep', 'valley', 'slide', 'minimum'],
    verify: 60,
    diagnose: true,
  });
  const linear = await findLearningRate(model, dataset, {
    ...options,
    ...{ optimizer: 'sgd', spacing: 'linear', startLr: 0.001, endLr: 3, steps: 40, repeats: 2, verify: false },
  });
  const training = await train(model, dataset, { ...options, learningRate: 'cosine(0.03, steps=30)', epochs: 3 });
  const comparison = await compare(model, dataset, {
    ...options,
    trials: [{ learningRate: 0.01 }, { learningRate: 0.3 }, { learningRate: 'polynomial(0.05, steps=30, power=1.7)' }],
    ...{ epochs: 3, repeats: 2 },
  });
  const results = { sweep, linear, training, comparison };
  return { text: JSON.stringify(results, withoutTimes, 1), svg: await renderSvg(lossByRate(sweep)) };
}

/** What differs from one run to the next. */
const times = ['environment', 'seconds'];
const withoutTimes = (/** @type {string} */ key, /** @type {unknown} */ value) =>
  times.includes(key) ? undefined : value;
