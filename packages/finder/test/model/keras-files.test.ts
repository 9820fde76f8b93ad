import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { modelShape, outputNames } from '../../src/model/describe.js';
import { disposeModel } from '../../src/model/formats/keras/build.js';
import { modelParts, readModel } from '../../src/model/formats/registry.js';
import { backend } from '../backend.js';
import {
  compiledLosses,
  forwardError,
  type Golden,
  goldenOf,
  lossError,
  modelsIn,
  readCase,
  trainingLosses,
  valuesOf,
} from './keras-golden.js';

await useBackend(backend);

const files = fileURLToPath(new URL('../../../../fixtures/keras-files/', import.meta.url));
const named = (kind: RegExp) =>
  readdirSync(files, { withFileTypes: true })
    .filter((each) => each.isDirectory() && each.name !== 'hostile' && kind.test(each.name))
    .flatMap(({ name }) => modelsIn(join(files, name)).map((each) => [`${name}/${each.model}`, name, each] as const));

describe('a file of Keras gives', () => {
  test.each(named(/keras-|legacy|dictionaries/))(
    "%s: Keras's outputs, and its losses over five steps",
    async (_, name, { model, weights }) => {
      const golden = goldenOf(join(files, name));
      const before = tf.memory().numTensors;
      const file = await readCase(join(files, name), model, weights);
      expect(file.hasWeights).toBe(true);
      expect(tf.memory().numTensors).toBe(before + file.model.weights.length);
      expect(forwardError(file.model, golden)).toBeLessThan(1e-5);
      expect(lossError(trainingLosses(file.model, golden), golden.training?.losses ?? [])).toBeLessThan(1e-4);
      disposeModel(file.model);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test.each(named(/^(dictionaries|legacy-keras|fine-tuning)/))(
    '%s: the losses of its own optimizer, which goes on from its state',
    async (_, name, { model, weights }) => {
      const golden = goldenOf(join(files, name)) as Golden & { readonly compiled: object };
      const file = await readCase(join(files, name), model, weights);
      expect(lossError(await compiledLosses(file, golden), golden.compiled.losses)).toBeLessThan(1e-4);
      disposeModel(file.model);
    },
  );

  test('a note where Keras 3 forgets a mask, as it does here', async () => {
    const { notes, model } = await readModel(fileSource(join(files, 'forgotten-mask.json')));
    expect(notes).toEqual([
      'without a mask, as in Keras 3: layer "s" (Add), because MultiHeadAttention before takes the mask from the tensor that both use',
    ]);
    disposeModel(model);
    const other = await readModel(fileSource(join(files, 'masked-keras-3', 'model.json')));
    expect(other.notes ?? []).toEqual([]);
    disposeModel(other.model);
  });

  test.each(named(/float16/))('%s: the weights of 16 bits to the last one, with a note', async (_, name, { model }) => {
    const golden = goldenOf(join(files, name));
    const file = await readCase(join(files, name), model, undefined);
    const weights = file.model.trainableWeights.map((weight) => [...weight.read().dataSync()]);
    expect(weights).toEqual(golden.weights.map((packed) => [...valuesOf(packed)]));
    expect(file.notes).toEqual([expect.stringMatching(/^computed in float32, not as the policy b?float16 of layer/)]);
    // Keras rounds what it computes to 16 bits.
    expect(forwardError(file.model, golden)).toBeLessThan(5e-3);
    disposeModel(file.model);
  });
});

test('inputs and outputs by key have the names of the keys, in the order of the keys', async () => {
  const { model } = await readCase(join(files, 'dictionaries'), 'model.keras', undefined);
  expect(outputNames(model)).toEqual(['kind', 'price']);
  expect(modelShape(model).inputs.map(({ name }) => name)).toEqual(['b', 'z']);
  expect(model.layers.map(({ name }) => name)).toContain('price_head');
  disposeModel(model);
});

test('JSON without a file of weights is a model whose weights are drawn', async () => {
  const source = fileSource(join(files, 'masked-keras-2', 'model.json'));
  const file = await readModel(source);
  expect(file.hasWeights).toBe(false);
  expect(file.trainingConfig).toBeNull();
  expect(await modelParts(source)).toEqual([]);
  disposeModel(file.model);
});

test.each(['model.keras', 'model.h5'])("weights: 'none' leaves out the weights and the state of %s", async (name) => {
  const folder = name === 'model.keras' ? 'dictionaries' : 'legacy-keras-3';
  const file = await readModel(fileSource(join(files, folder, name)), { weights: 'none' });
  expect(file.hasWeights).toBe(false);
  expect(file.optimizerVariables).toBeUndefined();
  expect(file.trainingConfig).not.toBeNull();
  disposeModel(file.model);
});

test('a whole model takes the weights of another file in place of its own', async () => {
  const folder = join(files, 'masked-keras-2');
  const golden = goldenOf(folder);
  const json = readFileSync(join(folder, 'model.json'), 'utf8');
  expect(JSON.parse(json).class_name).toBe('Functional');
  // The same weights in the older layout.
  const weights = fileSource(join(files, 'legacy-weights', 'legacy_weights.h5'));
  const file = await readModel(fileSource(join(folder, 'model.json')), { weights });
  const other = goldenOf(join(files, 'legacy-weights'));
  expect(forwardError(file.model, other)).toBeLessThan(1e-5);
  expect(golden.inputs).toEqual(other.inputs);
  disposeModel(file.model);
});
