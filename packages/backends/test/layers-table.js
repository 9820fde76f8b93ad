import * as tf from '@tensorflow/tfjs-core';
import { gradientError, modelOf } from './gradient-error.js';
import { LAYER_CASES } from './layer-cases.js';

/** @typedef {typeof import('../src/index.js')} Backends */

/** @typedef {Record<string, Record<string, string>>} Verdicts for each backend, what training each kind of layer gave */

/** The columns. */
export const COLUMNS = /** @type {const} */ (['tensorflow', 'wasm', 'cpu']);

const live = () => ({
  tensors: tf.memory().numTensors,
  buffers: /** @type {tf.KernelBackend} */ (tf.backend()).numDataIds(),
});

/**
 * Trains one kind of layer on the current backend, also where it is refused: a refusal without need is a fault.
 *
 * @param {import('./layer-cases.js').LayerCase} layerCase
 * @param {Backends['untrainableLayers']} untrainableLayers
 * @returns `ok`, or a verdict that begins with `refused` and is meant, or one that tells a fault; and the tensors and
 *   buffers that a gradient left behind
 */
export function tryLayer(layerCase, untrainableLayers) {
  const none = { tensors: 0, buffers: 0 };
  /** @type {ReturnType<typeof modelOf>} */
  let model;
  try {
    model = modelOf(layerCase);
  } catch (error) {
    return { verdict: `refused by TensorFlow.js: ${/** @type {Error} */ (error).message}`, leaves: none };
  }
  const refusals = untrainableLayers(model);
  const trial = attempt(model, layerCase);
  model.dispose();
  if (refusals.length === 0) return { verdict: trial.fault ?? 'ok', leaves: trial.leaves };
  if (!trial.fault) return { verdict: `works, but is refused: ${refusals.join(' ')}`, leaves: none };
  // The name of the layer is a number in this table.
  const reasons = refusals.map((sentence) => sentence.slice(sentence.indexOf(': ') + 2));
  return { verdict: `refused: ${reasons.join(' ')}`, leaves: none };
}

/**
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 * @param {import('./layer-cases.js').LayerCase} layerCase
 */
function attempt(model, layerCase) {
  const [, , about] = layerCase;
  const head = model.layers.at(-2);
  if (Array.isArray(about) && head) {
    // The head flattens what has several axes.
    const given = /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (head.input).shape.slice(1);
    if (String(given) !== String(about)) {
      return { fault: `wrong: the output has the shape ${given}`, leaves: { tensors: 0, buffers: 0 } };
    }
  }
  try {
    const error = gradientError(model, layerCase);
    const before = live();
    gradientError(model, layerCase);
    const after = live();
    const leaves = { tensors: after.tensors - before.tensors, buffers: after.buffers - before.buffers };
    // Written so that NaN is wrong.
    return error < 0.01 ? { leaves } : { fault: `wrong: the gradient is off by ${error}`, leaves };
  } catch (error) {
    return { fault: `fails: ${/** @type {Error} */ (error).message}`, leaves: { tensors: 0, buffers: 0 } };
  }
}

/**
 * Trains each kind of layer on a backend.
 *
 * @param {(typeof COLUMNS)[number]} backend
 * @param {Pick<Backends, 'useBackend' | 'untrainableLayers'>} backends the package, built or as sources
 */
export async function layerVerdicts(backend, { useBackend, untrainableLayers }) {
  await useBackend(backend);
  return Object.fromEntries(
    Object.entries(LAYER_CASES).map(([name, row]) => [name, tryLayer(row, untrainableLayers).verdict]),
  );
}

/**
 * The page about which layers can be trained where, as Markdown.
 *
 * @param {Verdicts} verdicts
 */
export function layersPage(verdicts) {
  const rows = Object.keys(LAYER_CASES).map((name) => [name, ...COLUMNS.map((backend) => verdicts[backend]?.[name])]);
  return `# Layers and backends

Which layers can be trained on which backend. Written by \`node packages/backends/write-layers-table.js\` on the built
packages, which trains each of them: **ok** means that the gradient foretells how the loss changes along it, to one per
cent. In the others TensorFlow.js would fail, or train by a wrong gradient: \`untrainableLayers\` gives the sentence that
stands here, with the name of the layer. "Refused by TensorFlow.js" is what it says itself when the layer or model is made.

| layer | ${COLUMNS.join(' | ')} |
|---|${COLUMNS.map(() => '---|').join('')}
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

/**
 * What such a page says.
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
