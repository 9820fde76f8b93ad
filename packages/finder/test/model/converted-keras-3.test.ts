import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { readModel } from '../../src/model/formats/registry.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../../fixtures/converted-keras-3/${name}`, import.meta.url));
const golden = JSON.parse(readFileSync(fixture('golden.json'), 'utf8'));

test.each(['seq-h5', 'seq-keras', 'fun-h5', 'fun-keras'])(
  "%s, as TensorFlow.js's converter writes it, gives Keras's outputs",
  async (name) => {
    const { shape, inputs, outputs } = golden[name.split('-')[0] as string];
    const { model, hasWeights } = await readModel(fileSource(fixture(`${name}/model.json`)));
    expect(hasWeights).toBe(true);
    const predicted = tf.tidy(() => (model.predict(tf.tensor(inputs, shape)) as tf.Tensor).dataSync());
    for (const [i, value] of outputs.entries()) expect(predicted[i]).toBeCloseTo(value, 5);
    model.dispose();
  },
);
