import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { compiledSettings, findLearningRate, InputError, readModel, savedOptimizer } from 'lrfind';
import { applyWithMasks, buildSequentials, layersWithin } from '../../../finder/dist/internals.js';
import { damagedKerasFile, kerasFiles } from './keras-files.js';
import { mutatedBytes, mutatedText } from './mutate.js';

/** A reader of damaged models of Keras: whole files, and JSON with its weights. @type {(put: import('./readers.js').Put) => Promise<import('./readers.js').Attempt>} */
export async function keras(put) {
  const files = kerasFiles();
  return async (random, index) => {
    const { name, model, weights } = damagedKerasFile(pick(files, random), random);
    const path = put(`model.${name.split('.').at(-1)}`, model);
    const second = weights && put('model.weights.h5', weights);
    await readOrRefuse(path, second, random, (outputs) => keep(index, name, { model, weights }, outputs));
  };
}

const fixtures = new URL('../../../../fixtures/', import.meta.url);
const fixture = (/** @type {string} */ name) => readFileSync(fileURLToPath(new URL(name, fixtures)));

/** A reader of models whose weights have names: safetensors, and TensorFlow.js's with an optimizer's state among them. @type {(put: import('./readers.js').Put) => Promise<import('./readers.js').Attempt>} */
export async function weights(put) {
  const model = put('small.json', fixture('weights/small.json'));
  const safetensors = ['bf16', 'f16', 'f32', 'f64', 'keras-2'].map((name) => fixture(`weights/${name}.safetensors`));
  const tfjs = ['fun-h5', 'fun-keras', 'seq-h5', 'seq-keras'].map((name) => ({
    document: JSON.parse(String(fixture(`converted-keras-3/${name}/model.json`))),
    shard: fixture(`converted-keras-3/${name}/group1-shard1of1.bin`),
  }));
  return async (random) => {
    if (random() < 0.5) {
      const damaged = damagedSafetensors(pick(safetensors, random), random);
      await readOrRefuse(model, put('weights.safetensors', damaged), random);
      return;
    }
    const { document, shard } = structuredClone(pick(tfjs, random));
    const bytes = withOptimizerWeights(document, Buffer.from(shard), random);
    const text = random() < 0.8 ? mutatedText(document, random) : JSON.stringify(document);
    put('group1-shard1of1.bin', random() < 0.2 ? mutatedBytes(bytes, random) : bytes);
    await readOrRefuse(put('model.json', text), undefined, random);
  };
}

/** Changes the table of contents, whose length stands before it, or the bytes. @param {Buffer} bytes @param {() => number} random */
function damagedSafetensors(bytes, random) {
  if (random() < 0.4) return mutatedBytes(bytes, random);
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(mutatedText(JSON.parse(bytes.toString('utf8', 8, 8 + length)), random));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, bytes.subarray(8 + length)]);
}

/** Adds what TensorFlow.js writes of an optimizer: a count and a moment, in the group `optimizer`. @param {any} document @param {Buffer} shard @param {() => number} random */
function withOptimizerWeights(document, shard, random) {
  if (random() < 0.5) return shard;
  const [group] = document.weightsManifest;
  group.weights.push({ name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' });
  group.weights.push({ name: 'm_0', shape: [2, 3], dtype: 'float32', group: 'optimizer' });
  return Buffer.concat([shard, Buffer.alloc(28)]);
}

/**
 * Reads a model as a command does, computes with it, and trains it a little; or is refused with one message.
 *
 * @param {string} path
 * @param {string | undefined} weights
 * @param {() => number} random
 * @param {(outputs: { inputs: tf.Tensor[], outputs: tf.Tensor[] }) => void} [keepOutputs]
 * @throws for any other error, and for tensors that are left
 */
async function readOrRefuse(path, weights, random, keepOutputs) {
  const before = tf.memory().numTensors;
  try {
    const file = await readModel(path, weights === undefined ? {} : { weights });
    const { model } = file;
    try {
      for (const settings of [() => compiledSettings(file.trainingConfig), () => savedOptimizer(file)])
        refusable(settings);
      buildSequentials(model);
      // What is too large to compute quickly was built: that is enough. A table fits no open lengths.
      const shapes = model.inputs.map(({ shape }) => [3, ...shape.slice(1)]);
      const sizes = shapes.map((shape) =>
        shape.reduce((/** @type {number} */ product, length) => product * (length ?? Infinity), 1),
      );
      if ([...sizes, ...outputSizes(model)].every((size) => size < 1e5) && model.countParams() < 1e6) {
        const inputs = shapes.map((shape, i) =>
          tf.tensor(
            Float32Array.from({ length: Number(sizes[i]) }, () => Math.floor(random() * 2)),
            /** @type {number[]} */ (shape),
          ),
        );
        const outputs = tf.tidy(() =>
          applyWithMasks(model, layersWithin(model), inputs, false).map(({ value }) => value),
        );
        for (const each of outputs) await each.data();
        keepOutputs?.({ inputs, outputs });
        const trained = outputs.map(({ shape }) => tf.zeros(shape));
        if (random() < 0.2)
          await findLearningRate(
            model,
            { xs: inputs, ys: trained },
            { loss: 'meanSquaredError', steps: 10, repeats: 1, batchSize: 3, verify: false },
          );
        tf.dispose([inputs, outputs, trained]);
      }
    } finally {
      const variables = model.weights.map((weight) => /** @type {any} */ (weight).read());
      model.dispose();
      for (const each of variables) if (!each.isDisposed) each.dispose();
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (/\n|TypeError|\bundefined (or|\(reading)|\[object/.test(error.message))
      throw new Error(`an unclear message: ${error.message}`);
    return;
  }
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${left} tensors are left`);
}

/** How many values each layer gives for a row. @param {any} model */
function outputSizes(model) {
  return [...layersWithin(model)].flatMap((/** @type {any} */ layer) =>
    layer.inboundNodes.flatMap((/** @type {any} */ node) =>
      node.outputTensors.map((/** @type {any} */ { shape }) =>
        shape.slice(1).reduce((/** @type {number} */ product, /** @type {number} */ length) => product * length, 1),
      ),
    ),
  );
}

/** @param {() => unknown} read */
function refusable(read) {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

/** Writes a model that was read, and what it computes, to the folder LRFIND_KEEP, for `fixtures/keras-files/judge.py`. */
function keep(
  /** @type {number} */ index,
  /** @type {string} */ name,
  /** @type {{ model: Buffer, weights: Buffer | undefined }} */ { model, weights },
  /** @type {{ inputs: tf.Tensor[], outputs: tf.Tensor[] }} */ { inputs, outputs },
) {
  const folder = process.env.LRFIND_KEEP;
  if (!folder) return;
  const own = join(folder, String(index));
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, name.split('/').at(-1) ?? ''), model);
  if (weights) writeFileSync(join(own, 'model.weights.h5'), weights);
  const packed = (/** @type {tf.Tensor[]} */ tensors) =>
    tensors.map((each) => ({ shape: each.shape, values: [...each.dataSync()] }));
  writeFileSync(join(own, 'outputs.json'), JSON.stringify({ name, inputs: packed(inputs), outputs: packed(outputs) }));
}

/** @template T @param {readonly T[]} list @param {() => number} random @returns {T} */
function pick(list, random) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}
