import Type, { type Static } from 'typebox';
import { closed } from '../options.js';

/**
 * The callbacks of a training between two steps, and what they have set: everything that they go on from, as JSON.
 */
export const CallbackState = Type.Object(
  {
    optimizer: Type.Object(
      {
        learningRate: Type.Union(
          [Type.Number({ minimum: 0 }), Type.Record(Type.String(), Type.Unknown()), Type.Null()],
          {
            allowed: 'a rate, a schedule, or null for the schedule of the training',
          },
        ),
        parameters: Type.Record(
          Type.String(),
          Type.Union([Type.Number(), Type.Boolean(), Type.ReadonlyType(Type.Array(Type.String()))]),
        ),
      },
      { ...closed, description: 'the rate and the parameters that callbacks have set' },
    ),
    callbacks: Type.Array(Type.Unknown(), { description: 'the state of each callback; null where it has none' }),
    rates: Type.Array(Type.Number({ minimum: 0 }), { description: 'of every step' }),
  },
  closed,
);

/** The callbacks of a training between two steps, as JSON. The schema of the same name describes each field. */
export interface CallbackState extends Static<typeof CallbackState> {}
