import { InputError } from '@lrfind/core';
import { expect, test } from 'vitest';
import { type ArrayOrArrays, fromArrays } from '../../src/arrays/from-arrays.js';

const slots = (...shapes: (number | null)[][]) => shapes.map((shape, i) => ({ name: `s${i}`, shape }));
const plain = { inputs: slots([2]), outputs: slots([1]) };

const convert = (xs: ArrayOrArrays, ys: ArrayOrArrays, model = plain) => fromArrays({ xs, ys }, model);

test('nested arrays, typed rows and shaped arrays give the same dataset', () => {
  const expected = {
    rows: 3,
    inputs: [{ shape: [2], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    targets: [{ shape: [1], values: Float32Array.of(7, 8, 9) }],
    notes: [],
  };
  const flat = [1, 2, 3, 4, 5, 6];
  expect(
    convert(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[7], [8], [9]],
    ),
  ).toEqual(expected);
  expect(convert([Float32Array.of(1, 2), Float64Array.of(3, 4), Uint8Array.of(5, 6)], [7, 8, 9])).toEqual(expected);
  expect(convert({ shape: [3, 2], values: flat }, Float64Array.of(7, 8, 9))).toEqual(expected);
  expect(convert([{ shape: [3, 2], values: flat }], [{ shape: [3, 1], values: [7, 8, 9] }])).toEqual(expected);
  expect(convert({ s0: { shape: [3, 2], values: flat } }, { s0: [7, 8, 9] })).toEqual(expected);
});

test('values that are flat already are not copied', () => {
  const values = Float32Array.of(1, 2, 3, 4);
  expect(convert({ shape: [2, 2], values }, [1, 2]).inputs[0]?.values).toBe(values);
});

test('flat rows fill an image, and class numbers stand for one-hot rows', () => {
  const model = { inputs: slots([2, 2, 1]), outputs: slots([3]) };
  const dataset = convert(
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
    Int32Array.of(2, 0),
    model,
  );
  expect(dataset.inputs[0]).toEqual({ shape: [2, 2, 1], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  expect(dataset.targets[0]).toEqual({ shape: [1], values: Int32Array.of(2, 0) });
  expect(
    convert(
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [[0, 1, 0]],
      model,
    ).inputs[0]?.shape,
  ).toEqual([2, 2, 1]);
});

test('an open length takes what comes', () => {
  const model = { inputs: slots([null, 2]), outputs: slots([null, 5]) };
  const dataset = convert({ shape: [1, 3, 2], values: [1, 2, 3, 4, 5, 6] }, [[4, 0, 2]], model);
  expect(dataset.inputs[0]?.shape).toEqual([3, 2]);
  expect(dataset.targets[0]?.shape).toEqual([3, 1]);
});

test('several inputs come as a list or by name', () => {
  const model = { inputs: slots([2], [1]), outputs: slots([1]) };
  const inputs = [
    { shape: [2], values: Float32Array.of(1, 2) },
    { shape: [1], values: Float32Array.of(3) },
  ];
  expect(convert([[[1, 2]], [[3]]], [0], model).inputs).toEqual(inputs);
  expect(convert({ s1: [3], s0: [[1, 2]] }, [0], model).inputs).toEqual(inputs);
});

test.each<[string, ArrayOrArrays, ArrayOrArrays, string]>([
  [
    'unequal rows',
    [
      [1, 2],
      [3, 4],
    ],
    [1, 2, 3],
    'ys must have 2 rows, as xs has; got 3',
  ],
  [
    'NaN in a nested array',
    [
      [1, 2],
      [3, Number.NaN],
    ],
    [1, 2],
    'xs[1][1] must be a finite float32 number; got NaN',
  ],
  [
    'infinity in a target',
    [
      [1, 2],
      [3, 4],
    ],
    [1, Number.NEGATIVE_INFINITY],
    'ys[1] must be a finite float32 number; got -Infinity',
  ],
  ['a number beyond float32', [[1, 1e39]], [1], 'xs[0][1] must be a finite float32 number; got 1e+39'],
  ['a ragged array', [[1, 2], [3]], [1, 2], 'xs[1] must have length 2, as those before it; got 1'],
  ['a missing depth', [[1, 2], 3] as never, [1, 2], 'xs[1] must be an array of length 2; got 3'],
  [
    'an extra depth',
    [
      [1, 2],
      [3, [4]],
    ] as never,
    [1, 2],
    'xs[1][1] must be a number; got an array',
  ],
  ['a word', [[1, 'a']] as never, [1], 'xs[0][1] must be a number; got "a"'],
  ['nothing', [[1, null]] as never, [1], 'xs[0][1] must be a number; got null'],
  ['nothing for an array', undefined as never, [1], 'xs must be an array, or several; got undefined'],
  ['a number for an array', 3 as never, [1], 'xs must be an array, or several; got 3'],
  [
    'too few values for a shape',
    { shape: [2, 2], values: [1, 2, 3] },
    [1, 2],
    'xs must have 4 values for its shape 2×2; got 3',
  ],
  ['a scalar', { shape: [], values: [1] }, [1], 'xs must be an array with an entry for each row; got a single number'],
  ['no rows', [], [], 'xs must have at least one row; got none'],
  [
    'no rows but a shape',
    { shape: [0, 2], values: [] },
    { shape: [0, 1], values: [] },
    'xs must have at least one row; got none',
  ],
  ['rows of another shape', [[1, 2, 3]], [1], 'xs must have rows of shape [2]; got [3]'],
  ['an unknown name', { a: [[1, 2]] }, [1], 'xs must have the names of the model\'s inputs (s0); got "a"'],
  ['a missing name', {}, [1], 'xs must have an array named "s0"; got none'],
  [
    'too many arrays',
    [
      { shape: [1, 2], values: [1, 2] },
      { shape: [1, 2], values: [1, 2] },
    ],
    [1],
    "xs must be 1 array for the model's input s0; got 2",
  ],
])('%s is refused', (_, xs, ys, message) => {
  expect(() => convert(xs, ys)).toThrow(InputError);
  expect(() => convert(xs, ys)).toThrow(message);
});

test('channels in another order are not taken for the same image', () => {
  const model = { inputs: slots([2, 2, 3]), outputs: slots([1]) };
  const image = { shape: [1, 3, 2, 2], values: new Float32Array(12) };
  expect(() => convert(image, [1], model)).toThrow('xs must have rows of shape [2, 2, 3]; got [3, 2, 2]');
});

test('one array for a model of several inputs is refused', () => {
  const model = { inputs: slots([2], [1]), outputs: slots([1]) };
  expect(() => convert({ shape: [1, 2], values: [1, 2] }, [1], model)).toThrow(
    "xs must be 2 arrays, one for each of the model's inputs (s0, s1); got 1",
  );
});
