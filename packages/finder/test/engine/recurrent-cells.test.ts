import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { type RecurrentCell, recurrentCells, withFreshMasks } from '../../src/engine/recurrent-cells.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

function modelOf(cell: layers.RNNCell) {
  const start = input({ shape: [3, 2] });
  return functional({ inputs: start, outputs: layers.rnn({ cell }).apply(start) as SymbolicTensor });
}

test('a cell that has been used without training drops in training, and gets its masks back', () => {
  const cell = layers.gruCell({ units: 2, dropout: 0.5, recurrentDropout: 0.5 });
  const model = modelOf(cell);
  const x = tf.ones([64, 3, 2]);
  tf.dispose(model.predict(x));
  const { dropoutMask, recurrentDropoutMask } = cell as unknown as RecurrentCell;
  const before = tf.memory().numTensors;
  const kept = withFreshMasks(layersWithin(model), () => {
    tf.tidy(() => void model.apply(x, { training: true }));
    const [mask] = cell.dropoutMask as tf.Tensor[];
    return [...(mask as tf.Tensor).dataSync()].filter((value) => value > 0).length;
  });
  // 128 values, of which each is kept with probability 1/2: 64 ± 4 · 5.7.
  expect(Math.abs(kept - 64)).toBeLessThan(23);
  expect(cell.dropoutMask).toBe(dropoutMask);
  expect(cell.recurrentDropoutMask).toBe(recurrentDropoutMask);
  expect((dropoutMask as tf.Tensor[])[0]?.dataSync().every((value) => value === 1)).toBe(true);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, dropoutMask ?? [], recurrentDropoutMask ?? []]);
  model.dispose();
});

test('masks are given back and new ones freed when the action throws', () => {
  const cell = layers.lstmCell({ units: 2, dropout: 0.5 });
  const model = modelOf(cell);
  const x = tf.ones([4, 3, 2]);
  const before = tf.memory().numTensors;
  expect(() =>
    withFreshMasks(layersWithin(model), () => {
      tf.tidy(() => void model.apply(x, { training: true }));
      throw new Error('later');
    }),
  ).toThrow('later');
  expect(cell.dropoutMask).toBeNull();
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
  model.dispose();
});

test("a subclass that computes by itself is not one of TensorFlow.js's cells", () => {
  const { constructor: GRUCell } = layers.gruCell({ units: 1 });
  class Own extends (GRUCell as new (options: object) => layers.RNNCell & { stateSize: number }) {
    static className = 'Own';
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      return inputs;
    }
  }
  expect(recurrentCells(layersWithin(modelOf(new Own({ units: 2 }))))).toEqual([]);
  expect(recurrentCells(layersWithin(modelOf(layers.simpleRNNCell({ units: 2 }))))).toHaveLength(1);
});
