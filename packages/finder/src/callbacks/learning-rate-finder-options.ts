import * as Type from 'typebox';

/** The options of `learningRateFinder`. */
export const LearningRateFinderOptions = Type.Object(
  {
    everyEpochs: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 1_000_000,
      description: 'epochs between two searches; the first comes after so many epochs',
    }),
    verify: Type.Boolean({
      default: true,
      description: 'try rates by short trainings; without, the sweeps alone decide, which slopes of a low loss mislead',
    }),
    repeats: Type.Integer({ default: 3, minimum: 1, maximum: 1000, description: 'sweeps of a search' }),
    epochs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description:
          'epochs of the whole training, for rates that suit what is left of it; those of the fit unless given',
      }),
    ),
    batchSize: Type.Optional(
      Type.Integer({ minimum: 1, description: 'rows in a batch; those of the fit unless given' }),
    ),
    seed: Type.Integer({ default: 0, minimum: 0, description: 'the first seed of every search' }),
    verbose: Type.Boolean({ default: false, description: 'print the rate that a search found, or why it found none' }),
  },
  { additionalProperties: false },
);
