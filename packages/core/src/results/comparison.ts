import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed, record } from '../options.js';
import { Environment, measured, nullable, number } from './parts.js';
import { Search } from './search.js';
import { Sensitivity } from './sensitivity.js';
import { Measures, RatePoint, Recipe, RestoredWeights, Training, TrainingSetup } from './training.js';

const { model, parameters, weights, loss, metrics, rows, validationRows, notes } = TrainingSetup.properties;

/** One training of a trial. What its callbacks did is in two fields of its own. */
export const TrialTraining = Type.Object(
  {
    ...Training.properties,
    failure: Type.Optional(Type.String({ description: 'why it failed; missing where it did not' })),
    restored: Type.Optional(
      nullable(
        Type.Object(RestoredWeights.properties, {
          ...closed,
          description:
            'the weights with which the training ends, where a callback restored earlier ones: the number of the training is theirs; null where they are those after the last step, missing without callbacks',
        }),
      ),
    ),
    rates: Type.Optional(
      Type.Array(RatePoint, {
        description: 'history of the learning rate, as in the recipe; missing without callbacks',
      }),
    ),
    test: Type.Optional(
      Type.Object(Measures.properties, {
        ...closed,
        description:
          'over the test rows, once, with the weights with which the training ends; nothing is ranked by it. Missing without test rows, and where the training diverged or was pruned',
      }),
    ),
  },
  closed,
);

/** One trial of a comparison: a recipe that was trained once with each seed. */
export const TrialResult = Type.Object(
  {
    name: Type.String({ description: 'unique name of the trial' }),
    model,
    parameters,
    recipe: Recipe,
    trainings: Type.Array(TrialTraining, { description: 'one for each seed' }),
    notes,
  },
  closed,
);

/**
 * How far a trial is behind the best one: the mean over seeds of the difference between their last losses. A loss above
 * the one before the first step counts as that one.
 */
export const Behind = Type.Object(
  {
    difference: number('above 0 if the trial is worse; a loss above the one before the first step counts as that one'),
    low: measured('lower end of the 95 % interval; null with fewer than three seeds'),
    high: measured('upper end of the 95 % interval; null with fewer than three seeds'),
    verdict: Type.Union([Type.Literal('worse'), Type.Literal('same'), Type.Literal('unknown')], {
      description:
        'worse: by more than the noise of the seeds; same: within the noise; unknown: fewer than three seeds cannot tell',
    }),
    capped: Type.Optional(
      Type.Boolean({ description: 'true where a loss above the one before the first step counts as that one' }),
    ),
  },
  closed,
);

/** A trial in the ranking. */
export const RankedTrial = Type.Object(
  {
    name: Type.String({ description: 'name of the trial' }),
    outcome: Type.Union(
      [Type.Literal('finished'), Type.Literal('pruned'), Type.Literal('diverged'), Type.Literal('failed')],
      {
        description:
          'finished: all steps were taken, or callbacks ended it; diverged: with at least one seed; failed: with at least one seed; pruned: stopped at an intermediate checkpoint',
      },
    ),
    loss: nullable(
      number(
        'mean over seeds of the last loss on the validation rows, with the weights after the last step, or those that a callback restored; null if one diverged',
      ),
    ),
    spread: nullable(number('standard deviation of that loss over seeds; null with one seed')),
    best: nullable(
      Type.Object(
        { loss: number(), epoch: number() },
        { ...closed, description: 'the lowest mean over seeds of the loss on the validation rows, and its epoch' },
      ),
    ),
    start: nullable(number('mean over seeds of the loss on the validation rows before step 0')),
    metrics: record(nullable(number()), {
      description: 'mean over seeds of the last metrics on the validation rows',
    }),
    step: Type.Integer({
      minimum: 0,
      description: 'steps after which these values were measured; of a trial that did not finish, after which it ended',
    }),
    behind: nullable(Behind),
  },
  closed,
);

/** How much the outcome of trials that differ in their constant rate alone depends on it. */
export const ComparedSensitivity = Type.Object(
  {
    trials: Type.Array(Type.String(), { description: 'their names, by rising rates' }),
    ...Sensitivity.properties,
  },
  closed,
);

/** The JSON document of a comparison: all measurements, the options used, and the conclusions. */
export const Comparison = Type.Object(
  {
    format: Type.Literal('lrfind-comparison'),
    version: Type.Literal(2),
    ranking: Type.Array(RankedTrial, {
      description:
        'best first: finished trials, then pruned ones (the longest first), then diverged ones, then those that failed',
    }),
    conclusions: Type.Array(Type.String(), { description: 'what the comparison shows, in sentences' }),
    sensitivity: Type.Optional(
      Type.Array(ComparedSensitivity, {
        description:
          'one for each set of trials that differ in their constant rate alone, if one is about half a decade beside the best; missing in earlier results',
      }),
    ),
    search: Type.Optional(Search),
    trials: Type.Array(TrialResult, { description: 'in the order of the request, or in which they were drawn' }),
    setup: Type.Object(
      {
        ...{ weights, loss, metrics, rows, validationRows, notes },
        tested: Type.Optional(
          Type.Integer({
            minimum: 1,
            description: 'test rows, on which no trial is trained or ranked; missing without any',
          }),
        ),
      },
      closed,
    ),
    options: record(Type.Unknown(), { description: 'every option, defaults included' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-comparison-2', title: 'lrfind comparison' },
);

/** One training of a trial. */
export interface TrialTraining extends Static<typeof TrialTraining> {}
/** One trial of a comparison. */
export interface TrialResult extends Static<typeof TrialResult> {}
/** How far a trial is behind the best one. */
export interface Behind extends Static<typeof Behind> {}
/** How much the outcome of trials that differ in their constant rate alone depends on it. */
export interface ComparedSensitivity extends Static<typeof ComparedSensitivity> {}
/** A trial in the ranking. */
export interface RankedTrial extends Static<typeof RankedTrial> {}
/** The result of a comparison. The schema of the same name describes each field. */
export interface Comparison extends Static<typeof Comparison> {}
