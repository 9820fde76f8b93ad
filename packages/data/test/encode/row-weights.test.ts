import { expect, test } from 'vitest';
import { encodeTable } from '../../src/encode/encode-table.js';
import { chooseTarget } from './choose-target.js';
import { smallTable } from './small-table.js';

const model = {
  inputs: [{ name: 'in', shape: [1] }],
  outputs: [{ name: 'out', shape: [1], activation: 'linear' }],
};
const options = { scale: 'none', missing: 'drop', sampleWeight: 'w' } as const;
const encode = (columns: Parameters<typeof smallTable>[0], others: object = {}) =>
  encodeTable(smallTable(columns), model, chooseTarget(), { ...options, ...others });

test('the column of weights is no feature, and rows that are dropped take their weights along', () => {
  const { dataset } = encode({ w: [1, 0.5, 3], x: [4, Number.NaN, 6], y: [7, 8, 9] });
  expect(dataset.inputs[0]?.columns).toEqual(['x']);
  expect(dataset.weights).toEqual(Float32Array.of(1, 3));
  expect(dataset.notes).toContain('rows weighted by "w"');
});

test('another table has its own weights, or rows of equal weight', () => {
  const { transform } = encode({ w: [1, 2], x: [4, 5], y: [7, 8] });
  expect(transform(smallTable({ y: [1, 2], w: [0, 9], x: [1, 2] })).weights).toEqual(Float32Array.of(0, 9));
  expect(transform(smallTable({ y: [1, 2], x: [1, 2] })).weights).toBeUndefined();
});

test.each<[string, Parameters<typeof smallTable>[0], object, RegExp]>([
  ['an unknown column', { x: [1], y: [2] }, {}, /no column "w"/],
  ['a negative weight', { w: [1, -2], x: [1, 2], y: [2, 3] }, {}, /row 2.*"w" must be a number at least 0; got -2/],
  ['a missing weight', { w: [1, Number.NaN], x: [1, 2], y: [2, 3] }, {}, /row 2.*at least 0; got none/],
  ['a column of text', { w: ['a', 'b'], x: [1, 2], y: [2, 3] }, {}, /sampleWeight must name a column of numbers/],
  ['the target', { x: [1], w: [2] }, {}, /sampleWeight must not name a target/],
  ['an ignored column', { w: [1], x: [1], y: [2] }, { ignore: ['w'] }, /sampleWeight must not name .*ignored/],
])('refuses %s', (_, columns, others, message) => {
  expect(() => encode(columns, others)).toThrow(message);
});
