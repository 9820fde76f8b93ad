import * as tf from '@tensorflow/tfjs-core';
import { gradientError, modelOf } from './gradient-error.js';
import { LAYER_CASES } from './layer-cases.js';

/** @typedef {typeof import('../src/node/index.js')} Backends */

/** @typedef {Record<string, Record<string, string>>} Verdicts for each backend, the verdict on each layer case */

/** The columns of the table. */
export const COLUMNS = /** @type {const} */ (['tensorflow', 'wasm', 'webgpu', 'cpu']);

const live = () => ({
  tensors: tf.memory().numTensors,
  buffers: /** @type {tf.KernelBackend} */ (tf.backend()).numDataIds(),
});

/**
 * Trains one layer case on the current backend, also where lrfind refuses it: refusing a layer that works is a fault.
 *
 * @param {import('./layer-cases.js').LayerCase} layerCase
 * @param {Backends['unsupportedLayers']} unsupportedLayers
 * @param {boolean} [leaks] whether to look for leaks, by training once more. Default: yes
 * @returns the verdict: `ok`, one that begins with `refused`, or a fault; and the tensors and buffers that a gradient
 *   leaked
 */
export async function tryLayer(layerCase, unsupportedLayers, leaks = true) {
  const none = { tensors: 0, buffers: 0 };
  /** @type {ReturnType<typeof modelOf>} */
  let model;
  try {
    model = modelOf(layerCase);
  } catch (error) {
    return { verdict: `refused by TensorFlow.js: ${/** @type {Error} */ (error).message}`, leaked: none };
  }
  const refusals = unsupportedLayers(model);
  const trial = await attempt(model, layerCase, leaks);
  model.dispose();
  if (refusals.length === 0) return { verdict: trial.fault ?? 'ok', leaked: trial.leaked };
  if (!trial.fault) return { verdict: `works, but is refused: ${refusals.join(' ')}`, leaked: none };
  // Without the layer's name, which contains a running number.
  const reasons = refusals.map((sentence) => sentence.slice(sentence.indexOf(': ') + 2));
  return { verdict: `refused: ${reasons.join(' ')}`, leaked: none };
}

/**
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 * @param {import('./layer-cases.js').LayerCase} layerCase
 * @param {boolean} leaks
 */
async function attempt(model, layerCase, leaks) {
  const [, , about] = layerCase;
  const flatten = model.layers.at(-2);
  if (Array.isArray(about) && flatten) {
    const actual = /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (flatten.input).shape.slice(1);
    if (String(actual) !== String(about)) {
      return { fault: `wrong: the output has the shape ${actual}`, leaked: { tensors: 0, buffers: 0 } };
    }
  }
  try {
    const error = await gradientError(model, layerCase);
    const before = live();
    if (leaks) await gradientError(model, layerCase);
    const after = live();
    const leaked = { tensors: after.tensors - before.tensors, buffers: after.buffers - before.buffers };
    // This comparison is false for NaN.
    return error < 0.01 ? { leaked } : { fault: `wrong: the gradient is off by ${error}`, leaked };
  } catch (error) {
    return { fault: `fails: ${/** @type {Error} */ (error).message}`, leaked: { tensors: 0, buffers: 0 } };
  }
}

/**
 * Trains each layer case on a backend.
 *
 * @param {(typeof COLUMNS)[number]} backend
 * @param {Pick<Backends, 'settleBackend' | 'useBackend' | 'unsupportedLayers'>} backends the package, built or as sources
 */
export async function layerVerdicts(backend, { settleBackend, useBackend, unsupportedLayers }) {
  await useBackend(backend);
  /** @type {Record<string, string>} */
  const verdicts = {};
  for (const [name, layerCase] of Object.entries(LAYER_CASES)) {
    verdicts[name] = (await tryLayer(layerCase, unsupportedLayers, false)).verdict;
    await settleBackend();
  }
  return verdicts;
}

/**
 * The page docs/layers.md: which layers can be trained on which backend.
 *
 * @param {Verdicts} verdicts
 */
export function layersPage(verdicts) {
  const rows = Object.keys(LAYER_CASES).map((name) => [name, ...COLUMNS.map((backend) => verdicts[backend]?.[name])]);
  return `# Layers and backends

Which layers can be trained on which backend. \`node packages/backends/write-layers-table.js\` writes this page: it trains
each layer with the built packages. **ok** means that the gradient predicts the change of the loss to within one per cent.
The other layers would fail in TensorFlow.js, or train with a wrong gradient: \`unsupportedLayers\` returns the sentence
below, with the name of the layer. "Refused by TensorFlow.js" is TensorFlow.js's own error when the layer or model is
created.

| layer | ${COLUMNS.join(' | ')} |
|---|${COLUMNS.map(() => '---|').join('')}
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

/**
 * The verdicts on such a page.
 *
 * @param {string} page
 * @returns {Verdicts}
 */
export function readLayersPage(page) {
  const [head = [], ...rows] = page
    .split('\n')
    .flatMap((line) => (line.startsWith('| ') ? [line.slice(2, -2).split(' | ')] : []));
  return Object.fromEntries(
    head
      .slice(1)
      .map((backend, i) => [backend, Object.fromEntries(rows.map(([name = '', ...cells]) => [name, cells[i] ?? '']))]),
  );
}
