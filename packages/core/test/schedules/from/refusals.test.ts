import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { messageOf } from '../../message-of.js';

describe('refuses by name, with the reason,', () => {
  test.each([
    ['keras', 'ReduceLROnPlateau', 'follows a metric'],
    ['keras', 'LearningRateScheduler', 'pass the function itself'],
    ['pytorch', 'ReduceLROnPlateau', 'follows a metric'],
    ['optax', 'reduce_on_plateau', 'follows a metric'],
    ['huggingface', 'reduce_lr_on_plateau', 'follows a metric'],
    ['huggingface', 'greedy', 'follows a metric'],
    ['timm', 'PlateauLRScheduler', 'follows a metric'],
  ] as const)('%s %s', (library, name, reason) => {
    const message = messageOf(() => from[library](name, {}));
    expect(message).toContain(`${name} is not available: `);
    expect(message).toContain(reason);
  });

  test.each([
    [{ noise_range_t: [1, 2] }, 'noise_range_t is not available'],
    [{ decay_fn: 'exp' }, 'decay_fn exp is not available'],
    [{ stable_fn: 'power' }, 'stable_fn power is not available'],
    [{ stable_fn: 'rsqrt', stable_timescale: 4, lr_min: 0.1 }, 'stable_fn rsqrt with lr_min is not available'],
  ])('timm’s warm-up, stable, decay with %j', (option, message) => {
    expect(messageOf(() => from.timm('WSDLRScheduler', { lr: 1, t_initial: 9, decay_t: 3, ...option }))).toContain(
      message,
    );
  });

  test.each([
    [
      'SequentialLR',
      { name: 'OneCycleLR', max_lr: 1, total_steps: 9 },
      'it sets the rate of the optimizer when it is created',
    ],
    ['SequentialLR', { name: 'ChainedScheduler', schedulers: [] }, 'PyTorch fails there'],
    [
      'SequentialLR',
      { name: 'MultiplicativeLR', lr_lambda: () => 1 },
      'it continues from the rate of the scheduler before it',
    ],
    ['ChainedScheduler', { name: 'LambdaLR', lr_lambda: () => 1 }, 'it overrides the rate that the others set'],
    [
      'ChainedScheduler',
      { name: 'CosineAnnealingLR', T_max: 5, eta_min: 0.1 },
      'with eta_min it is not a factor of the rate',
    ],
  ])('within %s %j', (outer, member, reason) => {
    const schedulers = [{ name: 'LinearLR' }, member];
    const message = messageOf(() =>
      from.pytorch(outer, { lr: 1, schedulers, ...(outer === 'SequentialLR' && { milestones: [3] }) }),
    );
    expect(message).toContain(`${member.name} within ${outer} is not available: ${reason}`);
  });
});

describe('refuses', () => {
  test.each(['keras', 'pytorch', 'optax', 'huggingface', 'timm'] as const)(
    'a name that %s does not have',
    (library) => {
      expect(messageOf(() => from[library]('toString', {}))).toMatch(
        /^a schedule of [\w ]+ must be one of \w.*; got "toString"$/,
      );
    },
  );

  test('a misspelt name, with the nearest', () => {
    expect(messageOf(() => from.pytorch('StepLr', {}))).toMatch(
      /^a schedule of PyTorch must be one of LambdaLR, .*; got "StepLr"; did you mean StepLR\?$/,
    );
    expect(messageOf(() => from.huggingface('cosine_with_restart', {}))).toContain(
      'did you mean cosine_with_restarts?',
    );
  });

  test('a misspelt parameter, with the nearest, in that library’s spelling', () => {
    const message = messageOf(() => from.pytorch('StepLR', { lr: 0.1, stepsize: 3 }));
    expect(message).toContain('unknown option StepLR.stepsize; did you mean StepLR.step_size?');
  });

  test('a parameter that is missing', () => {
    expect(messageOf(() => from.pytorch('StepLR', { lr: 0.1 }))).toContain('StepLR.step_size must be given');
    expect(messageOf(() => from.pytorch('LambdaLR', { lr: 0.1 }))).toContain('LambdaLR.lr_lambda must be given');
    expect(messageOf(() => from.keras('CosineDecay', {}))).toContain('CosineDecay.initial_learning_rate must be given');
  });

  test.each([
    [
      'keras',
      'ExponentialDecay',
      { initial_learning_rate: 0.1, decay_steps: 0, decay_rate: 0.5 },
      'ExponentialDecay.decay_steps must be a number above 0; got 0',
    ],
    [
      'keras',
      'PiecewiseConstantDecay',
      { boundaries: [3], values: [0.1] },
      'piecewise-constant.rates must have one more entry than the boundaries; got 1 rates and 1 boundaries',
    ],
    ['pytorch', 'ConstantLR', { lr: 1, factor: 0 }, 'ConstantLR.factor must be a number above 0 and at most 1; got 0'],
    ['pytorch', 'OneCycleLR', { max_lr: 1, epochs: 3 }, 'OneCycleLR needs total_steps, or epochs and steps_per_epoch'],
    ['pytorch', 'LambdaLR', { lr: 1, lr_lambda: 0.5 }, 'LambdaLR.lr_lambda must be a function; got 0.5'],
    [
      'pytorch',
      'CosineAnnealingLR',
      { lr: 0, T_max: 5, eta_min: 0.1 },
      'eta_min must be 0 if the highest rate is 0; got 0.1',
    ],
    ['pytorch', 'SequentialLR', { lr: 1, schedulers: [3], milestones: [] }, 'an object with name and parameters'],
    [
      'optax',
      'piecewise_constant_schedule',
      { init_value: 1, boundaries_and_scales: { x: 1 } },
      'an object with steps as keys',
    ],
    [
      'optax',
      'warmup_cosine_decay_schedule',
      { init_value: 0, peak_value: 1, warmup_steps: 5, decay_steps: 5 },
      'must be above warmup_steps, which it includes',
    ],
    [
      'huggingface',
      'cosine_with_min_lr',
      { lr: 1, num_warmup_steps: 1, num_training_steps: 9 },
      'needs either min_lr or min_lr_rate',
    ],
    ['huggingface', 'polynomial', { lr: 1e-8, num_warmup_steps: 1, num_training_steps: 9 }, 'lr_end must be below lr'],
    [
      'huggingface',
      'warmup_stable_decay',
      { lr: 1, num_warmup_steps: 5, num_decay_steps: 5, num_training_steps: 9 },
      'needs num_stable_steps, or num_training_steps of at least num_warmup_steps + num_decay_steps',
    ],
    ['timm', 'WSDLRScheduler', { lr: 1, t_initial: 3, decay_t: 4 }, 'decay_t must be at most t_initial'],
  ] as const)('%s %s with %j', (library, name, parameters, message) => {
    expect(messageOf(() => from[library](name, parameters))).toContain(message);
  });
});

describe('takes', () => {
  test('null as Python’s None: left out', () => {
    const parameters = { initial_learning_rate: 0.1, decay_steps: 10, warmup_target: null, name: null };
    expect(from.keras('CosineDecay', parameters).config).toMatchObject({ rate: 0.1, warmup: 0 });
  });

  test('other schedules of any origin in optax’s join_schedules', () => {
    const schedules = [
      from.pytorch('ExponentialLR', { lr: 1, gamma: 0.5 }),
      from.timm('StepLRScheduler', { lr: 2, decay_t: 5 }),
    ];
    const joined = from.optax('join_schedules', { schedules, boundaries: [2] });
    expect([0, 1, 2].map(joined)).toEqual([1, 0.5, 2]);
  });
});
