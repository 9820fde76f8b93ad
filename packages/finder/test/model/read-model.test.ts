import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find-learning-rate.js';
import { modelShape } from '../../src/model/model-shape.js';
import { readModel } from '../../src/model/read-model.js';

let folder: string;
beforeAll(async () => {
  await useBackend('wasm');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lrfind-model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const build = () =>
  sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], activation: 'tanh', kernelInitializer: 'glorotNormal' }),
      layers.batchNormalization(),
      layers.dense({ units: 1, useBias: false }),
    ],
  });

/** Writes a model as TensorFlow.js does, its weights cut into shards of so many bytes. */
async function save(model: ReturnType<typeof build>, shardBytes = 1 << 20): Promise<string> {
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = Buffer.from(tf.io.concatenateArrayBuffers([weightData as ArrayBuffer].flat()));
      const paths: string[] = [];
      for (let start = 0; start < bytes.length; start += shardBytes) {
        paths.push(`shard${paths.length}.bin`);
        writeFileSync(join(folder, paths.at(-1) as string), bytes.subarray(start, start + shardBytes));
      }
      const json = { modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] };
      writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return join(folder, 'model.json');
}

test('weights come back bit for bit, from one shard or from many', async () => {
  const original = build();
  for (const shardBytes of [1 << 20, 7]) {
    const { model, hasWeights } = await readModel(await save(original, shardBytes));
    expect(hasWeights).toBe(true);
    const [left, right] = [original, model].map((each) => each.getWeights().map((weight) => [...weight.dataSync()]));
    expect(right).toEqual(left);
  }
});

test('reading leaves nothing behind but the weights of the model', async () => {
  const path = await save(build());
  const before = tf.memory().numTensors;
  const { model } = await readModel(path);
  expect(tf.memory().numTensors - before).toBe(model.weights.length);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("a bare topology is a model without weights, as Keras 2's to_json writes it too", async () => {
  const topology = build().toJSON(null, false);
  for (const contents of [{ modelTopology: topology }, topology, { modelTopology: { model_config: topology } }]) {
    writeFileSync(join(folder, 'bare.json'), JSON.stringify(contents));
    expect(await readModel(join(folder, 'bare.json'))).toMatchObject({ hasWeights: false, trainingConfig: null });
  }
});

test('seeds fixed in the initialisers do not make all repetitions start alike', async () => {
  const topology = JSON.stringify(build().toJSON(null, false)).replaceAll('"seed":null', '"seed":7');
  writeFileSync(join(folder, 'seeded.json'), `{"modelTopology":${topology}}`);
  const { model } = await readModel(join(folder, 'seeded.json'));
  const data = {
    xs: [
      [1, 2],
      [3, 4],
    ],
    ys: [1, 2],
  };
  const options = { steps: 3, seeds: 2, batchSize: 2, initialWeights: 'drawn' } as const;
  const { seeds } = await findLearningRate(model, data, options);
  expect(seeds[0]?.points[0]?.loss).not.toBe(seeds[1]?.points[0]?.loss);
});

describe('what a table must look like', () => {
  test('shapes and the last activation, through layers that do not change values', async () => {
    const model = sequential({
      layers: [
        layers.reshape({ targetShape: [4], inputShape: [2, 2, 1] }),
        layers.dense({ units: 6 }),
        layers.activation({ activation: 'softmax' }),
        layers.reshape({ targetShape: [2, 3] }),
      ],
    });
    const { inputs, outputs } = modelShape(model);
    expect(inputs.map(({ shape }) => shape)).toEqual([[2, 2, 1]]);
    expect(outputs).toMatchObject([{ shape: [2, 3], activation: 'softmax' }]);
  });

  test('an open dimension is refused', () => {
    const model = sequential({ layers: [layers.simpleRNN({ units: 2, inputShape: [null, 3] as never })] });
    expect(() => modelShape(model)).toThrow(/\[null, 3\] .* is open/);
  });
});
