import Type, { type Static } from 'typebox';
import { closed } from '../options.js';
import { Behind, TrialTraining } from './comparison.js';
import { duration, nullable, number, RateInterval, positiveRate as rate } from './parts.js';
import { Sensitivity } from './sensitivity.js';

/** The trainings at one constant rate. */
export const TriedRate = Type.Object(
  {
    rate: rate('constant learning rate, or the peak of the schedule'),
    trainings: Type.Array(TrialTraining, {
      description:
        'one for each seed; one that other rates ended early is `pruned`. Along a schedule, each evaluation is at the end of a training of its own, with the whole schedule in that many steps',
    }),
  },
  closed,
);

/** Short trainings at rates around the answer of the sweeps, and the rate that they favour. */
export const Verification = Type.Object(
  {
    schedule: Type.Optional(
      Type.String({
        description:
          'the schedule of which the rates are the peaks, without its rate; missing where the rates were constant for want of one',
      }),
    ),
    loss: Type.Optional(
      number(
        'with schedules: mean over seeds of the held-out loss at the best of the tried rates, after `length` steps',
      ),
    ),
    ...RateInterval.properties,
    plain: rate('the answer of the sweeps alone'),
    cost: nullable(
      Type.Object(
        {
          ...Behind.properties,
          step: Type.Integer({
            minimum: 0,
            description: 'the step at which they are compared, the last that both have',
          }),
        },
        {
          ...closed,
          description:
            'how far the training at the plain answer is behind the one at the best tried rate; null where they are the same',
        },
      ),
    ),
    tried: Type.Array(TriedRate, { description: 'rising' }),
    length: Type.Integer({ minimum: 1, description: 'steps of the longest trainings' }),
    target: nullable(
      Type.Integer({
        minimum: 1,
        description: 'steps of the training that the rate is for; null where it is not known',
      }),
    ),
    trend: number(
      'decades by which the best rate moved as trainings became ten times as long; if it fell, the rate for a longer training is lowered in proportion',
    ),
    sensitivity: Type.Optional(
      nullable(
        Type.Object(Sensitivity.properties, {
          ...closed,
          description:
            'what rates about half a decade beside the best one cost; null where none was trained at, missing in earlier results',
        }),
      ),
    ),
    steps: Type.Integer({ minimum: 0, description: 'training steps of all trainings' }),
    seconds: duration('wall time of all trainings'),
  },
  closed,
);

/** A schedule whose best peak lost to that of another one. */
export const OutdoneSchedule = Type.Object(
  {
    ...Verification.properties,
    behind: Type.Object(Behind.properties, {
      ...closed,
      description:
        'how far its best training is behind the best one along the schedule of the answer, after as many steps',
    }),
  },
  closed,
);

/** A schedule whose best peak lost to that of another one. */
export interface OutdoneSchedule extends Static<typeof OutdoneSchedule> {}
/** The trainings at one constant rate. */
export interface TriedRate extends Static<typeof TriedRate> {}
/** Short trainings around the answer of the sweeps, and the rate that they favour. */
export interface Verification extends Static<typeof Verification> {}
