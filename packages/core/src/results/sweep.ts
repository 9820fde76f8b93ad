import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed, record } from '../options.js';
import { CriticalRate } from './critical-rate.js';
import { Environment, measured, nullable, number, OptimizerUsed, RateInterval, positiveRate as rate } from './parts.js';
import { OutdoneSchedule, Verification } from './verification.js';

/** A point on the smoothed curve. */
const CurveLocation = Type.Object({ rate: rate('learning rate'), loss: number('smoothed loss there') }, closed);

/** One training step of a sweep, as measured. */
const SweepStep = Type.Object(
  {
    step: Type.Integer({ minimum: 0, description: 'number of the step, from 0' }),
    rate: rate('learning rate of the step'),
    loss: measured('loss of the batch before its update, regularisation included'),
    validation: Type.Optional(
      measured('loss on the validation rows after the update; only at the steps where it was measured'),
    ),
  },
  closed,
);

/** One sweep: a pass over the rates with one seed. */
const Sweep = Type.Object(
  {
    seed: Type.Integer({ description: 'seed of the initial weights, batch order and dropout' }),
    points: Type.Array(SweepStep),
    stopped: Type.Union([Type.Literal('end'), Type.Literal('diverged'), Type.Literal('not-finite')], {
      description: 'why it ended: after the last rate, because the loss diverged, or because it was NaN or infinite',
    }),
  },
  closed,
);

/** One rate of the combined curve. */
const CurvePoint = Type.Object(
  {
    rate: rate('learning rate'),
    median: measured('median of the loss over sweeps'),
    low: measured('lower quartile over sweeps'),
    high: measured('upper quartile over sweeps'),
    smoothed: measured('mean over sweeps of the losses, capped above the start and smoothed'),
    slope: nullable(number('change of the smoothed loss per decade of rate')),
  },
  closed,
);

const Suggestion = Type.Object(
  {
    ...RateInterval.properties,
    method: Type.String({ description: 'the method that gave the suggestion' }),
    schedule: Type.Optional(
      Type.String({
        description:
          'the schedule of which the rate is the peak, over the training that it is for, as `train` takes it: cosine(0.01, steps=2000)',
      }),
    ),
  },
  closed,
);

/** Rates between which a cyclical or one-cycle schedule may move. */
const UsableRange = Type.Object(
  { low: rate('where the loss begins to fall'), high: rate('highest rate that is still safe') },
  closed,
);

/** What follows from the sweeps. */
const conclusions = {
  suggestion: nullable(Suggestion),
  reason: nullable(Type.String({ description: 'why there is no suggestion; null when there is one' })),
  suggestions: record(nullable(rate('rate by this method'))),
  steepest: nullable(CurveLocation),
  divergence: nullable(CurveLocation),
  minimum: nullable(CurveLocation),
  range: nullable(UsableRange),
  diagnosis: Type.Array(Type.String(), { description: 'what the curve shows, in sentences' }),
  sweeps: Type.Array(Sweep, { description: 'one for each seed' }),
  curve: Type.Array(CurvePoint),
};

/** A group of layers, and the sweeps in which only its weights were updated. */
const SweptGroup = Type.Object(
  {
    name: Type.String({ description: 'its pattern; others for the layers that no pattern matches' }),
    pattern: nullable(Type.String({ description: 'pattern of layer names; null for the layers that none matches' })),
    multiplier: rate('what its rate was multiplied with in the sweeps of all layers; 1 for the others'),
    layers: Type.Array(Type.String(), {
      description: 'names; a model within stands for its layers if all belong to the group',
    }),
    parameters: Type.Integer({ description: 'number of trainable parameters' }),
    ...conclusions,
  },
  {
    ...closed,
    description: 'a group, and the sweeps in which only its weights were updated; the rates are its own',
  },
);

/** The JSON document of a learning-rate search: all measurements, the options used, and the conclusions. */
export const SweepResult = Type.Object(
  {
    format: Type.Literal('lrfind-sweep'),
    version: Type.Literal(2),
    ...conclusions,
    groups: Type.Optional(
      Type.Array(SweptGroup, { description: 'the groups of layers with rates of their own, where there are any' }),
    ),
    verification: Type.Optional(
      nullable(
        Type.Object(Verification.properties, {
          ...closed,
          description:
            'short trainings at constant rates, or along a schedule, around the answer of the sweeps; missing where none were asked for, null where there was no answer to try',
        }),
      ),
    ),
    otherSchedules: Type.Optional(
      Type.Array(OutdoneSchedule, {
        description:
          'the schedules that were tried besides that of `verification`, best first; missing where only one was',
      }),
    ),
    criticalRate: Type.Optional(
      nullable(
        Type.Object(CriticalRate.properties, {
          ...closed,
          description:
            'where the first update stops lowering the loss of the training rows; missing where it was not asked for, null where the sweeps have no curve',
        }),
      ),
    ),
    setup: Type.Object(
      {
        model: Type.String({ description: 'name of the model' }),
        parameters: nullable(
          Type.Integer({
            description: 'number of parameters, trainable or not; null for a loop that lrfind did not run itself',
          }),
        ),
        weights: nullable(
          Type.Union([Type.Literal('drawn'), Type.Literal('given')], {
            description:
              'whether each seed drew new initial weights or started from the given ones; null for a loop that lrfind did not run itself',
          }),
        ),
        loss: Type.String(),
        optimizer: OptimizerUsed,
        rows: nullable(
          Type.Integer({ description: 'rows trained on; null for a loop that lrfind did not run itself' }),
        ),
        validationRows: Type.Integer({ description: 'validation rows' }),
        notes: Type.Array(Type.String(), { description: 'every assumption: what was inferred, converted or left out' }),
      },
      closed,
    ),
    options: record(Type.Unknown(), { description: 'every option, defaults included' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-sweep-2', title: 'lrfind sweep' },
);

/** The result of a learning-rate search. The schema of the same name describes each field. */
export interface SweepResult extends Static<typeof SweepResult> {}
/** One training step of a sweep. */
export interface SweepStep extends Static<typeof SweepStep> {}
/** One sweep: a pass over the rates with one seed. */
export interface Sweep extends Static<typeof Sweep> {}
/** One rate of the combined curve. */
export interface CurvePoint extends Static<typeof CurvePoint> {}
/** The suggested rate with its interval and verdict. */
export interface Suggestion extends Static<typeof Suggestion> {}
/** A group of layers, and the sweeps in which only its weights were updated. */
export interface SweptGroup extends Static<typeof SweptGroup> {}
/** A rate and the smoothed loss there. */
export interface CurveLocation extends Static<typeof CurveLocation> {}
