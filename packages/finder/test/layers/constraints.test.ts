import { useBackend } from '@lrfind/backends';
import { describe, expect, test } from 'vitest';
import { backend } from '../backend.js';
import { expectNear, golden, trainedHere } from './golden.js';

await useBackend(backend);

describe('constraints bound weights after each update, as in Keras', () => {
  test.each(golden.constraints.map((given) => [given.name, given.optimizer, given] as const))(
    '%s with %s',
    (_name, _optimizer, given) => {
      const { steps, trained, notes, left } = trainedHere(given);
      expect(notes).toEqual([]);
      expect(left).toBe(0);
      expectNear(steps.flat(), given.steps.flat());
      for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
    },
  );
});

describe('what layers add to the loss counts as in Keras', () => {
  test.each(golden.penalties.map((given) => [given.name, given] as const))('%s', (_, given) => {
    const { steps, trained, notes, left } = trainedHere(given);
    expect(notes).toEqual([]);
    expect(left).toBe(0);
    expectNear(steps.flat(), given.steps.flat());
    for (const [i, weight] of trained.entries()) expectNear(weight, given.trained[i] as number[]);
  });
});
