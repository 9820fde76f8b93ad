import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';
import { nullable, number, positiveRate as rate } from './parts.js';

/** What a rate beside the best one costs. */
export const NeighbourCost = Type.Object(
  {
    rate: rate('a rate that was trained at'),
    decades: Type.Number({ exclusiveMinimum: 0, description: 'how far it lies from the best rate' }),
    share: number(
      'how much of the descent of the best rate is lost; 1: all of it, as where trainings diverge; below 0 it is better there',
    ),
    low: nullable(number('lower end of the 95 % interval; null with one seed')),
    high: nullable(number('upper end of the 95 % interval; null with one seed')),
  },
  closed,
);

/** How much the outcome depends on the rate: what rates about half a decade beside the best one cost. */
export const Sensitivity = Type.Object(
  {
    best: rate('the best of the trained rates'),
    lower: nullable(
      Type.Object(NeighbourCost.properties, {
        ...closed,
        description: 'the rate nearest to half a decade below; null where none is near',
      }),
    ),
    higher: nullable(
      Type.Object(NeighbourCost.properties, {
        ...closed,
        description: 'the rate nearest to half a decade above; null where none is near',
      }),
    ),
    step: Type.Integer({ minimum: 1, description: 'steps of these trainings' }),
  },
  closed,
);

/** How much the outcome depends on the rate. */
export interface Sensitivity extends Static<typeof Sensitivity> {}
/** What a rate beside the best one costs. */
export interface NeighbourCost extends Static<typeof NeighbourCost> {}
