import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { InputError, seededRandom } from '@lrfind/core';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { disposeModel } from '../../src/model/formats/keras/build.js';
import { serializeForKeras } from '../../src/model/formats/keras/save/file.js';
import { readModel } from '../../src/model/formats/registry.js';
import { buildModel, topologyOf } from '../../src/model/initial-weights.js';
import { backend, exact } from '../backend.js';
import { forwardError, type Golden, lossError, trainingLosses } from './keras-golden.js';

await useBackend(backend);

/** From Keras itself: fixtures/keras-masks/make.py. */
const folder = fileURLToPath(new URL('../../../../fixtures/keras-masks/', import.meta.url));
const goldensOf = (version: 2 | 3): Readonly<Record<string, Golden>> =>
  JSON.parse(readFileSync(join(folder, `golden-${version}.json`), 'utf8'));
const read = (name: string, version: 2 | 3) => readModel(fileSource(join(folder, `${name}-${version}.keras`)));

const saved = mkdtempSync(join(tmpdir(), 'lrfind-masks-'));
afterAll(() => rmSync(saved, { recursive: true, force: true }));

describe.each([3, 2] as const)('a model with masks of Keras %i', (version) => {
  test.each(Object.entries(goldensOf(version)))("%s: has Keras's outputs and losses", async (name, golden) => {
    const before = tf.memory().numTensors;
    const { model } = await read(name, version);
    expect(forwardError(model, golden)).toBeLessThan(1e-5);
    expect(lossError(trainingLosses(model, golden), golden.training?.losses ?? [])).toBeLessThan(1e-4);
    disposeModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const goldens = goldensOf(3);

/** Without cells in a list and without operations, which cannot be saved for Keras. */
const savable = Object.keys(goldens).filter((name) => !['recurrent', 'operations_drop'].includes(name));

// What is saved is the same on every backend.
test.runIf(exact).each(savable)('%s: saved as .keras and read again, has the same outputs', async (name) => {
  const { model } = await read(name, 3);
  const path = join(saved, `${name}.keras`);
  writeFileSync(path, await serializeForKeras(model, 'keras'));
  disposeModel(model);
  const again = await readModel(fileSource(path));
  expect(forwardError(again.model, goldens[name] as Golden)).toBeLessThan(1e-5);
  disposeModel(again.model);
});

test.each([
  'mha_residual_attention',
  'explicit_masks',
  'explicit_mask_input',
  'explicit_first_states',
  'nested_encoder',
])('%s: built again from the topology of TensorFlow.js, goes with the same masks', async (name) => {
  const { model } = await read(name, 3);
  const topology = JSON.parse(JSON.stringify(topologyOf(model)));
  const again = await buildModel(topology, seededRandom(0, 'test'));
  again.setWeights(model.getWeights());
  expect(forwardError(again, goldens[name] as Golden)).toBeLessThan(1e-5);
  disposeModel(model);
  disposeModel(again);
});

test('masks that versions of Keras take otherwise are not saved for the other one', async () => {
  const { model } = await read('mha_residual_attention', 3);
  await expect(serializeForKeras(model, 'h5')).rejects.toThrow(
    /^layer "multi_head_attention" \(MultiHeadAttention\) cannot be saved as \.h5, which Keras 2 reads with other masks than Keras 3 has: save as \.keras$/,
  );
  disposeModel(model);
  const older = await read('merges', 2);
  await expect(serializeForKeras(older.model, 'keras')).rejects.toThrow(InputError);
  disposeModel(older.model);
  // Of tensors with one mask between them, all merges give the same.
  for (const [keras, format, other] of [
    [2, 'keras', 'h5'],
    [3, 'h5', 'keras'],
  ] as const) {
    const merged = await read('masking_twice', keras);
    await expect(serializeForKeras(merged.model, format)).rejects.toThrow(
      `layer "concatenate" (Concatenate) cannot be saved as .${format}: Keras ${keras} and ${5 - keras} merge different masks otherwise: save as .${other}`,
    );
    await expect(serializeForKeras(merged.model, other)).resolves.toBeDefined();
    disposeModel(merged.model);
  }
});

test('a layer that Keras 3 runs without the mask is named in a note', async () => {
  const { model, notes } = await read('mha_residual_attention', 3);
  expect(notes).toEqual([expect.stringMatching(/^without a mask, as in Keras 3: layer "add" \(Add\), because/)]);
  disposeModel(model);
  const pooled = await read('recurrent', 3);
  expect(pooled.notes ?? []).toEqual([]);
  disposeModel(pooled.model);
});
