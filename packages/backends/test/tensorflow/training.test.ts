import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test, vi } from 'vitest';
import { unsupportedLayers, useBackend } from '../../src/node/index.js';
import { modelOf } from '../gradient-error.js';
import { LAYER_CASES, type LayerCase } from '../layer-cases.js';
import { tryLayer } from '../layers-table.js';
import { liveTensors } from '../support/check.js';
import { randomSource } from '../support/random.js';
import { describeTensorFlow } from '../support/tensorflow.js';

/** Layers that overwrite the shape of the input before them, so that the model rejects its examples. */
const OVERWRITES = ['categoryEncoding on the input', 'centerCrop on the input'];

// The initialisers and the noise of layers draw from it.
const random = vi.spyOn(Math, 'random');
afterAll(() => random.mockRestore());

/** The losses of five steps of Adam on random examples, all random numbers from one seed, on the current backend. */
async function losses(layerCase: LayerCase): Promise<number[]> {
  const model = modelOf(layerCase);
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  const [shape, , ids] = layerCase;
  const source = randomSource(11);
  const size = 4 * shape.reduce((product, n) => product * n, 1);
  const numbers = ids ? Array.from({ length: size }, () => source.integer(0, 3)) : source.normals(size);
  const [x, y] = [tf.tensor(numbers, [4, ...shape]), tf.tensor(source.normals(4), [4, 1])];
  const found: number[] = [];
  random.mockImplementation(() => source.integer(0, 2 ** 31 - 2) / 2 ** 31);
  for (let step = 0; step < 5; step++) found.push((await model.trainOnBatch(x, y)) as number);
  model.optimizer.dispose();
  model.dispose();
  tf.dispose([x, y]);
  return found;
}

describeTensorFlow('a model trained on TensorFlow', () => {
  test.each(Object.entries(LAYER_CASES))('%s: learns as on wasm, or is refused as there', async (name, layerCase) => {
    await useBackend('wasm');
    const refused = /^refused/.test((await tryLayer(layerCase, unsupportedLayers)).verdict);
    const expected = refused || OVERWRITES.includes(name) ? [] : await losses(layerCase);
    await useBackend('tensorflow');
    const { verdict, leaked } = await tryLayer(layerCase, unsupportedLayers);
    expect(verdict).toMatch(refused ? /^refused/ : /^ok$/);
    expect(leaked).toEqual({ tensors: 0, buffers: 0 });
    const found = expected.length > 0 ? await losses(layerCase) : [];
    expect(expected.every(Number.isFinite)).toBe(true);
    found.forEach((loss, step) => {
      expect(Math.abs(loss - (expected[step] as number))).toBeLessThan(1e-4 * Math.max(0.1, Math.abs(loss)));
    });
  });

  test('leaks nothing, and repeats the same bits', async () => {
    await useBackend('tensorflow');
    const lstm = LAYER_CASES.lstm as LayerCase;
    const first = await losses(lstm);
    const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
    const before = { ...liveTensors(), handles: binding.getNumOfTensors() };
    expect(await losses(lstm)).toEqual(first);
    expect({ ...liveTensors(), handles: binding.getNumOfTensors() }).toEqual(before);
  });
});
