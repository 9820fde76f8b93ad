import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';
import { Behind, TrialTraining } from './comparison.js';
import { duration, measured, nullable, number, RateInterval, positiveRate as rate } from './parts.js';
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

/** What trainings gained at the best rate, for a model that came with weights. */
export const Gain = Type.Object(
  {
    rate: rate('of three further trainings, with seeds of their own'),
    difference: measured('by how much they lowered the loss on the validation rows'),
    low: measured('lower end of the 95 % interval, by the scatter between equal parts of the validation rows'),
    high: measured('upper end of the 95 % interval'),
    verdict: Type.Union([Type.Literal('lower'), Type.Literal('none'), Type.Literal('unknown')], {
      description:
        'lower: the loss fell by more than the noise; none: it did not, and a gain of a tenth would have shown, so no rate is suggested; unknown: the validation rows are too few to tell',
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
        'with schedules: mean over seeds of the validation loss at the best of the tried rates, after `length` steps',
      ),
    ),
    comparedBy: Type.Optional(
      Type.Literal('batches', {
        description:
          'what the losses are where there are no validation rows: means over the last batches of a training; missing where they are of validation rows',
      }),
    ),
    ...RateInterval.properties,
    plain: nullable(
      rate('the answer of the sweeps alone; null where they had none and the model came with weights worth trying'),
    ),
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
    gain: Type.Optional(
      nullable(
        Type.Object(Gain.properties, {
          ...closed,
          description:
            'whether the best rate improves a model that came with weights; null where the trainings show that at a glance, missing where weights are drawn',
        }),
      ),
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
/** What trainings gained at the best rate. */
export interface Gain extends Static<typeof Gain> {}
/** Short trainings around the answer of the sweeps, and the rate that they favour. */
export interface Verification extends Static<typeof Verification> {}
