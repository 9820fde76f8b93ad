import Type, { type Static } from 'typebox';
import { closed, Environment, measured, nullable, OptimizerUsed, RateInterval } from './result-parts.js';

const rate = (description: string) => Type.Number({ exclusiveMinimum: 0, description });

/** A point on the curve: where and how high. */
const Place = Type.Object(
  { rate: rate('learning rate'), loss: Type.Number({ description: 'smoothed loss there' }) },
  closed,
);

/** One training step of the sweep, as measured. */
const StepPoint = Type.Object(
  {
    step: Type.Integer({ minimum: 0, description: 'number of the step, from 0' }),
    rate: rate('learning rate of the step'),
    loss: measured('loss of the batch before its update, regularisation included'),
    validation: Type.Optional(
      measured('loss on the held-out rows after the update; only at the steps where it was measured'),
    ),
  },
  closed,
);

/** One repetition of the sweep. */
const SeedRun = Type.Object(
  {
    seed: Type.Integer({ description: 'seed of the initial weights, batch order and dropout' }),
    points: Type.Array(StepPoint),
    stopped: Type.Union([Type.Literal('end'), Type.Literal('diverged'), Type.Literal('not-finite')], {
      description: 'why it ended: the range was swept, the loss rose for good, or the loss was NaN or infinite',
    }),
  },
  closed,
);

/** One rate of the combined curve. */
const CurvePoint = Type.Object(
  {
    rate: rate('learning rate'),
    median: measured('median of the loss over seeds'),
    low: measured('lower quartile over seeds'),
    high: measured('upper quartile over seeds'),
    smoothed: measured('mean over seeds of the losses, capped above the start and smoothed'),
    slope: nullable(Type.Number({ description: 'change of the smoothed loss per decade of rate' })),
  },
  closed,
);

const Suggestion = Type.Object(
  {
    ...RateInterval.properties,
    method: Type.String({ description: 'the method that gave the answer' }),
  },
  closed,
);

/** Rates between which a cyclical or one-cycle schedule may move. */
const Range = Type.Object(
  { low: rate('where the loss begins to fall'), high: rate('highest rate that is still safe') },
  closed,
);

/** The JSON document of a run: everything that was measured, the options in force, and what follows from them. */
export const Run = Type.Object(
  {
    format: Type.Literal('lrfind-run'),
    version: Type.Literal(1),
    suggestion: nullable(Suggestion),
    reason: nullable(Type.String({ description: 'why there is no suggestion; null when there is one' })),
    suggestions: Type.Record(Type.String(), nullable(rate('rate by this method'))),
    steepest: nullable(Place),
    divergence: nullable(Place),
    minimum: nullable(Place),
    range: nullable(Range),
    diagnosis: Type.Array(Type.String(), { description: 'what the curve shows, in sentences' }),
    seeds: Type.Array(SeedRun),
    curve: Type.Array(CurvePoint),
    setup: Type.Object(
      {
        model: Type.String({ description: 'name of the model' }),
        parameters: Type.Integer({ description: 'number of trainable numbers' }),
        weights: Type.Union([Type.Literal('drawn'), Type.Literal('given')], {
          description: 'whether each seed drew new initial weights or started from the given ones',
        }),
        loss: Type.String(),
        optimizer: OptimizerUsed,
        rows: Type.Integer({ description: 'rows trained on' }),
        heldOut: Type.Integer({ description: 'rows held out' }),
        notes: Type.Array(Type.String(), { description: 'what was inferred, converted or left out' }),
      },
      closed,
    ),
    options: Type.Record(Type.String(), Type.Unknown(), { description: 'every option as it was in force' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-run-1', title: 'lrfind run' },
);

/** A run as a value; see the schema for the meaning of each field. */
export type Run = Static<typeof Run>;
/** One training step of a sweep. */
export type StepPoint = Static<typeof StepPoint>;
/** One repetition of a sweep. */
export type SeedRun = Static<typeof SeedRun>;
/** One rate of the combined curve. */
export type CurvePoint = Static<typeof CurvePoint>;
/** The answer with its interval and verdict. */
export type Suggestion = Static<typeof Suggestion>;
/** A rate and the smoothed loss there. */
export type Place = Static<typeof Place>;
