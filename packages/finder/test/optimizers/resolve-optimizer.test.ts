import { InputError } from '@lrfind/core';
import { describe, expect, test } from 'vitest';
import { type OptimizerSpec, optimizerNamed, optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';

test('a name alone takes every default', () => {
  const { kind, parameters, rule } = resolveOptimizer('adamw');
  expect(kind.name).toBe('adamw');
  expect(rule.name).toBe('adamw');
  expect(parameters).toEqual({ weightDecay: 0.004, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false });
});

test('options that are given replace their defaults and leave the others', () => {
  const { parameters } = resolveOptimizer({ name: 'rmsprop', rho: 0.5, centered: true });
  expect(parameters).toEqual({ rho: 0.5, momentum: 0, epsilon: 1e-7, centered: true });
});

test('an option that is undefined takes its default', () => {
  expect(resolveOptimizer({ name: 'adam', beta1: undefined }).parameters).toMatchObject({ beta1: 0.9 });
});

test('the caller’s object is not changed', () => {
  const spec = Object.freeze({ name: 'sgd', momentum: 0.3 });
  resolveOptimizer(spec);
  expect(spec).toEqual({ name: 'sgd', momentum: 0.3 });
});

test.each([
  ['SGD', 'sgd'],
  ['RMSprop', 'rmsprop'],
  ['RMSProp', 'rmsprop'],
  ['Adagrad', 'adagrad'],
  ['Adadelta', 'adadelta'],
  ['Adam', 'adam'],
  ['AdamW', 'adamw'],
  ['Adamax', 'adamax'],
  ['Nadam', 'nadam'],
  ['Momentum', 'momentum'],
  ['ScheduleFreeAdamW', 'schedule-free-adamw'],
  ['schedule_free_sgd', 'schedule-free-sgd'],
  ['momo_adam', 'momo-adam'],
  ['Muon', 'muon'],
])('the class name %s means %s', (className, name) => {
  expect(resolveOptimizer(className).kind.name).toBe(name);
  expect(optimizerNamed(className)?.name).toBe(name);
});

test('slots exist only where the options need them', () => {
  const slots = (spec: OptimizerSpec) => Object.keys(resolveOptimizer(spec).rule.slots).length;
  expect(slots('sgd')).toBe(0);
  expect(slots({ name: 'momentum', momentum: 0 })).toBe(0);
  expect(slots('nesterov')).toBe(1);
  expect(slots('rmsprop')).toBe(1);
  expect(slots({ name: 'rmsprop', momentum: 0.1, centered: true })).toBe(3);
  expect(slots('adam')).toBe(2);
  expect(slots({ name: 'adam', amsgrad: true })).toBe(3);
});

test('the starting value of adagrad’s accumulator is its option', () => {
  expect(resolveOptimizer({ name: 'adagrad', initialAccumulatorValue: 3 }).rule.slots).toEqual({ accumulator: 3 });
});

describe('refuses', () => {
  const message = (spec: unknown) => {
    try {
      resolveOptimizer(spec as OptimizerSpec);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as InputError).message;
    }
    throw new Error('was accepted');
  };

  test('an unknown name, with the nearest and all that exist', () => {
    const text = message('adamm');
    expect(text).toContain('"adamm"');
    expect(text).toContain('did you mean adam?');
    for (const { name } of optimizers) expect(text).toContain(name);
  });

  test('a name that is near to none, without a guess', () => {
    expect(message('lookahead-lamb')).not.toContain('did you mean');
  });

  test('an option that the optimizer does not have, with those it has', () => {
    const text = message({ name: 'adagrad', beta1: 0.9 });
    expect(text).toContain('adagrad.beta1');
    expect(text).toContain('adagrad.initialAccumulatorValue');
    expect(text).toContain('adagrad.epsilon');
  });

  test('more than one kind of clipping, as Keras does', () => {
    expect(message({ name: 'sgd', clipnorm: 1, clipvalue: 2 })).toBe(
      'sgd must have one kind of clipping; got clipnorm and clipvalue',
    );
  });

  test('more than one kind of first step', () => {
    expect(message({ name: 'dog', initialDistance: 1, initialRate: 2 })).toBe(
      'dog must have one kind of first step; got initialDistance and initialRate',
    );
  });

  test('a misspelt option, with the nearest', () => {
    expect(message({ name: 'adam', beta_1: 0.9 })).toContain('did you mean adam.beta1?');
  });

  test.each([
    [{ name: 'sgd', momentum: 1.5 }, 'sgd.momentum', 'at least 0 and at most 1', '1.5'],
    [{ name: 'sgd', momentum: -0.1 }, 'sgd.momentum', 'at least 0 and at most 1', '-0.1'],
    [{ name: 'adam', beta2: 1 }, 'adam.beta2', 'below 1', '1'],
    [{ name: 'adam', epsilon: 0 }, 'adam.epsilon', 'above 0', '0'],
    [{ name: 'adamw', weightDecay: -1 }, 'adamw.weightDecay', 'at least 0', '-1'],
    [{ name: 'adagrad', initialAccumulatorValue: -1 }, 'adagrad.initialAccumulatorValue', 'at least 0', '-1'],
    [{ name: 'rmsprop', rho: Number.NaN }, 'rmsprop.rho', 'a number', 'NaN'],
    [{ name: 'rmsprop', epsilon: Infinity }, 'rmsprop.epsilon', 'a number', 'Infinity'],
    [{ name: 'adam', beta1: '0.9' }, 'adam.beta1', 'a number', '"0.9"'],
    [{ name: 'adam', beta1: null }, 'adam.beta1', 'a number', 'null'],
    [{ name: 'sgd', nesterov: 1 }, 'sgd.nesterov', 'true or false', '1'],
  ])('%j, naming the option, what is allowed and what came', (spec, option, allowed, came) => {
    const text = message(spec);
    expect(text).toContain(option);
    expect(text).toContain(allowed);
    expect(text).toContain(came);
  });

  test.each([undefined, null, 5, true, [], ['adam'], {}, { name: 3 }, { beta1: 0.9 }])(
    '%j, which names no optimizer',
    (spec) => {
      expect(message(spec)).toContain('must be a name or an object with a name');
    },
  );
});
