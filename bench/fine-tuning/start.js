// The model of a task as it is when fine-tuning begins: trained before, compiled with the optimizer that has come that far.
import { seededRandom, withMathRandom } from '@lrfind/core';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { optimizer as optimizerOf, train } from 'lrfind';

/** @typedef {ReturnType<typeof import('./tasks.js').taskOf>} Task @typedef {ReturnType<Task['model']>} Model */

/** Makes the model, and its state. @param {Task} task @returns {Promise<Model>} */
export async function startOf(task) {
  const model = task.model();
  if (task.goesOn) {
    compiled(task, model, task.rateBefore);
    await trainedOn(task, model, task.before, { steps: task.stepsBefore, seed: task.number });
    return model;
  }
  await train(model, task.before, {
    learningRate: 3e-3,
    optimizer: 'adam',
    ...(task.loss && { loss: task.loss }),
    batchSize: 32,
    epochs: Math.max(1, Math.round((task.stepsBefore * 32) / task.before.rows)),
    validationSplit: 0,
    seed: task.number,
  });
  if (!task.newHead) return model;
  const fresh = task.model();
  const head = fresh.layers.length - 1;
  for (const [i, layer] of model.layers.slice(0, head).entries()) fresh.layers[i]?.setWeights(layer.getWeights());
  for (const layer of fresh.layers.slice(0, head)) layer.trainable = false;
  model.dispose();
  return fresh;
}

/** Compiles the model with the task's optimizer and loss. @param {Task} task @param {Model} model @param {number} rate */
export function compiled(task, model, rate) {
  const { name, ...parameters } = task.optimizer;
  /** @type {any} */
  const made = optimizerOf(/** @type {any} */ (name), { learningRate: rate, ...parameters });
  model.compile({ optimizer: made, loss: lossOf(task) });
  return made;
}

/** @param {Task} task */
function lossOf({ classes, loss, model }) {
  if (classes === null) return /** @type {string} */ (loss);
  const built = model();
  const units = built.outputs[0]?.shape.at(-1);
  built.dispose();
  return units === 1 ? 'binaryCrossentropy' : 'sparseCategoricalCrossentropy';
}

/** Trains batch by batch, as `model.fit` does, with the model's own optimizer. @param {Task} task @param {Model} model
 * @param {Task['train']} rows @param {{ steps: number, seed: number }} how @returns {Promise<number>} the last loss */
export async function trainedOn({ batchSize }, model, rows, { steps, seed }) {
  const random = seededRandom(seed, 'batches');
  const size = rows.inputs[0]?.shape.reduce((product, length) => product * length, 1) ?? 1;
  let order = /** @type {number[]} */ ([]);
  let last = Number.NaN;
  for (let step = 0; step < steps; step++) {
    if (order.length < batchSize) order = shuffled(rows.rows, random);
    const batch = order.splice(0, batchSize);
    const [xs, ys] = tidy(() => [
      tensor(
        batch.flatMap((row) => [...(rows.inputs[0]?.values.subarray(row * size, (row + 1) * size) ?? [])]),
        [batch.length, ...(rows.inputs[0]?.shape ?? [])],
      ),
      tensor(
        batch.map((row) => rows.targets[0]?.values[row] ?? 0),
        [batch.length, 1],
      ),
    ]);
    last = /** @type {number} */ (
      await withMathRandom(random, () => model.trainOnBatch(/** @type {any} */ (xs), /** @type {any} */ (ys)))
    );
    xs?.dispose();
    ys?.dispose();
    if (!Number.isFinite(last)) break;
  }
  return last;
}

/** @param {number} rows @param {() => number} random */
function shuffled(rows, random) {
  const order = Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [/** @type {number} */ (order[j]), /** @type {number} */ (order[i])];
  }
  return order;
}
