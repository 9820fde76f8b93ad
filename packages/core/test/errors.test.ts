import { describe, expect, test } from 'vitest';
import {
  assertOptions,
  fileError,
  InputError,
  nearest,
  notAllowed,
  notOneOf,
  shownValue,
  suggestion,
  unknownOption,
} from '../src/errors.js';
import { messageOf } from './message-of.js';

test('an InputError is an error with that name', () => {
  const error = new InputError('steps must be a number');
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('InputError: steps must be a number');
});

describe('messages', () => {
  test.each<[InputError, string]>([
    [notAllowed('steps', 'a whole number', 'ten'), 'steps must be a whole number; got "ten"'],
    [notAllowed('steps', 'a whole number', Number.NaN), 'steps must be a whole number; got NaN'],
    [
      notOneOf('optimizer', ['sgd', 'adam'], 'adm'),
      'optimizer must be one of sgd, adam; got "adm"; did you mean adam?',
    ],
    [notOneOf('optimizer', ['sgd', 'adam'], 'lbfgs'), 'optimizer must be one of sgd, adam; got "lbfgs"'],
    [notOneOf('optimizer', ['sgd', 'adam'], undefined), 'optimizer must be one of sgd, adam; got undefined'],
    [unknownOption('stesp', ['steps', 'seed']), 'unknown option stesp; did you mean steps? Options: steps, seed'],
    [unknownOption('rate', ['steps', 'seed']), 'unknown option rate. Options: steps, seed'],
  ])('%s', (error, message) => {
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(message);
  });

  test.each<[unknown, string]>([
    ['a "b"', '"a \\"b\\""'],
    [1e-7, '1e-7'],
    [-0, '0'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1 }, '{"a":1}'],
    [() => 1, 'function'],
    [Symbol('s'), 'symbol'],
  ])('show a value: %j', (value, text) => {
    expect(shownValue(value)).toBe(text);
  });
});

describe('the nearest name', () => {
  const names = ['steps', 'startLr', 'endLr', 'seed', 'batchSize'];

  test.each([
    ['stesp', 'steps'],
    ['step', 'steps'],
    ['STEPS', 'steps'],
    ['startlr', 'startLr'],
    ['start-lr', 'startLr'],
    ['endRl', 'endLr'],
    ['batchSise', 'batchSize'],
    ['sed', 'seed'],
  ])('to %s is %s', (typed, name) => {
    expect(nearest(typed, names)).toBe(name);
    expect(suggestion(typed, names)).toBe(`; did you mean ${name}?`);
  });

  test('is the first of those that are equally near', () => {
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
  });

  test('is at most 2 edits away, or a third of the letters', () => {
    expect(nearest('abc', ['ade'])).toBe('ade');
    expect(nearest('abc', ['def'])).toBeUndefined();
    expect(nearest('abcdefghi', ['xyzdefghi'])).toBe('xyzdefghi');
    expect(nearest('abcdefghi', ['wxyzefghi'])).toBeUndefined();
  });

  test('does not exist for a name that is near none, nor among none', () => {
    expect(nearest('momentum', names)).toBeUndefined();
    expect(suggestion('momentum', names)).toBe('');
    expect(nearest('steps', [])).toBeUndefined();
  });
});

describe('an error about a file', () => {
  const message = (error: unknown) => fileError('a.png cannot be written', error).message;

  test("has the system's reason, without the call and its paths", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, open 'a.png.partial'"), { code: 'ENOSPC' });
    expect(message(full)).toBe('a.png cannot be written: ENOSPC: no space left on device');
    expect(fileError('a', full)).toBeInstanceOf(InputError);
  });

  test('has what was thrown where that is not of the system', () => {
    expect(message(new Error('out of order, sorry'))).toBe('a.png cannot be written: out of order, sorry');
    expect(message('text')).toBe('a.png cannot be written: text');
  });

  test('shows a zero byte, which no terminal shows', () => {
    const error = Object.assign(new TypeError('without null bytes'), { code: 'ERR_INVALID_ARG_VALUE' });
    expect(fileError('a\0b', error).message).toBe('a\\0b: a path must have no zero byte');
  });
});

describe('assertOptions', () => {
  const check = (given: unknown) => messageOf(() => assertOptions(given, ['steps', 'seed']));

  test('answers an unknown option with the nearest of all, and takes undefined as left out', () => {
    expect(check({ step: 1 })).toBe('unknown option step; did you mean steps? Options: steps, seed');
    expect(() => assertOptions({ seed: 1, step: undefined }, ['steps', 'seed'])).not.toThrow();
    expect(() => assertOptions(Object.create(null), ['steps'])).not.toThrow();
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [3, '3'],
    ['auto', '"auto"'],
    [[1], '[1]'],
    [new Map(), 'an instance of Map'],
  ])('refuses %s as options', (given, got) => {
    expect(check(given)).toBe(`options must be an object, such as { steps: … }; got ${got}`);
  });
});

test('a name that begins with what was given is meant where none is close', () => {
  const allowed = ['monitor', 'verbose', 'restoreBestWeights', 'restoreAll'];
  expect(nearest('restore', allowed)).toBe('restoreBestWeights');
  expect(nearest('verbos', allowed)).toBe('verbose');
  expect(nearest('res', allowed)).toBe(undefined);
});
