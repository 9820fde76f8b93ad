import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';
import { duration, nullable, positiveRate as rate } from './parts.js';

/** Where the first update of a training stops lowering the loss of the training rows. */
export const CriticalRate = Type.Object(
  {
    rate: nullable(rate('median over seeds; null where most of them have none')),
    low: nullable(rate('lower quartile over seeds')),
    high: nullable(rate('upper quartile over seeds')),
    reason: nullable(Type.String({ description: 'why there is no rate; null where there is one' })),
    seeds: Type.Array(
      Type.Object(
        {
          seed: Type.Integer({ description: 'seed of the initial weights, the batch and dropout' }),
          rate: nullable(
            rate('above it the first update raises the loss of the training rows; null where none was found'),
          ),
          passes: Type.Integer({ minimum: 1, description: 'losses that were measured along the update' }),
        },
        closed,
      ),
    ),
    seconds: duration('wall time of all seeds'),
  },
  closed,
);

/** Where the first update of a training stops lowering the loss of the training rows. */
export interface CriticalRate extends Static<typeof CriticalRate> {}
