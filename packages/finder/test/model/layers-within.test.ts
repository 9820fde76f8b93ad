import { useBackend } from '@lrfind/backends';
import { model as functional, input, layers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { layersWithin } from '../../src/model/layers-within.js';
import { backend } from '../backend.js';

beforeAll(async () => {
  await useBackend(backend);
});

const classes = (root: layers.Layer) => [...layersWithin(root)].map((layer) => layer.getClassName()).sort();

test('a model is made of itself, its layers and those of the models within', () => {
  const start = input({ shape: [4] });
  const inner = sequential({ layers: [layers.dense({ units: 2, inputShape: [4] }), layers.dropout({ rate: 0.5 })] });
  const model = functional({ inputs: start, outputs: inner.apply(start) as SymbolicTensor });
  const found = layersWithin(model);
  for (const layer of [model, inner, ...model.layers, ...inner.layers]) expect(found).toContain(layer);
  // The sequential model keeps a functional one of its own.
  expect(classes(model)).toEqual(['Dense', 'Dropout', 'InputLayer', 'InputLayer', 'Model', 'Model', 'Sequential']);
});

test('wrappers are made of what they wrap, recurrent layers of cells', () => {
  const cells = [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 2 })];
  expect(classes(layers.rnn({ cell: cells }))).toEqual(['GRUCell', 'LSTMCell', 'RNN', 'StackedRNNCells']);
  expect(classes(layers.timeDistributed({ layer: layers.dropout({ rate: 0.5 }) }))).toEqual([
    'Dropout',
    'TimeDistributed',
  ]);
  const both = layers.bidirectional({ layer: layers.simpleRNN({ units: 1 }), mergeMode: 'sum' });
  const { forwardLayer, backwardLayer } = both as unknown as Record<string, layers.Layer & { cell: layers.Layer }>;
  const found = layersWithin(both);
  for (const layer of [forwardLayer, backwardLayer]) {
    expect(found).toContain(layer);
    expect(found).toContain(layer?.cell);
  }
});

test('a custom layer is made of what it keeps, also in a list; one that contains itself is no endless loop', () => {
  class Pair extends layers.Layer {
    static className = 'Pair';
    readonly one = layers.dropout({ rate: 0.1 });
    readonly others: layers.Layer[] = [layers.dropout({ rate: 0.2 }), this];
  }
  const pair = new Pair({});
  expect(layersWithin(pair)).toEqual(new Set([pair, pair.one, pair.others[0] as layers.Layer]));
});
