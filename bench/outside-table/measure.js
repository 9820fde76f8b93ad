// Measures the cells of the outside table: what lrfind answers for the very network, on the rows on which the table trained it.
//
//   node bench/outside-table/measure.js FOLDER [FROM TO]     FOLDER: where cells.py wrote; the numbers of its cells, 101 and 217 by
//                                                          default; those that have an answer are left as they are
//
// FOLDER/answers/NUMBER.json is the whole result of the search: the sweeps, and every tried rate with its losses. So other rules can
// be tried on it without a training.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { initializers, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, useBackend } from 'lrfind';

/** Epochs after which a training of the table ends, unless its training loss has stalled before. */
export const EPOCHS = 243;

/**
 * Numbers of the cells to measure, of which those for judging are judged. The first hundred served to make the rule for long
 * trainings; these came after it.
 */
export const FRESH = /** @type {const} */ ([101, 217]);

/** @typedef {{ number: number, split: string, set: string, alpha: number, batch: number, depth: number, width: number }} Cell */

/**
 * scikit-learn's network: its initial weights, also of the biases, and its penalty, which it divides by the rows of the batch.
 *
 * @param {Cell} cell @param {number} columns @param {number} classes
 */
export function networkOf({ alpha, batch, depth, width }, columns, classes) {
  const model = sequential();
  model.add(layers.inputLayer({ inputShape: [columns] }));
  const outputs = classes === 2 ? 1 : classes;
  const sizes = [...new Array(depth).fill(width), outputs];
  for (const [i, units] of sizes.entries()) {
    const most = Math.sqrt(6 / ((sizes[i - 1] ?? columns) + units));
    model.add(
      layers.dense({
        units,
        activation: i < depth ? 'relu' : outputs === 1 ? 'sigmoid' : 'softmax',
        kernelInitializer: 'glorotUniform',
        biasInitializer: initializers.randomUniform({ minval: -most, maxval: most }),
        kernelRegularizer: regularizers.l2({ l2: alpha / 2 / batch }),
      }),
    );
  }
  return model;
}

/** Reads a data set that cells.py wrote. @param {string} folder @param {string} name */
export function readSet(folder, name) {
  const { columns, classes, features, labels } = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
  const rows = {
    rows: labels.length,
    inputs: [{ shape: [columns], values: Float32Array.from(features) }],
    targets: [{ shape: [1], values: Float32Array.from(labels) }],
    notes: [],
  };
  return { columns, classes, rows };
}

/** scikit-learn's Adam. */
export const ADAM = /** @type {const} */ ({ name: 'adam', epsilon: 1e-8 });

/** What a training step costs, roughly. @param {Cell} cell */
export const stepCost = ({ batch, depth, width }) => batch * ((depth - 1) * width ** 2 + 50 * width);

/**
 * The cells for judging among the numbers.
 *
 * @template {{ number: number, split: string }} T
 * @param {readonly T[]} cells @param {readonly [number, number]} range first and last number
 */
export const judgingCells = (cells, [from, to]) =>
  cells.filter(({ number, split }) => from <= number && number <= to && split === 'judging');

/**
 * Measures the cells for judging that have no answer yet, the cheapest of them first.
 *
 * @param {string} folder @param {readonly [number, number]} [range] first and last number
 */
export async function measure(folder, range = FRESH) {
  /** @type {{ cells: Cell[] }} */
  const { cells } = JSON.parse(readFileSync(`${folder}/cells.json`, 'utf8'));
  mkdirSync(`${folder}/answers`, { recursive: true });
  await useBackend('tensorflow');
  for (const cell of judgingCells(cells, range).toSorted((a, b) => stepCost(a) - stepCost(b))) {
    const file = `${folder}/answers/${cell.number}.json`;
    if (existsSync(file)) continue;
    const { columns, classes, rows } = readSet(folder, cell.set);
    const model = networkOf(cell, columns, classes);
    const result = await findLearningRate(model, rows, {
      optimizer: ADAM,
      batchSize: cell.batch,
      initialWeights: 'drawn',
      verify: true,
      epochs: EPOCHS,
    });
    model.dispose();
    writeFileSync(`${file}.part`, JSON.stringify(result));
    renameSync(`${file}.part`, file);
    const { suggestion, verification, environment } = result;
    console.log(
      `${cell.number} ${cell.set} batch ${cell.batch}, ${cell.depth} × ${cell.width}: ${suggestion?.learningRate.toPrecision(3)} (${suggestion?.verdict}; plain ${verification?.plain?.toPrecision(3)}), ${environment.seconds.toFixed(0)} s`,
    );
  }
}

const [, program, folder, from, to] = process.argv;
if (program === import.meta.filename) {
  if (folder === undefined) throw new Error('the folder must be named: node bench/outside-table/measure.js FOLDER');
  await measure(folder, from === undefined ? undefined : [Number(from), Number(to)]);
}
