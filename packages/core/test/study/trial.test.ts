import { expect, test } from 'vitest';
import { fromSavedState, type StepState, toSavedState } from '../../src/study/trial.js';

const bits = ({ values }: StepState) =>
  values.map(({ buffer, byteOffset, length }) => [...new Uint32Array(buffer, byteOffset, length)]);

// Zeros of both signs, infinities, the smallest and the largest numbers, and NaNs of different bits.
const patterns = Uint32Array.of(
  ...[0, 0x80000000, 0x7f800000, 0xff800000, 1, 0x807fffff, 0x7f7fffff, 0x3eaaaaab],
  ...[0x7fc00000, 0xffc00000, 0x7fc00001, 0x7fffffff],
);
const state: StepState = {
  seed: 7,
  steps: 12,
  lastRate: 0.1 + 0.2,
  values: [new Float32Array(patterns.buffer), Float32Array.of(1.5, -2.25), new Float32Array(0)],
};

test('a state survives JSON bit for bit, NaN payloads included', () => {
  const restored = fromSavedState(JSON.parse(JSON.stringify(toSavedState(state))));
  expect(bits(restored)).toEqual(bits(state));
  expect({ ...restored, values: [] }).toEqual({ ...state, values: [] });
});

test('the rate of a state before its first step is NaN, which JSON stores as null', () => {
  const saved = toSavedState({ ...state, steps: 0, lastRate: Number.NaN });
  expect(saved.lastRate).toBeNull();
  expect(fromSavedState(JSON.parse(JSON.stringify(saved))).lastRate).toBeNaN();
  expect(fromSavedState(toSavedState({ ...state, lastRate: 0 })).lastRate).toBe(0);
});

test('a value that is part of a larger buffer is saved alone', () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const restored = fromSavedState(toSavedState({ ...state, values: [whole.subarray(1, 3)] }));
  expect(restored.values).toEqual([Float32Array.of(2, 3)]);
});

test('restored values belong to the caller: each has its own buffer', () => {
  const saved = toSavedState(state);
  const [first] = fromSavedState(saved).values;
  first?.fill(9);
  expect(bits(fromSavedState(saved))).toEqual(bits(state));
});

test('a state of more values than fit one call of String.fromCharCode survives', () => {
  const values = [Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i))];
  expect(fromSavedState(toSavedState({ ...state, values })).values).toEqual(values);
});
