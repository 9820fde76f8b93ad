import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed, record } from '../options.js';
import { CallbackUsed, duration, Environment, measured, nullable, OptimizerUsed, RateInterval } from './parts.js';

const rate = (description: string) => Type.Number({ minimum: 0, description });

/** Loss and metrics over some rows. */
export const Measures = Type.Object(
  {
    loss: measured('mean loss'),
    metrics: record(measured('over all the rows'), { description: 'by name, such as accuracy' }),
  },
  closed,
);

/**
 * One evaluation of a training. A training in epochs is evaluated at the end of each, a training in steps at evenly
 * spread steps.
 */
export const Evaluation = Type.Object(
  {
    step: Type.Integer({ minimum: 1, description: 'training steps taken, one batch each' }),
    epoch: duration('passes over the training rows; a fraction within a pass'),
    rate: rate('learning rate of the first step after the evaluation before'),
    training: Type.Object(Measures.properties, {
      ...closed,
      description:
        'mean over the steps since the evaluation before, measured while training: dropout on, regularisation included',
    }),
    validation: nullable(
      Type.Object(Measures.properties, {
        ...closed,
        description: 'over the validation rows after the step: dropout off, regularisation left out',
      }),
    ),
    seconds: duration('wall time since the start of the training'),
  },
  closed,
);

/** One training of a model. */
export const Training = Type.Object(
  {
    seed: Type.Integer({ description: 'seed of the initial weights, batch order and dropout' }),
    start: nullable(
      Type.Object(Measures.properties, { ...closed, description: 'over the validation rows before step 0' }),
    ),
    evaluations: Type.Array(Evaluation),
    outcome: Type.Union(
      [Type.Literal('finished'), Type.Literal('stopped'), Type.Literal('diverged'), Type.Literal('pruned')],
      {
        description:
          'finished: all steps were taken; stopped: a callback ended it; diverged: a loss was not finite; pruned: other trials were better at an intermediate checkpoint',
      },
    ),
    divergedAt: nullable(
      Type.Integer({
        description:
          'first step, from 0, whose loss was not finite; the number of steps if the last update made the weights not finite',
      }),
    ),
  },
  closed,
);

/** The learning rate at a step of a training. */
export const RatePoint = Type.Object(
  { step: Type.Integer({ minimum: 0 }), rate: rate('learning rate of the step') },
  closed,
);

/** The model that was trained, and its data. */
export const TrainingSetup = Type.Object(
  {
    model: Type.String({ description: 'name of the model' }),
    parameters: Type.Integer({ description: 'number of parameters, trainable or not' }),
    weights: Type.Union([Type.Literal('drawn'), Type.Literal('given')], {
      description: 'whether each seed drew new initial weights or started from the given ones',
    }),
    loss: Type.String(),
    metrics: Type.Array(Type.String()),
    rows: Type.Integer({ description: 'rows trained on' }),
    validationRows: Type.Integer({ description: 'validation rows' }),
    notes: Type.Array(Type.String(), { description: 'every assumption: what was inferred, converted or left out' }),
  },
  closed,
);

/** How a model was trained: everything except its data. */
export const Recipe = Type.Object(
  {
    learningRate: Type.String({ description: 'the rate or schedule as text; for a function its name' }),
    suggestion: nullable(
      Type.Object(RateInterval.properties, {
        ...closed,
        description:
          'the suggestion of a sweep, if one chose the rate; of a schedule whose peak was searched for, that of short trainings along it',
      }),
    ),
    optimizer: OptimizerUsed,
    batchSize: Type.Integer({ minimum: 1 }),
    callbacks: Type.Optional(
      Type.Array(CallbackUsed, { description: 'in the order in which they are called; missing where there are none' }),
    ),
    rates: Type.Array(RatePoint, {
      description:
        'history of the learning rate: the first and last step of every constant part; at most 1,000 steps, evenly spread; of a trial with callbacks that of its first seed',
    }),
  },
  closed,
);

/** The weights that a model holds after a training in which a callback put back earlier ones. */
export const RestoredWeights = Type.Object(
  {
    step: nullable(
      Type.Integer({ minimum: 0, description: 'step of the evaluation whose weights they are; null if of none' }),
    ),
    epoch: nullable(duration('epoch of that evaluation')),
    validation: nullable(
      Type.Object(Measures.properties, {
        ...closed,
        description: 'over the validation rows with these weights; null without such rows',
      }),
    ),
  },
  closed,
);

/** The JSON document of one training. */
export const TrainingResult = Type.Object(
  {
    format: Type.Literal('lrfind-training'),
    version: Type.Literal(2),
    recipe: Recipe,
    training: Training,
    restored: Type.Optional(
      nullable(
        Type.Object(RestoredWeights.properties, {
          ...closed,
          description:
            'the weights that the model holds, where a callback restored earlier ones; null where they are those after the last step',
        }),
      ),
    ),
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
    options: record(Type.Unknown(), { description: 'every option, defaults included' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-training-2', title: 'lrfind training' },
);

/** Loss and metrics over some rows. */
export interface Measures extends Static<typeof Measures> {}
/** One evaluation of a training. */
export interface Evaluation extends Static<typeof Evaluation> {}
/** One training of a model. */
export interface Training extends Static<typeof Training> {}
/** The learning rate at a step of a training. */
export interface RatePoint extends Static<typeof RatePoint> {}
/** How a model was trained. */
export interface Recipe extends Static<typeof Recipe> {}
/** The weights that a model holds after a training in which a callback put back earlier ones. */
export interface RestoredWeights extends Static<typeof RestoredWeights> {}
/** The model that was trained, and its data. */
export interface TrainingSetup extends Static<typeof TrainingSetup> {}
/** The result of one training. The schema of the same name describes each field. */
export interface TrainingResult extends Static<typeof TrainingResult> {}
