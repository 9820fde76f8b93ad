import { expect, test } from 'vitest';
import { encodeTable } from '../src/encode/encode-table.js';
import type { OutputShape } from '../src/shapes.js';
import { InputError } from '@lrfind/core';
import { smallTable } from './small-table.js';

type Cells = readonly (number | string | null)[];

/** Encodes target columns, beside a feature, for some heads. */
function encode(targets: Readonly<Record<string, Cells>>, outputs: OutputShape[], loss?: string | string[]) {
  const rows = Object.values(targets)[0]?.length ?? 0;
  const table = smallTable({ x: Array.from({ length: rows }, (_, i) => i), ...targets });
  const model = { inputs: [{ name: 'in', shape: [1] }], outputs };
  const options = { target: Object.keys(targets), scale: 'none', missing: 'mean', ...(loss && { loss }) } as const;
  return encodeTable(table, model, options);
}

const head = (units: number, activation: string | null, name = 'out'): OutputShape => ({
  name,
  shape: [units],
  activation,
});

/** The values, loss and notes of a single column at a single head. */
function single(cells: Cells, output: OutputShape, loss?: string) {
  const { source, tasks } = encode({ y: cells }, [output], loss);
  const [block] = source.targets;
  return { values: [...(block?.values ?? [])], shape: block?.shape, notes: source.notes.slice(1), ...tasks[0] };
}

test('words become classes in the order of their categories', () => {
  const result = single(['b', 'c', 'a', 'b'], head(3, 'softmax'));
  expect(result).toMatchObject({ values: [1, 2, 0, 1], shape: [1], loss: 'sparseCategoricalCrossentropy' });
  expect(result).toMatchObject({ kind: 'classification', classes: ['a', 'b', 'c'] });
  expect(result.notes).toContain('labels of "y" became classes: a → 0, b → 1 and c → 2');
});

test('class numbers stay as they are, even when a class is absent', () => {
  expect(single([0, 2, 2, 9], head(10, 'softmax'))).toMatchObject({ values: [0, 2, 2, 9] });
  expect(single([3, 5], head(10, 'softmax'))).toMatchObject({ values: [3, 5] });
  expect(single(['3', '5'], head(10, 'softmax'))).toMatchObject({ values: [3, 5] });
  expect(encode({ y: [3, 5] }, [head(10, 'softmax')]).source.targets[0]?.values).toBeInstanceOf(Int32Array);
});

test('labels from 1 to k lose one, also when some are absent', () => {
  const result = single([1, 10, 4], head(10, 'softmax'));
  expect(result).toMatchObject({ values: [0, 9, 3], classes: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] });
  expect(result.notes).toContain('labels 1 to 10 of "y" became classes 0 to 9');
});

test('other labels become classes in ascending order when there are not too many', () => {
  const result = single([30, 10, 20, 10], head(3, 'softmax'));
  expect(result).toMatchObject({ values: [2, 0, 1, 0], classes: ['10', '20', '30'] });
  expect(result.notes).toContain('labels of "y" became classes: 10 → 0, 20 → 1 and 30 → 2');
  expect(single([-1, 1, -1], head(2, 'softmax'))).toMatchObject({ values: [0, 1, 0], classes: ['-1', '1'] });
});

test('labels beyond float32 are not confused', () => {
  expect(single([16_777_217, 16_777_216, 16_777_217], head(2, 'softmax')).values).toEqual([1, 0, 1]);
});

test('a label outside the classes is named with its row', () => {
  const ten = head(10, 'softmax');
  expect(() => single([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ten)).toThrow(
    new InputError(
      't.csv: row 11 (line 12), column "y": label 10 is outside the classes 0 to 9 of output "out" (11 different labels in all)',
    ),
  );
  expect(() => single([0, 1, 10], ten)).toThrow('row 3 (line 4), column "y": label 10 is outside the classes 0 to 9');
  expect(() => single([0, 1, -1], ten)).toThrow('row 3 (line 4), column "y": label -1 is outside the classes 0 to 9');
  expect(() => single([1, 2, 2.5], ten)).toThrow('row 3 (line 4), column "y": 2.5 is no label');
});

test('more words than classes are listed', () => {
  expect(() => single(['a', 'b', 'c', 'd'], head(3, 'softmax'))).toThrow(
    'target "y" holds 4 labels: "a", "b", "c" and "d"; but output "out" has 3 units',
  );
});

test('two words at a sigmoid become 0 and 1, and it is said which', () => {
  const result = single(['no', 'yes', 'no'], head(1, 'sigmoid'));
  expect(result).toMatchObject({
    values: [0, 1, 0],
    loss: 'binaryCrossentropy',
    kind: 'classification',
    classes: ['no', 'yes'],
  });
  expect(result.notes).toContain('labels of "y" became numbers: no → 0, yes → 1');
});

test('three words at a single unit, or one, are refused', () => {
  expect(() => single(['a', 'b', 'c'], head(1, 'sigmoid'))).toThrow(
    'target "y" holds 3 labels ("a", "b" and "c") where numbers or two labels are needed',
  );
  expect(() => single(['a', 'a'], head(1, 'sigmoid'))).toThrow('target "y" holds only one label ("a")');
});

test('a sigmoid takes probabilities and nothing else', () => {
  expect(single([0, 1, 0.25], head(1, 'sigmoid'))).toMatchObject({ values: [0, 1, 0.25], loss: 'binaryCrossentropy' });
  expect(() => single([0, 1, 2], head(1, 'sigmoid'))).toThrow(
    't.csv: row 3 (line 4), column "y": 2 does not suit the loss binaryCrossentropy, which needs a number from 0 to 1; if it holds two classes, say --categorical y',
  );
});

test('a logit takes two words, with sigmoidCrossEntropy', () => {
  expect(single(['n', 'y'], head(1, null))).toMatchObject({ values: [0, 1], loss: 'sigmoidCrossEntropy' });
});

test('logits take class numbers or words, with softmaxCrossEntropy', () => {
  expect(single([0, 2, 1], head(3, 'linear'))).toMatchObject({
    values: [0, 2, 1],
    shape: [1],
    loss: 'softmaxCrossEntropy',
  });
  expect(single(['b', 'a'], head(3, null))).toMatchObject({ values: [1, 0], loss: 'softmaxCrossEntropy' });
});

test('one-hot columns at a softmax are checked to be distributions', () => {
  const { source, tasks } = encode({ a: [1, 0, 0.25], b: [0, 1, 0.75] }, [head(2, 'softmax')]);
  expect(source.targets[0]).toEqual({
    shape: [2],
    values: Float32Array.of(1, 0, 0, 1, 0.25, 0.75),
    columns: ['a', 'b'],
  });
  expect(tasks).toEqual([{ kind: 'classification', loss: 'categoricalCrossentropy' }]);
  expect(() => encode({ a: [1, 1], b: [0, 1] }, [head(2, 'softmax')])).toThrow(
    't.csv: row 2 (line 3), column "a" and the 1 columns after it add up to 2; the loss categoricalCrossentropy needs 1',
  );
  expect(() => encode({ a: [3], b: [-2] }, [head(2, 'softmax')])).toThrow(
    'column "a": 3 does not suit the loss categoricalCrossentropy',
  );
});

test('labels are one-hot encoded for a named loss that needs it', () => {
  const result = single([2, 0], head(3, 'softmax'), 'categoricalCrossentropy');
  expect(result).toMatchObject({ values: [0, 0, 1, 1, 0, 0], shape: [3], kind: 'classification' });
  expect(result.notes).toEqual(['target "y" one-hot encoded over 3 classes for categoricalCrossentropy']);
  expect(single(['b', 'a'], head(2, 'softmax'), 'meanSquaredError')).toMatchObject({
    values: [0, 1, 1, 0],
    kind: 'classification',
  });
  expect(single([1, 0], head(2, 'sigmoid'))).toMatchObject({ values: [0, 1, 1, 0], loss: 'binaryCrossentropy' });
  expect(single([1, 0], head(2, 'linear'), 'squaredHinge')).toMatchObject({ values: [-1, 1, 1, -1] });
});

test('hinge losses take signs, and 0 and 1 as signs', () => {
  expect(single([-1, 1], head(1, 'linear'), 'hinge')).toMatchObject({ values: [-1, 1], notes: [] });
  expect(single([0, 1], head(1, 'linear'), 'hinge')).toMatchObject({
    values: [-1, 1],
    notes: ['0 in target "y" became -1'],
  });
  expect(single(['a', 'b'], head(1, 'tanh'), 'hinge')).toMatchObject({ values: [-1, 1] });
  expect(() => single([-1, 0], head(1, 'linear'), 'hinge')).toThrow(
    'row 2 (line 3), column "y": 0 does not suit the loss hinge, which needs -1 or 1',
  );
});

test('a named loss is checked against the target', () => {
  expect(() => encode({ a: [1], b: [0] }, [head(2, 'softmax')], 'sparseCategoricalCrossentropy')).toThrow(
    'loss sparseCategoricalCrossentropy at output "out" with 2 units needs 1 column of labels; 2 target columns given',
  );
  expect(() => single([1, 0], head(1, 'sigmoid'), 'sparseCategoricalCrossentropy')).toThrow(
    'needs a head with a unit for each class',
  );
  expect(() => single([1, -3], head(1, 'linear'), 'poisson')).toThrow(
    '-3 does not suit the loss poisson, which needs a number of at least 0',
  );
  expect(() => single([1], head(1, 'linear'), 'meanSquareError')).toThrow(
    'unknown loss "meanSquareError"; did you mean meanSquaredError?',
  );
  expect(() => single([1], head(1, 'linear'), 'toString')).toThrow('unknown loss "toString"');
});

test('a regression target beyond float32 is refused', () => {
  expect(() => single([1, 1e39], head(1, 'linear'))).toThrow(
    'row 2 (line 3), column "y": 1e+39 does not suit the loss meanSquaredError, which needs a number that float32 can hold',
  );
});

test('several outputs take one column each, or one for each unit', () => {
  const outputs = [head(3, 'softmax', 'kind'), head(1, 'linear', 'size')];
  const one = encode({ k: ['a', 'c', 'b'], s: [1, 2, 3] }, outputs);
  expect(one.source.targets.map(({ values }) => [...values])).toEqual([
    [0, 2, 1],
    [1, 2, 3],
  ]);
  expect(one.tasks.map(({ loss }) => loss)).toEqual(['sparseCategoricalCrossentropy', 'meanSquaredError']);
  const wide = encode({ a: [1], b: [0], c: [0], s: [7] }, outputs, ['categoricalCrossentropy', 'meanAbsoluteError']);
  expect(wide.source.targets.map(({ values }) => [...values])).toEqual([[1, 0, 0], [7]]);
  expect(wide.tasks.map(({ loss }) => loss)).toEqual(['categoricalCrossentropy', 'meanAbsoluteError']);
  expect(() => encode({ a: [1], b: [0], c: [0] }, outputs)).toThrow(
    'target: the model has 2 outputs (kind, size) and needs 2 target columns, one for each, or 4, one for each unit; 3 given',
  );
  expect(() => encode({ k: [0], s: [1] }, outputs, ['hinge'])).toThrow("loss: 1 named for the model's 2 outputs");
});

test('an output of several dimensions is filled from as many columns', () => {
  const output = { name: 'out', shape: [2, 2], activation: 'linear' };
  const { source } = encode({ a: [1], b: [2], c: [3], d: [4] }, [output]);
  expect(source.targets[0]).toMatchObject({ shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) });
});
