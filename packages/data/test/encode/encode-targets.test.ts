import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { encodeTable } from '../../src/encode/encode-table.js';
import type { OutputShape } from '../../src/shapes.js';
import { chooseTarget } from './choose-target.js';
import { smallTable } from './small-table.js';

type Cells = readonly (number | string | null)[];

/** Encodes target columns, next to a feature, for these outputs. */
function encode(targets: Readonly<Record<string, Cells>>, outputs: OutputShape[], loss?: string | string[]) {
  const rows = Object.values(targets)[0]?.length ?? 0;
  const table = smallTable({ x: Array.from({ length: rows }, (_, i) => i), ...targets });
  const model = { inputs: [{ name: 'in', shape: [1] }], outputs };
  const options = { target: Object.keys(targets), scale: 'none', missing: 'mean' } as const;
  return encodeTable(table, model, chooseTarget(loss), options);
}

const output = (units: number, activation: string | null, name = 'out'): OutputShape => ({
  name,
  shape: [units],
  activation,
});

/** The values, loss and notes of a single column for a single output. */
function single(cells: Cells, shape: OutputShape, loss?: string) {
  const { dataset, tasks } = encode({ y: cells }, [shape], loss);
  const [block] = dataset.targets;
  return { values: [...(block?.values ?? [])], shape: block?.shape, notes: dataset.notes.slice(1), ...tasks[0] };
}

test('words become classes in the order of their categories', () => {
  const result = single(['b', 'c', 'a', 'b'], output(3, 'softmax'));
  expect(result).toMatchObject({ values: [1, 2, 0, 1], shape: [1], loss: 'sparseCategoricalCrossentropy' });
  expect(result).toMatchObject({ kind: 'classification', classes: ['a', 'b', 'c'] });
  expect(result.notes).toContain('labels of "y" became classes: a → 0, b → 1 and c → 2');
});

test('class numbers stay as they are, even when a class is absent', () => {
  expect(single([0, 2, 2, 9], output(10, 'softmax'))).toMatchObject({ values: [0, 2, 2, 9] });
  expect(single([3, 5], output(10, 'softmax'))).toMatchObject({ values: [3, 5] });
  expect(single(['3', '5'], output(10, 'softmax'))).toMatchObject({ values: [3, 5] });
  expect(encode({ y: [3, 5] }, [output(10, 'softmax')]).dataset.targets[0]?.values).toBeInstanceOf(Int32Array);
});

test('labels from 1 to k lose one, also when some are absent', () => {
  const result = single([1, 10, 4], output(10, 'softmax'));
  expect(result).toMatchObject({ values: [0, 9, 3], classes: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] });
  expect(result.notes).toContain('labels 1 to 10 of "y" became classes 0 to 9');
});

test('other labels become classes in ascending order when there are not too many', () => {
  const result = single([30, 10, 20, 10], output(3, 'softmax'));
  expect(result).toMatchObject({ values: [2, 0, 1, 0], classes: ['10', '20', '30'] });
  expect(result.notes).toContain('labels of "y" became classes: 10 → 0, 20 → 1 and 30 → 2');
  expect(single([-1, 1, -1], output(2, 'softmax'))).toMatchObject({ values: [0, 1, 0], classes: ['-1', '1'] });
});

test('labels beyond float32 are not confused', () => {
  expect(single([16_777_217, 16_777_216, 16_777_217], output(2, 'softmax')).values).toEqual([1, 0, 1]);
});

test('a label outside the classes is named with its row', () => {
  const ten = output(10, 'softmax');
  expect(() => single([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ten)).toThrow(
    new InputError(
      't.csv: row 11 (line 12), column "y" must be a class from 0 to 9 of output "out"; got 10 (11 different labels in all)',
    ),
  );
  expect(() => single([0, 1, 10], ten)).toThrow(
    'row 3 (line 4), column "y" must be a class from 0 to 9 of output "out"; got 10',
  );
  expect(() => single([0, 1, -1], ten)).toThrow(
    'row 3 (line 4), column "y" must be a class from 0 to 9 of output "out"; got -1',
  );
  expect(() => single([1, 2, 2.5], ten)).toThrow(
    'row 3 (line 4), column "y" must be a word or a whole number for output "out"; got 2.5',
  );
});

test('more words than classes are listed', () => {
  expect(() => single(['a', 'b', 'c', 'd'], output(3, 'softmax'))).toThrow(
    'target "y" must have at most 3 labels, one for each unit of output "out"; got 4: "a", "b", "c" and "d"',
  );
});

test('two words for a sigmoid become 0 and 1, with a note', () => {
  const result = single(['no', 'yes', 'no'], output(1, 'sigmoid'));
  expect(result).toMatchObject({
    values: [0, 1, 0],
    loss: 'binaryCrossentropy',
    kind: 'classification',
    classes: ['no', 'yes'],
  });
  expect(result.notes).toContain('labels of "y" became numbers: no → 0, yes → 1');
});

test('three words at a single unit, or one, are refused', () => {
  expect(() => single(['a', 'b', 'c'], output(1, 'sigmoid'))).toThrow(
    'target "y" must hold numbers or two labels; got 3 labels: "a", "b" and "c"',
  );
  expect(() => single(['a', 'a'], output(1, 'sigmoid'))).toThrow(
    'target "y" must hold numbers or two labels; got 1 label: "a"',
  );
});

test('a sigmoid takes probabilities and nothing else', () => {
  expect(single([0, 1, 0.25], output(1, 'sigmoid'))).toMatchObject({
    values: [0, 1, 0.25],
    loss: 'binaryCrossentropy',
  });
  expect(() => single([0, 1, 2], output(1, 'sigmoid'))).toThrow(
    't.csv: row 3 (line 4), column "y" must be a number from 0 to 1 for the loss binaryCrossentropy; got 2; if it holds two classes, use --categorical y',
  );
});

test('a logit takes two words, with sigmoidCrossEntropy', () => {
  expect(single(['n', 'y'], output(1, null))).toMatchObject({ values: [0, 1], loss: 'sigmoidCrossEntropy' });
});

test('logits take class numbers or words, with softmaxCrossEntropy', () => {
  expect(single([0, 2, 1], output(3, 'linear'))).toMatchObject({
    values: [0, 2, 1],
    shape: [1],
    loss: 'softmaxCrossEntropy',
  });
  expect(single(['b', 'a'], output(3, null))).toMatchObject({ values: [1, 0], loss: 'softmaxCrossEntropy' });
});

test('one-hot columns at a softmax are checked to be distributions', () => {
  const { dataset, tasks } = encode({ a: [1, 0, 0.25], b: [0, 1, 0.75] }, [output(2, 'softmax')]);
  expect(dataset.targets[0]).toEqual({
    shape: [2],
    values: Float32Array.of(1, 0, 0, 1, 0.25, 0.75),
    columns: ['a', 'b'],
  });
  expect(tasks).toEqual([{ kind: 'classification', loss: 'categoricalCrossentropy' }]);
  expect(() => encode({ a: [1, 1], b: [0, 1] }, [output(2, 'softmax')])).toThrow(
    't.csv: row 2 (line 3), column "a" and the 1 columns after it must add up to 1 for the loss categoricalCrossentropy; got 2',
  );
  expect(() => encode({ a: [3], b: [-2] }, [output(2, 'softmax')])).toThrow(
    'column "a" must be a probability from 0 to 1 for the loss categoricalCrossentropy; got 3',
  );
});

test('labels are one-hot encoded for a named loss that needs it', () => {
  const result = single([2, 0], output(3, 'softmax'), 'categoricalCrossentropy');
  expect(result).toMatchObject({ values: [0, 0, 1, 1, 0, 0], shape: [3], kind: 'classification' });
  expect(result.notes).toEqual(['target "y" one-hot encoded over 3 classes for categoricalCrossentropy']);
  expect(single(['b', 'a'], output(2, 'softmax'), 'meanSquaredError')).toMatchObject({
    values: [0, 1, 1, 0],
    kind: 'classification',
  });
  expect(single([1, 0], output(2, 'sigmoid'))).toMatchObject({ values: [0, 1, 1, 0], loss: 'binaryCrossentropy' });
  expect(single([1, 0], output(2, 'linear'), 'squaredHinge')).toMatchObject({ values: [-1, 1, 1, -1] });
});

test('hinge losses take signs, and 0 and 1 as signs', () => {
  expect(single([-1, 1], output(1, 'linear'), 'hinge')).toMatchObject({ values: [-1, 1], notes: [] });
  expect(single([0, 1], output(1, 'linear'), 'hinge')).toMatchObject({
    values: [-1, 1],
    notes: ['0 in target "y" became -1'],
  });
  expect(single(['a', 'b'], output(1, 'tanh'), 'hinge')).toMatchObject({ values: [-1, 1] });
  expect(() => single([-1, 0], output(1, 'linear'), 'hinge')).toThrow(
    'row 2 (line 3), column "y" must be -1 or 1, or 0 or 1 throughout for the loss hinge; got 0',
  );
});

test('a named loss is checked against the target', () => {
  expect(() => encode({ a: [1], b: [0] }, [output(2, 'softmax')], 'sparseCategoricalCrossentropy')).toThrow(
    'the target of output "out" (2 units) must be 1 column of labels for the loss sparseCategoricalCrossentropy; got 2',
  );
  expect(() => single([1, 0], output(1, 'sigmoid'), 'sparseCategoricalCrossentropy')).toThrow(
    'output "out" must have a unit for each class for the loss sparseCategoricalCrossentropy; got 1 unit',
  );
  expect(() => single([1, -3], output(1, 'linear'), 'poisson')).toThrow(
    'must be a number at least 0 for the loss poisson; got -3',
  );
});

test('a regression target beyond float32 is refused', () => {
  expect(() => single([1, 1e39], output(1, 'linear'))).toThrow(
    'row 2 (line 3), column "y" must be a number that float32 can hold for the loss meanSquaredError; got 1e+39',
  );
});

test('several outputs take one column each, or one for each unit', () => {
  const outputs = [output(3, 'softmax', 'kind'), output(1, 'linear', 'size')];
  const one = encode({ k: ['a', 'c', 'b'], s: [1, 2, 3] }, outputs);
  expect(one.dataset.targets.map(({ values }) => [...values])).toEqual([
    [0, 2, 1],
    [1, 2, 3],
  ]);
  expect(one.tasks.map(({ loss }) => loss)).toEqual(['sparseCategoricalCrossentropy', 'meanSquaredError']);
  const wide = encode({ a: [1], b: [0], c: [0], s: [7] }, outputs, ['categoricalCrossentropy', 'meanAbsoluteError']);
  expect(wide.dataset.targets.map(({ values }) => [...values])).toEqual([[1, 0, 0], [7]]);
  expect(wide.tasks.map(({ loss }) => loss)).toEqual(['categoricalCrossentropy', 'meanAbsoluteError']);
  expect(() => encode({ a: [1], b: [0], c: [0] }, outputs)).toThrow(
    'target must name 2 columns, one for each output of the model (kind, size), or 4, one for each unit; got 3',
  );
});

test('an output of several dimensions is filled from as many columns', () => {
  const square = { name: 'out', shape: [2, 2], activation: 'linear' };
  const { dataset } = encode({ a: [1], b: [2], c: [3], d: [4] }, [square]);
  expect(dataset.targets[0]).toMatchObject({ shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) });
});

test('a target that never changes is named', () => {
  expect(single([1.5, 1.5, 1.5], output(1, 'linear')).notes).toContain(
    'target "y" never changes: 1.5 in each of the 3 rows',
  );
  expect(single(['x', 'x'], output(3, 'softmax')).notes).toContain(
    'target "y" never changes: "x" in each of the 2 rows',
  );
  expect(single([2, 2], output(3, 'softmax')).notes).toContain('target "y" never changes: 2 in each of the 2 rows');
  const both = encode({ same: [4, 4], y: [1, 2] }, [output(2, 'linear')]);
  expect(both.dataset.notes.filter((note) => note.includes('never changes'))).toEqual([
    'target "same" never changes: 4 in each of the 2 rows',
  ]);
  expect(single([1, 2, 1], output(1, 'linear')).notes.join()).not.toContain('never changes');
});

test('labels with gaps become classes in ascending order where there is one for each unit', () => {
  const result = single([0, 2, 4, 2], output(3, 'softmax'));
  expect(result).toMatchObject({ values: [0, 1, 2, 1], classes: ['0', '2', '4'] });
  expect(result.notes).toContain('labels of "y" became classes: 0 → 0, 2 → 1 and 4 → 2');
  // Fewer labels than units are more likely those of a larger model.
  expect(() => single([0, 2, 12], output(10, 'softmax'))).toThrow(
    /must be a class from 0 to 9 of output "out"; got 12/,
  );
});
