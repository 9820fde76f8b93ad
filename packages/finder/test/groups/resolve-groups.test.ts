import { useBackend } from '@lrfind/backends';
import { input, layers, model as makeModel, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { groupsNote, resolveGroups } from '../../src/model/rate-groups.js';
import { messageOf } from '../message-of.js';

beforeAll(() => useBackend('wasm'));

const dense = (name: string, units = 2) => layers.dense({ name, units, inputShape: [2] });

/** 6 + 6 parameters in a base within a base, 6 beside it, 3 in the head; a frozen layer between. */
function nested() {
  const inner = sequential({ name: 'inner', layers: [dense('conv_1'), dense('conv_2')] });
  const base = sequential({ name: 'base', layers: [inner, dense('project')] });
  const frozen = dense('frozen');
  frozen.trainable = false;
  return sequential({ name: 'base_and_head', layers: [base, frozen, dense('head', 1)] });
}

const groupsOf = (model: Parameters<typeof resolveGroups>[0], groups: Record<string, number>) =>
  resolveGroups(model, groups).map(({ name, multiplier, layers: own, parameters }) => [
    name,
    multiplier,
    own.join(),
    parameters,
  ]);

test('a layer is matched by its own name or by that of a model around it, at any depth', () => {
  const model = nested();
  expect(groupsOf(model, { 'base*': 0.1 })).toEqual([
    ['base*', 0.1, 'base', 18],
    ['others', 1, 'head', 3],
  ]);
  expect(groupsOf(model, { inner: 0.1, head: 3 })).toEqual([
    ['inner', 0.1, 'inner', 12],
    ['head', 3, 'head', 3],
    ['others', 1, 'project', 6],
  ]);
  expect(groupsOf(model, { '*_1': 0.5 })).toEqual([
    ['*_1', 0.5, 'conv_1', 6],
    ['others', 1, 'conv_2,project,head', 15],
  ]);
  expect(groupsOf(model, { '*': 2 })).toEqual([['*', 2, 'base,head', 21]]);
  expect(resolveGroups(model, {})).toEqual([]);
  expect(resolveGroups(model, undefined)).toEqual([]);
});

test('every trainable weight is in one group, a frozen one in none', () => {
  const model = nested();
  const weights = resolveGroups(model, { 'conv*': 0.1, head: 2 }).flatMap((group) => [...group.weights]);
  expect(new Set(weights).size).toBe(weights.length);
  expect(new Set(weights)).toEqual(new Set(model.trainableWeights.map((weight) => weight.read())));
});

test('parts of recurrent layers, wrappers and shared layers are matched once', () => {
  const x = input({ shape: [3, 2] });
  const shared = layers.dense({ name: 'shared', units: 2 });
  const twice = shared.apply(shared.apply(x)) as SymbolicTensor;
  const both = layers.bidirectional({
    name: 'both',
    layer: layers.lstm({ units: 2, name: 'memory' }) as never,
    mergeMode: 'concat',
  });
  const made = makeModel({
    inputs: x,
    outputs: layers.dense({ name: 'out', units: 1 }).apply(both.apply(twice)) as SymbolicTensor,
  });
  // An LSTM of 2 units on 2 numbers has 4 · 2 · (2 + 2 + 1) = 40 weights, in each direction.
  expect(groupsOf(made, { both: 0.1, shared: 0.2 })).toEqual([
    ['both', 0.1, 'both', 80],
    ['shared', 0.2, 'shared', 6],
    ['others', 1, 'out', 5],
  ]);
  expect(groupsOf(made, { 'backward*': 0.1 })).toEqual([
    ['backward*', 0.1, 'backward_memory', 40],
    ['others', 1, 'shared,forward_memory,out', 51],
  ]);
});

test('a star stands for any letters, also none, and all other letters for themselves', () => {
  const model = sequential({ layers: ['a.b', 'a-b', 'aXb', 'ab', 'ab/c'].map((name) => dense(name)) });
  const matching = (pattern: string) => resolveGroups(model, { [pattern]: 2 })[0]?.layers.join(' ');
  expect(matching('a.b')).toBe('a.b');
  expect(matching('a-b')).toBe('a-b');
  expect(matching('a*b')).toBe('a.b a-b aXb ab');
  expect(matching('*b*')).toBe('a.b a-b aXb ab ab/c');
  expect(matching('ab/*')).toBe('ab/c');
  expect(matching('**')).toBe('a.b a-b aXb ab ab/c');
  expect(messageOf(() => resolveGroups(model, { 'a*bb': 2 }))).toContain('must match');
  expect(messageOf(() => resolveGroups(model, { 'ab*b': 2 }))).toContain('must match');
  expect(messageOf(() => resolveGroups(model, { A: 2 }))).toContain('must match');
});

test('a pattern of many stars is decided at once', () => {
  const model = sequential({ layers: [dense('a'.repeat(5000))] });
  expect(messageOf(() => resolveGroups(model, { [`${'*a'.repeat(1000)}*b`]: 2 }))).toContain('must match');
});

test.each<[string, Record<string, number>, string]>([
  [
    'a pattern that matches nothing, with the nearest name',
    { 'bsae*': 0.1 },
    'group "bsae*" must match a layer with trainable weights; there are "base", "head", "inner", "project", "conv_1" and "conv_2"; did you mean base?',
  ],
  [
    'the name of the model itself',
    { 'base_and*': 0.1 },
    'group "base_and*" must match a layer with trainable weights; there are "base", "head", "inner", "project", "conv_1" and "conv_2"',
  ],
  [
    'the model that a sequential has inside',
    { base_and_head_model: 0.1 },
    'group "base_and_head_model" must match a layer with trainable weights; there are "base", "head", "inner", "project", "conv_1" and "conv_2"',
  ],
  [
    'a layer without trainable weights',
    { frozen: 0.1 },
    'group "frozen" must match a layer with trainable weights; got "frozen" without any',
  ],
  [
    'two multipliers for a layer',
    { 'conv*': 0.1, '*_1': 0.2 },
    'layer "conv_1" must be in one group; got "conv*:0.1" and "*_1:0.2"',
  ],
  [
    'a layer of another multiplier than the model around it',
    { base: 0.1, conv_2: 0.2 },
    'layer "conv_2" must be in one group; got "base:0.1" and "conv_2:0.2"',
  ],
  [
    'a model of another multiplier than a layer in it',
    { conv_2: 0.2, base: 0.1 },
    'layer "base" must be in one group; got "conv_2:0.2" and "base:0.1"',
  ],
])('%s is refused', (_, groups, message) => {
  expect(messageOf(() => resolveGroups(nested(), groups))).toBe(`model "base_and_head": ${message}`);
});

test('of equal multipliers the first pattern has the layer', () => {
  expect(groupsOf(nested(), { conv_1: 0.1, 'base*': 0.1 })).toEqual([
    ['conv_1', 0.1, 'conv_1', 6],
    ['base*', 0.1, 'conv_2,project', 12],
    ['others', 1, 'head', 3],
  ]);
  expect(groupsOf(nested(), { base: 0.1, conv_1: 0.1 })).toEqual([
    ['base', 0.1, 'base', 18],
    ['others', 1, 'head', 3],
  ]);
});

test('layers of the name that the rest would have are told from the rest', () => {
  const model = sequential({ layers: [dense('others'), dense('more')] });
  expect(groupsOf(model, { others: 3 }).map(([name]) => name)).toEqual(['others', 'other layers']);
});

test('the note says what is multiplied where', () => {
  expect(groupsNote(resolveGroups(nested(), { 'base*': 0.1 }))).toBe(
    'learning rate by 2 groups: base* × 0.1 (base; 18 parameters), others × 1 (head; 3 parameters)',
  );
});
