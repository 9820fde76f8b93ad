import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed, record } from '../options.js';

/**
 * The callbacks of a training between two steps, and what they have set: everything that they go on from, as JSON.
 */
export const CallbackState = Type.Object(
  {
    optimizer: Type.Object(
      {
        learningRate: Type.Union([Type.Number({ minimum: 0 }), record(Type.Unknown()), Type.Null()], {
          allowed: 'a rate, a schedule, or null for the schedule of the training',
        }),
        parameters: record(
          Type.Union([Type.Number(), Type.Boolean(), Type.Unsafe<readonly string[]>(Type.Array(Type.String()))]),
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
