import Type, { type Static } from 'typebox';
import { closed, Environment, measured, nullable, OptimizerUsed, RateInterval } from './result-parts.js';

const rate = (description: string) => Type.Number({ minimum: 0, description });

/** Loss and metrics over some rows. */
export const Measures = Type.Object(
  {
    loss: measured('mean loss'),
    metrics: Type.Record(Type.String(), measured('mean over the rows'), { description: 'by name, such as accuracy' }),
  },
  closed,
);

/** Where a training was looked at: the end of an epoch, or so many steps after the look before. */
export const TrainingPoint = Type.Object(
  {
    step: Type.Integer({ minimum: 1, description: 'training steps taken so far, one batch each' }),
    epoch: Type.Number({ description: 'passes over the training rows so far; a fraction within a pass' }),
    rate: rate('learning rate of the first step after the point before'),
    training: Type.Object(Measures.properties, {
      ...closed,
      description:
        'mean over the steps since the point before, as they were trained: dropout on, regularisation included',
    }),
    validation: nullable(
      Type.Object(Measures.properties, {
        ...closed,
        description: 'over the held-out rows after the step: dropout off, regularisation left out',
      }),
    ),
    seconds: Type.Number({ description: 'wall time since the training began' }),
  },
  closed,
);

/** One training of a model. */
export const Training = Type.Object(
  {
    seed: Type.Integer({ description: 'seed of the initial weights, order of batches and dropout' }),
    start: nullable(
      Type.Object(Measures.properties, { ...closed, description: 'over the held-out rows before step 0' }),
    ),
    points: Type.Array(TrainingPoint),
    outcome: Type.Union(
      [Type.Literal('finished'), Type.Literal('stopped'), Type.Literal('diverged'), Type.Literal('pruned')],
      {
        description:
          'finished: all steps were taken; stopped: a callback ended it; diverged: a loss was not finite; pruned: others were better half-way',
      },
    ),
    divergedAt: nullable(
      Type.Integer({
        description:
          'step, from 0, whose loss was not finite; the number of steps where the last one spoilt the weights',
      }),
    ),
  },
  closed,
);

/** A learning rate in the course of a training. */
export const RatePoint = Type.Object(
  { step: Type.Integer({ minimum: 0 }), rate: rate('learning rate of the step') },
  closed,
);

/** What was trained on which rows. */
export const TrainingSetup = Type.Object(
  {
    model: Type.String({ description: 'name of the model' }),
    parameters: Type.Integer({ description: 'number of trainable numbers' }),
    weights: Type.Union([Type.Literal('drawn'), Type.Literal('given')], {
      description: 'whether each seed drew new initial weights or started from the given ones',
    }),
    loss: Type.String(),
    metrics: Type.Array(Type.String()),
    rows: Type.Integer({ description: 'rows trained on' }),
    heldOut: Type.Integer({ description: 'rows held out' }),
    notes: Type.Array(Type.String(), { description: 'what was inferred, converted or left out' }),
  },
  closed,
);

/** How something was trained: everything but the rows. */
export const Recipe = Type.Object(
  {
    learningRate: Type.String({ description: 'the rate or schedule as text, or what is known of a function' }),
    found: nullable(
      Type.Object(RateInterval.properties, {
        ...closed,
        description: 'what a sweep had found, where the rate was left to it',
      }),
    ),
    optimizer: OptimizerUsed,
    batchSize: Type.Integer({ minimum: 1 }),
    rates: Type.Array(RatePoint, {
      description:
        'the learning rate over the steps, both ends of every stretch on which it stays the same; of long schedules a part of the steps',
    }),
  },
  closed,
);

/** The JSON document of one training. */
export const TrainingRun = Type.Object(
  {
    format: Type.Literal('lrfind-training'),
    version: Type.Literal(1),
    recipe: Recipe,
    training: Training,
    losses: Type.Array(measured('loss of the batch before its update, regularisation included'), {
      description: 'of every step',
    }),
    test: nullable(
      Type.Object(
        { rows: Type.Integer({ minimum: 1 }), ...Measures.properties },
        { ...closed, description: 'over the test rows after the training' },
      ),
    ),
    setup: TrainingSetup,
    options: Type.Record(Type.String(), Type.Unknown(), { description: 'every option as it was in force' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-training-1', title: 'lrfind training' },
);

/** Loss and metrics over some rows. */
export type Measures = Static<typeof Measures>;
/** Where a training was looked at. */
export type TrainingPoint = Static<typeof TrainingPoint>;
/** One training of a model. */
export type Training = Static<typeof Training>;
/** A learning rate in the course of a training. */
export type RatePoint = Static<typeof RatePoint>;
/** How something was trained. */
export type Recipe = Static<typeof Recipe>;
/** What was trained on which rows. */
export type TrainingSetup = Static<typeof TrainingSetup>;
/** The document of one training; see the schema for the meaning of each field. */
export type TrainingRun = Static<typeof TrainingRun>;
