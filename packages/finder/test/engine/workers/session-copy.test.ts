import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { copySessions, type SessionCopy } from '../../../src/engine/workers/session-copy.js';
import { copiedSession } from './copied-session.js';

const modelNamed = (name: string): LayersModel =>
  sequential({ name, layers: [layers.dense({ units: 1, inputShape: [2] })] });

/** Rows without memory: an array of some length whose elements nobody reads. */
const columnOf = (bytes: number) => ({ shape: [2], values: { byteLength: bytes } as Float32Array });

test('the copy of a session has the rows themselves where threads share them, and a copy of others', () => {
  const model = modelNamed('a');
  const shared = new Float32Array(new SharedArrayBuffer(16));
  shared.set([1, 2, 3, 4]);
  const inputs = [{ shape: [2], values: shared }];
  const targets = [{ shape: [1], values: Float32Array.of(5, 6) }];
  const [copy] = copySessions([copiedSession(model, { rows: 2, inputs, targets, notes: [] })]) as [SessionCopy];
  expect(copy.rows.dataset.inputs[0]?.values).toBe(shared);
  const target = copy.rows.dataset.targets[0]?.values;
  expect(target?.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...(target ?? [])]).toEqual([5, 6]);
  model.dispose();
});

test('sessions with the same rows share one copy of them', () => {
  const models = ['a', 'b'].map(modelNamed);
  const inputs = [{ shape: [2], values: Float32Array.of(1, 2, 3, 4) }];
  const targets = [{ shape: [1], values: Float32Array.of(5, 6) }];
  const dataset = { rows: 2, inputs, targets, notes: [] };
  const [a, b] = copySessions(models.map((model) => copiedSession(model, dataset))) as SessionCopy[];
  expect(a?.rows.dataset.inputs[0]?.values).toBe(b?.rows.dataset.inputs[0]?.values);
  for (const model of models) model.dispose();
});

test('sessions whose rows together are above 256 MB are copied as far as there is room', () => {
  const models = ['a', 'b', 'c'].map(modelNamed);
  const big = columnOf(200e6);
  const sessions = models.map((model, i) => {
    const inputs = i === 1 ? [big] : [{ shape: [2], values: Float32Array.of(1, 2, 3, 4) }];
    return copiedSession(model, {
      rows: 2,
      inputs: [...inputs, columnOf(60e6)].slice(0, i === 1 ? 2 : 1),
      targets: [],
      notes: [],
    });
  });
  const copies = copySessions(sessions);
  expect(copies.map((copy) => typeof copy)).toEqual(['object', 'string', 'object']);
  expect(copies[1]).toBe('model "b" is trained in one thread, because copies of the rows would take more than 256 MB');
  for (const model of models) model.dispose();
});

test.each([
  [
    'a loss of the caller’s own',
    { losses: { kinds: [null], weights: [1] } },
    'its loss is a function, which only the calling thread has',
  ],
  [
    'rows in blocks',
    { rows: { ...copiedSession(modelNamed('x')).rows, epochs: {} } },
    'its rows are read from a file as they are needed',
  ],
  ['a weight that is no float32', { weights: [{ dtype: 'int32' }] }, 'a weight is of int32'],
] as const)('a session with %s is not copied, and it is said why', (_, other, why) => {
  const model = modelNamed('own');
  const [copy] = copySessions([{ ...copiedSession(model), ...(other as object) }]);
  expect(copy).toBe(`model "own" is trained in one thread, because ${why}`);
  model.dispose();
});
