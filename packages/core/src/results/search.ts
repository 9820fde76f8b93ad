import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';
import { nullable, OptimizerUsed, positiveRate } from './parts.js';

/** A range from which numbers are drawn: equally likely in each decade. */
export const NumberRange = Type.Object(
  { low: positiveRate('lowest number'), high: positiveRate('highest number') },
  { ...closed, description: 'range; numbers are equally likely in each decade of it' },
);

const positive = { exclusiveMinimum: 0 };

/** What the trials of a comparison were drawn from, and what was drawn. */
export const Search = Type.Object(
  {
    sampler: Type.Union([Type.Literal('random'), Type.Literal('tpe')], {
      description:
        'random: each trial is drawn independently of the others; tpe: after ten of these, near those that did well',
    }),
    space: Type.Object(
      {
        learningRate: Type.Union([NumberRange, Type.Array(Type.Number(positive))], {
          description: 'range of the learning rate, or of the peak of a schedule, or a list of rates',
        }),
        schedule: Type.Array(Type.String(), { description: 'schedules without their rate' }),
        optimizer: Type.Array(OptimizerUsed),
        batchSize: Type.Array(Type.Integer({ minimum: 1 })),
        weightDecay: Type.Optional(
          Type.Union([NumberRange, Type.Array(Type.Number(positive))], {
            description: 'of the optimizers that have it; missing where it was not searched',
          }),
        ),
      },
      { ...closed, description: 'what each trial is drawn from' },
    ),
    drawn: Type.Array(
      Type.Object(
        {
          trial: Type.String({ description: 'name of the trial' }),
          learningRate: positiveRate('the learning rate, or the peak of the schedule'),
          schedule: Type.String({ description: 'without its rate' }),
          optimizer: Type.String({ description: 'name' }),
          batchSize: Type.Integer({ minimum: 1 }),
          weightDecay: nullable(
            Type.Number({ ...positive, description: 'null where it was not searched, or the optimizer has none' }),
          ),
        },
        closed,
      ),
      { description: 'in the order of the trials' },
    ),
  },
  { ...closed, description: 'missing where the trials were not drawn' },
);

/** A range from which numbers are drawn. */
export interface NumberRange extends Static<typeof NumberRange> {}
/** What the trials of a comparison were drawn from, and what was drawn. */
export interface Search extends Static<typeof Search> {}
