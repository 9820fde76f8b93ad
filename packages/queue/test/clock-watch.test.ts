import { expect, test } from 'vitest';
import { clockWatch } from '../src/clock-watch.js';

test('a clock that is set is noticed once, with how far it jumped', () => {
  const notes: string[] = [];
  let [clock, passed] = [1_000_000, 0];
  const watch = clockWatch(
    (note) => notes.push(note),
    () => clock,
    () => passed,
  );
  const after = (milliseconds: number, jump = 0) => {
    passed += milliseconds;
    clock += milliseconds + jump;
    watch.look();
  };
  after(3000);
  // As a clock that is adjusted little by little.
  after(3000, 20);
  expect(notes).toEqual([]);
  after(3000, 3_600_000);
  after(3000);
  after(3000, -7_200_000);
  expect(notes).toEqual([
    'the clock of this machine jumped forward by 3600 s; trainings do not depend on it, but times of day in messages and results do',
    'the clock of this machine jumped back by 7200 s; trainings do not depend on it, but times of day in messages and results do',
  ]);
});
