import type { Static } from 'typebox';
import * as Type from 'typebox';
import { notAllowed } from '../errors.js';
import { choice, closed } from '../options.js';
import { RATE_LIMITS } from '../rate-limits.js';
import { checkRates, checkSeeds } from './check-range.js';
import { declared } from './declared-options.js';
import { checkGroups, groupsOption } from './rate-groups.js';
import { type Spacing, spacings } from './rates.js';

/**
 * The options of a learning-rate search. Types, checks, flags, help and the reference in the docs all follow from this
 * declaration.
 */
export const SweepOptions = Type.Object(
  {
    startLr: Type.Number({ ...declared.startLr, description: 'learning rate of the first step' }),
    endLr: Type.Number({ ...declared.endLr, description: 'learning rate of the last step' }),
    steps: Type.Integer({ ...declared.steps, description: 'training steps of one sweep, one batch each' }),
    range: choice(['fixed', 'auto'], {
      ...declared.range,
      description:
        'whether the rates stay between the first and the last, or the range moves until the loss falls and diverges within it',
    }),
    spacing: choice(Object.keys(spacings) as Spacing[], {
      ...declared.spacing,
      description: 'how the rates are spaced',
    }),
    repeats: Type.Integer({
      ...declared.repeats,
      formerly: 'seeds',
      description: 'number of sweeps, each with its own seed',
    }),
    seed: Type.Integer({ ...declared.seed, description: 'the first seed; equal seeds give equal results' }),
    batchSize: Type.Integer({ minimum: 1, default: 32, description: 'rows in a batch' }),
    shuffle: Type.Optional(
      choice(['epoch', 'off'], {
        description: 'shuffle the rows before each epoch, or keep them in order (default: epoch)',
      }),
    ),
    split: Type.Optional(
      choice(['random', 'last'], {
        description: 'hold out rows at random, or the last ones, as for rows in the order of time (default: random)',
      }),
    ),
    validationSplit: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: 'share of the rows to hold out; their loss is measured and drawn too',
    }),
    verify: Type.Optional(
      Type.Union([Type.Boolean(), Type.Integer({ minimum: 10 }), Type.String({ pattern: '^[0-9]*\\.?[0-9]+s$' })], {
        placeholder: 'steps|seconds',
        optionalValue: true,
        allowed: 'true, false, a whole number of steps at least 10, or seconds such as 20s',
        description:
          'try the answer: train for a short while at constant rates around it, and take the one that does best on validation rows (a fifth of the rows, at most 512, unless validationSplit says otherwise). A number of steps (3000) or of seconds (20s) limits all these trainings together (default: 1.35 times the steps of the sweeps, 2.4 times with epochs, 3 times if the model comes with weights too)',
      }),
    ),
    epochs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description:
          'epochs of the training that the rate is for; rates are tried for no longer than that (default: more than are tried)',
      }),
    ),
    trainingSteps: Type.Optional(
      Type.Integer({
        ...declared.trainingSteps,
        description: 'steps of the training that the rate is for, one batch each, in place of epochs',
      }),
    ),
    for: Type.Optional(
      Type.Array(Type.String({ allowed: 'a schedule without its rate' }), {
        placeholder: 'schedules',
        description:
          'schedules, without their rate, that the training may follow, such as constant,cosine,one-cycle: for each of them peak rates are tried, along the whole schedule in fewer steps, and the one that does best is the answer; needs the length of the training, and implies verify',
      }),
    ),
    diagnose: Type.Optional(
      Type.Boolean({
        description:
          'measure the critical rate too: where the first update stops lowering the loss of the training rows (fewer than ten forward passes for each seed)',
      }),
    ),
    groups: groupsOption(
      '; each group, and the rest, gets sweeps and a curve of its own, which takes as long again for each',
    ),
  },
  closed,
);

/** The options of a learning-rate search, with defaults filled in. */
export type SweepOptions = Static<typeof SweepOptions>;

/**
 * Checks what the schemas of the single options cannot express: that the range of a sweep rises and that float32 holds its
 * rates, also those of the groups, that the range moves by equal factors only, and that every seed is a number of its own.
 *
 * @param label what messages call an option; by default its name
 * @throws InputError naming the options and their values
 */
export function checkRange(settings: SweepOptions, label: (name: string) => string = (name) => name): void {
  const { startLr, endLr, groups } = settings;
  checkRates(settings, label);
  checkGroups(groups);
  const [least, most] = RATE_LIMITS;
  for (const [pattern, multiplier] of Object.entries(groups ?? {})) {
    const own = [startLr * multiplier, endLr * multiplier] as const;
    if (own[0] < least || own[1] > most)
      throw notAllowed(
        `the multiplier of group "${pattern}"`,
        `such that its rates are ${least} to ${most}, since steps compute in float32`,
        multiplier,
      );
  }
  checkSeeds(settings, label);
}
