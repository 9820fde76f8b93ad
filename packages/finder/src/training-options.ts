import Type, { type Static } from 'typebox';
import { SweepOptions } from './options.js';

const { seed } = SweepOptions.properties;
const epochs = Type.Integer({
  minimum: 1,
  maximum: 100_000,
  default: 10,
  description: 'passes over the training rows',
});
const batchSize = Type.Integer({
  minimum: 1,
  default: 32,
  description: 'rows in a batch; the last of an epoch holds the rest',
});
const validationSplit = Type.Optional(
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    description:
      'share of the rows that is held out, at random and alike for all seeds (default: 0.2; none where there are rows of their own for it)',
  }),
);

/** The options of one training, each declared once. */
export const TrainSettings = Type.Object(
  {
    epochs,
    batchSize,
    validationSplit,
    seed: Type.Integer({
      ...seed,
      description: 'seed of weights, batches and dropout: equal seeds give equal results',
    }),
  },
  { additionalProperties: false },
);

/** The options of a comparison, each declared once. */
export const CompareSettings = Type.Object(
  {
    epochs,
    steps: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 10_000_000,
        description: 'training steps of each run, one batch each, in the place of epochs',
      }),
    ),
    seeds: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description:
        'how often each run is trained; the spread over seeds is the noise that differences are held against',
    }),
    seed,
    batchSize,
    validationSplit,
    halving: Type.Boolean({
      default: false,
      description: 'give the worse half of the runs up at a part of the training, until two are left',
    }),
  },
  { additionalProperties: false },
);

/** The options of one training, filled in. */
export type TrainSettings = Static<typeof TrainSettings>;
/** The options of a comparison, filled in. */
export type CompareSettings = Static<typeof CompareSettings>;
