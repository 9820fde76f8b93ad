import { train } from 'lrfind';

/**
 * Trains on the first half of the rows, with other noise, so that the task begins with weights that know something.
 *
 * @param {number} number @param {any} model @param {any} rows @param {any} loss @param {number} batchSize
 */
export async function pretrain(number, model, rows, loss, batchSize) {
  const half = Math.floor(rows.rows / 2);
  const other = {
    ...rows,
    rows: half,
    inputs: rows.inputs.map((/** @type {any} */ { shape, values }) => ({
      shape,
      values: values.slice(0, (values.length / rows.rows) * half),
    })),
    targets: rows.targets.map((/** @type {any} */ { shape, values }) => ({
      shape,
      values: values.slice(0, half).map((/** @type {number} */ value) => (loss ? value * 0.7 + 0.3 : value)),
    })),
  };
  await train(model, other, {
    learningRate: 3e-3,
    optimizer: 'adam',
    loss,
    batchSize,
    epochs: 8,
    validationSplit: 0,
    seed: number,
  });
}
