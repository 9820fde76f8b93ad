import Type, { type TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { allowed, choice, closed, resolveOptions } from '../src/options.js';
import { messageOf } from './message-of.js';

const schema = Type.Object(
  {
    steps: Type.Integer({ minimum: 2, maximum: 10, default: 5, description: 'number of steps' }),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'the rate' })),
    spacing: choice(['geometric', 'linear'], { default: 'geometric', description: 'the spacing' }),
    names: Type.Optional(Type.Array(Type.String(), { description: 'the names' })),
  },
  closed,
);

describe('resolveOptions', () => {
  test('fills in the defaults and keeps what was given', () => {
    expect(resolveOptions(schema, {})).toEqual({ steps: 5, spacing: 'geometric' });
    expect(resolveOptions(schema, { steps: 2, rate: 0.1, names: ['a'] })).toEqual({
      steps: 2,
      rate: 0.1,
      spacing: 'geometric',
      names: ['a'],
    });
  });

  test('takes undefined for left out, also for an option that does not exist', () => {
    expect(resolveOptions(schema, { steps: undefined, step: undefined })).toEqual({ steps: 5, spacing: 'geometric' });
  });

  test('leaves the caller’s object and its own schema alone', () => {
    const given = Object.freeze({ rate: 0.1 });
    resolveOptions(schema, given);
    expect(given).toEqual({ rate: 0.1 });
    const withList = Type.Object({ list: Type.Array(Type.Number(), { default: [1] }) });
    (resolveOptions(withList, {}) as { list: number[] }).list.push(2);
    expect(resolveOptions(withList, {})).toEqual({ list: [1] });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ steps: 1 }, 'steps must be a whole number at least 2 and at most 10; got 1'],
    [{ steps: 2.5 }, 'steps must be a whole number at least 2 and at most 10; got 2.5'],
    [{ steps: '5' }, 'steps must be a whole number at least 2 and at most 10; got "5"'],
    [{ steps: null }, 'steps must be a whole number at least 2 and at most 10; got null'],
    [{ rate: 0 }, 'rate must be a number above 0; got 0'],
    [{ rate: Number.NaN }, 'rate must be a number above 0; got NaN'],
    [{ spacing: 'log' }, 'spacing must be one of geometric, linear; got "log"'],
    [{ names: 'a' }, 'names must be a list, each text; got "a"'],
    [{ names: ['a', 1] }, 'names must be a list, each text; got ["a",1]'],
    [{ step: 3 }, 'unknown option step; did you mean steps? Options: steps, rate, spacing, names'],
    [{ toString: 3 }, 'unknown option toString. Options: steps, rate, spacing, names'],
    [{ constructor: 3 }, 'unknown option constructor. Options: steps, rate, spacing, names'],
  ])('refuses %j', (given, message) => {
    expect(messageOf(() => resolveOptions(schema, given))).toBe(message);
  });

  test('calls options in messages as the caller does', () => {
    const flag = (name: string) => `--${name}`;
    expect(messageOf(() => resolveOptions(schema, { rate: -1 }, flag))).toBe('--rate must be a number above 0; got -1');
    expect(messageOf(() => resolveOptions(schema, { rat: 1 }, flag))).toBe(
      'unknown option --rat; did you mean --rate? Options: --steps, --rate, --spacing, --names',
    );
  });
});

test.each<[TSchema, string]>([
  [Type.Number(), 'a number'],
  [Type.Integer(), 'a whole number'],
  [Type.Number({ minimum: 0, exclusiveMaximum: 1 }), 'a number at least 0 and below 1'],
  [Type.Integer({ exclusiveMinimum: 0, maximum: 9 }), 'a whole number above 0 and at most 9'],
  [Type.Boolean(), 'true or false'],
  [Type.String(), 'text'],
  [choice(['a', 'b'], { description: '' }), 'one of a, b'],
  [Type.Array(Type.Integer({ minimum: 1 })), 'a list, each a whole number at least 1'],
  [Type.Array(choice(['a', 'b'], { description: '' })), 'a list, each one of a, b'],
  [Type.Unsafe<unknown>({ type: 'object', allowed: 'an object with a name' }), 'an object with a name'],
  [Type.Array(Type.Unsafe<unknown>({ allowed: 'a schedule' })), 'a list, each a schedule'],
])('what %j allows, in words', (given, words) => {
  expect(allowed(given)).toBe(words);
});
