import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';
import { SweepOptions } from '../sweep/options.js';
import { groupsOption } from '../sweep/rate-groups.js';

const { seed, shuffle, split } = SweepOptions.properties;
const epochs = Type.Integer({
  minimum: 1,
  maximum: 100_000,
  default: 10,
  description: 'passes over the training rows',
});
const batchSize = Type.Integer({
  minimum: 1,
  default: 32,
  description: 'rows in a batch; the last batch of an epoch holds the rest',
});
const validationSplit = Type.Optional(
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    description:
      'share of the rows to hold out, the same for all seeds (default: 0.2; 0 where validation rows are given)',
  }),
);

/** The options of one training. Types, checks, flags, help and docs follow from this declaration. */
export const TrainSettings = Type.Object(
  {
    epochs,
    batchSize,
    validationSplit,
    split,
    shuffle,
    groups: groupsOption(),
    seed: Type.Integer({
      ...seed,
      description: 'seed of weights, batches and dropout; equal seeds give equal results',
    }),
  },
  closed,
);

/** The options of a comparison. Types, checks, flags, help and docs follow from this declaration. */
export const CompareSettings = Type.Object(
  {
    epochs,
    steps: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 10_000_000,
        description: 'training steps of each trial, one batch each, in place of epochs',
      }),
    ),
    repeats: Type.Integer({
      formerly: 'seeds',
      minimum: 1,
      maximum: 1000,
      default: 3,
      description:
        'trainings of each trial, each with its own seed; their spread is the noise that differences are compared with',
    }),
    seed,
    batchSize,
    validationSplit,
    split,
    shuffle,
    groups: groupsOption(),
    halving: Type.Union([Type.Boolean(), Type.Literal('asynchronous')], {
      placeholder: 'asynchronous',
      optionalValue: true,
      allowed: 'true, false or asynchronous',
      default: false,
      description:
        'successive halving: drop the worse half of the trials at intermediate checkpoints, until two are left, or as often as there are evaluations for; asynchronous decides as trainings end, without waiting for all',
    }),
  },
  closed,
);

/** The options of one training, with defaults filled in. */
export type TrainSettings = Static<typeof TrainSettings>;
/** The options of a comparison, with defaults filled in. */
export type CompareSettings = Static<typeof CompareSettings>;
