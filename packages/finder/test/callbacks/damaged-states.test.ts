import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import {
  earlyStopping,
  learningRateMonitor,
  learningRateScheduler,
  reduceLROnPlateau,
  terminateOnNaN,
} from '../../src/index.js';
import { messageOf } from '../message-of.js';

const callbacks = {
  earlyStopping: () => earlyStopping(),
  learningRateMonitor: () => learningRateMonitor(),
  learningRateScheduler: () => learningRateScheduler('cosine(0.1, steps=10)'),
  reduceLROnPlateau: () => reduceLROnPlateau(),
  terminateOnNaN: () => terminateOnNaN(),
};

describe.each(Object.entries(callbacks))('the state of %s', (name, make) => {
  const restored = (state: unknown) => () => make().restore(state as never);

  test('is taken as it was saved, also from JSON', () => {
    const state = make().state();
    restored(state)();
    restored(JSON.parse(JSON.stringify(state)))();
  });

  test('is refused with the place where a field is missing, unknown, or of another kind', () => {
    const state = make().state() as object as Record<string, unknown>;
    for (const field of Object.keys(state)) {
      const { [field]: _, ...others } = state;
      expect(messageOf(restored(others))).toMatch(new RegExp(`^the state of ${name}: / must have ${field}: `));
      for (const value of [-1, 1.5, true, {}, 'x'].filter((each) => field !== 'best' || typeof each !== 'number'))
        expect(messageOf(restored({ ...state, [field]: value }))).toMatch(
          new RegExp(`^the state of ${name}: /${field}(/|\\b).* must be .*; got `),
        );
    }
    expect(messageOf(restored({ ...state, other: 1 }))).toMatch(/ must not have "other"$/);
    for (const value of [5, 'x', []]) expect(restored(value)).toThrow(InputError);
  });
});
