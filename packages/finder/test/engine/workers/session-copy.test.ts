import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { copyOfSession } from '../../../src/engine/workers/session-copy.js';
import { lossNamed } from '../../../src/losses/registry.js';

test('the copy of a session has the rows themselves where threads share them, and a copy of others', () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  const shared = new Float32Array(new SharedArrayBuffer(16));
  shared.set([1, 2, 3, 4]);
  const inputs = [{ shape: [2], values: shared }];
  const targets = [{ shape: [1], values: Float32Array.of(5, 6) }];
  const dataset = { rows: 2, inputs, targets, notes: [] };
  const rows = { dataset, train: Int32Array.of(0, 1), heldOut: new Int32Array(), test: new Int32Array() };
  const losses = { kinds: [lossNamed('meanSquaredError')], weights: [1] } as never;
  const copy = copyOfSession({ model, weights: [], rows, holdsOutAtRandom: false, losses, options: {} as never });
  expect(copy?.rows.dataset.inputs[0]?.values).toBe(shared);
  const target = copy?.rows.dataset.targets[0]?.values;
  expect(target?.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...(target ?? [])]).toEqual([5, 6]);
  model.dispose();
});
