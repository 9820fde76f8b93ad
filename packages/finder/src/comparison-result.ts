import Type, { type Static } from 'typebox';
import { closed, Environment, measured, nullable } from './result-parts.js';
import { Recipe, Training, TrainingSetup } from './training-result.js';

const { model, parameters, weights, loss, metrics, rows, heldOut, notes } = TrainingSetup.properties;

/** One of the runs that were compared, with all its trainings. */
export const ComparedRun = Type.Object(
  {
    name: Type.String({ description: 'what tells it from the others' }),
    model,
    parameters,
    recipe: Recipe,
    trainings: Type.Array(Training, { description: 'one for each seed' }),
    notes,
  },
  closed,
);

/** How far a run is behind the best one: the mean over seeds of the difference between their last losses, capped at the first. */
export const Behind = Type.Object(
  {
    difference: Type.Number({
      description: 'above 0 where the run is worse; losses above the one before the first step count as that one',
    }),
    low: measured('lower end of the 95 % interval'),
    high: measured('upper end of the 95 % interval'),
    verdict: Type.Union([Type.Literal('worse'), Type.Literal('same'), Type.Literal('unknown')], {
      description: 'worse: more than the noise of the seeds; same: within it; unknown: one seed shows no noise',
    }),
  },
  closed,
);

/** A run's place among the others. */
export const Standing = Type.Object(
  {
    name: Type.String({ description: 'name of the run' }),
    outcome: Type.Union([Type.Literal('finished'), Type.Literal('pruned'), Type.Literal('diverged')], {
      description: 'diverged: with at least one seed',
    }),
    loss: nullable(
      Type.Number({ description: 'mean over seeds of the last loss on the held-out rows; null where one diverged' }),
    ),
    spread: nullable(Type.Number({ description: 'standard deviation of that loss over seeds; null with one seed' })),
    best: nullable(
      Type.Object(
        { loss: Type.Number(), epoch: Type.Number() },
        { ...closed, description: 'the lowest mean over seeds of the loss on the held-out rows, and when it was' },
      ),
    ),
    start: nullable(Type.Number({ description: 'mean over seeds of the loss on the held-out rows before step 0' })),
    metrics: Type.Record(Type.String(), nullable(Type.Number()), {
      description: 'mean over seeds of the last metrics on the held-out rows',
    }),
    step: Type.Integer({ minimum: 0, description: 'steps after which these were measured' }),
    behind: nullable(Behind),
  },
  closed,
);

/** The JSON document of a comparison: everything that was measured, the options in force, and what follows from them. */
export const Comparison = Type.Object(
  {
    format: Type.Literal('lrfind-comparison'),
    version: Type.Literal(1),
    ranking: Type.Array(Standing, {
      description:
        'best first: those that finished, those that were pruned later, then earlier, and those that diverged',
    }),
    conclusions: Type.Array(Type.String(), { description: 'what the comparison shows, in sentences' }),
    runs: Type.Array(ComparedRun, { description: 'in the order in which they were given' }),
    setup: Type.Object({ weights, loss, metrics, rows, heldOut, notes }, closed),
    options: Type.Record(Type.String(), Type.Unknown(), { description: 'every option as it was in force' }),
    environment: Environment,
  },
  { ...closed, $id: 'lrfind-comparison-1', title: 'lrfind comparison' },
);

/** One of the runs that were compared. */
export type ComparedRun = Static<typeof ComparedRun>;
/** How far a run is behind the best one. */
export type Behind = Static<typeof Behind>;
/** A run's place among the others. */
export type Standing = Static<typeof Standing>;
/** The document of a comparison; see the schema for the meaning of each field. */
export type Comparison = Static<typeof Comparison>;
