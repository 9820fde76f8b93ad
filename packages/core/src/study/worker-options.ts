import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';

/** More threads than this are more than any machine has processors for. */
const MOST_WORKERS = 64;

/**
 * How many trainings run at once. No training depends on it, so it is no part of a result; which trials asynchronous halving promotes, and
 * what a sampler draws that looks at results, depend on the order in which trainings end, which the journal has. Types, checks, flags, help and docs follow from
 * this declaration.
 */
export const WorkerOptions = Type.Object(
  {
    workers: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: MOST_WORKERS }), Type.Literal('auto')], {
        placeholder: 'number|auto',
        examples: ['auto'],
        allowed: `auto, or a whole number from 1 to ${MOST_WORKERS}`,
        description:
          'how many sweeps and trainings run at once, each on a thread with its share of the processors; 1 for one after another (default: auto, as many as the measured pace says are worth their start)',
      }),
    ),
  },
  closed,
);

/** How many trainings run at once. */
export type WorkerOptions = Static<typeof WorkerOptions>;

/** How many trainings run at once: a number, or as many as are worth it. */
export type Workers = NonNullable<WorkerOptions['workers']>;
