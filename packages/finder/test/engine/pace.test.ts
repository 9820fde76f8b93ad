import { describe, expect, test } from 'vitest';
import { firstRows } from '../../src/engine/first-rows.js';
import { isWorthMoving, measurePace, measuringBudget } from '../../src/engine/pace.js';

/** A clock that goes on only while steps run, each of which takes what a function says. */
function fakeSteps(duration: (step: number) => number) {
  let time = 0;
  let steps = 0;
  const calls: number[] = [];
  const run = async (count: number) => {
    calls.push(count);
    for (let i = 0; i < count; i++) time += duration(steps++);
  };
  return { run, now: () => time, calls };
}

describe('the pace of steps', () => {
  test('leaves out the first six, and is that of the fastest eight', async () => {
    // Compilation takes 100 ms each; then come steps of 9, of 4 and of 7 ms.
    const { run, now, calls } = fakeSteps((step) => (step < 6 ? 100 : step < 14 ? 9 : step < 22 ? 4 : 7));
    expect(await measurePace(run, 10_000, now)).toBe(4);
    expect(calls).toEqual([1, 1, 1, 1, 1, 1, 8, 8, 8]);
  });

  test('is unknown where the first steps use up the time', async () => {
    const { run, now, calls } = fakeSteps(() => 300);
    expect(await measurePace(run, 1000, now)).toBeNull();
    // After 1,200 ms no step begins.
    expect(calls).toEqual([1, 1, 1, 1]);
  });

  test('is measured once where there is time for no more', async () => {
    const { run, now, calls } = fakeSteps(() => 10);
    expect(await measurePace(run, 100, now)).toBe(10);
    expect(calls.filter((count) => count === 8)).toHaveLength(1);
  });

  test('of nothing is unknown without time', async () => {
    expect(
      await measurePace(
        async () => expect.unreachable(),
        0,
        () => 0,
      ),
    ).toBeNull();
  });
});

test.each([
  [10, 6, 1, true],
  [10, 7, 1, false],
  [10, null, 1, false],
  // Two trainings at once make the present backend twice as fast.
  [10, 6, 2, false],
  [10, 3, 2, true],
])(
  'steps of %s ms and of %s ms, with %i trainings side by side: moving is worth it: %s',
  (present, other, lanes, worth) => {
    expect(isWorthMoving(present, other, lanes)).toBe(worth);
  },
);

test.each([
  [4999, 0],
  [5000, 500],
  [20_000, 2000],
  [1e9, 2000],
])('of %i ms of work, %i ms may be spent on the measurement', (work, budget) => {
  expect(measuringBudget(work)).toBe(budget);
});

describe('the first rows of a split', () => {
  const column = (values: number[], shape: number[]) => ({ name: 'x', shape, values: Float32Array.from(values) });
  const split = {
    dataset: {
      rows: 3,
      inputs: [column([1, 2, 3, 4, 5, 6], [2])],
      targets: [column([7, 8, 9], [1])],
      weights: Float32Array.of(1, 2, 3),
      notes: ['encoded'],
    },
    train: Int32Array.of(0, 2),
    heldOut: Int32Array.of(1),
    test: new Int32Array(),
  };

  test('are rows that are trained on, with their targets and weights', () => {
    const few = firstRows(split as never, 5);
    expect(few?.dataset).toMatchObject({ rows: 2, weights: Float32Array.of(1, 3) });
    expect(few?.dataset.inputs[0]?.values).toEqual(Float32Array.of(1, 2, 5, 6));
    expect(few?.dataset.targets[0]?.values).toEqual(Float32Array.of(7, 9));
    expect([...(few?.train ?? [])]).toEqual([0, 1]);
  });

  test('are not taken of windows of a series', () => {
    const [input] = split.dataset.inputs;
    const series = { ...split.dataset, inputs: [{ ...input, windows: {} }] };
    expect(firstRows({ ...split, dataset: series } as never, 1)).toBeNull();
  });
});
