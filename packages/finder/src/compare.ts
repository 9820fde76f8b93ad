import { assertOptions } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { Comparison, TrialTraining } from '@lrfind/core/results';
import {
  type CompareSettings,
  callbackNotes,
  comparedSensitivity,
  comparedSensitivityTexts,
  conclude,
  halvingNotes,
  rank,
  runTrials,
  scheduleUse,
  stepsToTake,
  studyProgress,
  type Trial,
  WorkerOptions,
} from '@lrfind/core/study';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { unfinishedNotes } from './callbacks/compared-callback.js';
import { chooseBackend, type ExpectedWork } from './engine/choose-backend.js';
import type { Session } from './engine/session.js';
import { type ArrayData, assertData } from './engine/to-dataset.js';
import { rowsPerEpoch } from './engine/training-loop.js';
import { sessionLanes } from './engine/workers/lanes.js';
import { assertModel, parameterCount } from './model/describe.js';
import { accumulationNotes, scheduledMomentumNotes } from './optimizers/model-optimizer.js';
import { type CompareOptions, compareOptionNames, type TrialOptions } from './options.js';
import { drawnTrials } from './study/drawn-trials.js';
import { inProcessTrials } from './study/in-process.js';
import { journalHeader } from './study/journal-header.js';
import { planSearch, wholeBatchNotes } from './study/plan-search.js';
import { type PlannedTrial, planTrials, recipeOf, resolveComparison } from './study/plan-trials.js';
import { sentTrials } from './study/sent-trials.js';
import { openSessions, restoreSessions } from './study/sessions.js';
import { suggestRates } from './study/suggest-rates.js';
import { executorInLanes } from './study/trials-in-lanes.js';

/**
 * Compares rates, schedules, optimizers, batch sizes or models on equal terms, given as trials or drawn by a search: for each seed all trials start from the
 * same initial weights and see the same rows in the same order, and all are ranked by the same validation rows.
 *
 * Afterwards the models, their weights and their optimizers are as they were, bit for bit, whether this succeeds, throws
 * or is aborted. Equal options, data and seed give an equal result on the same backend.
 *
 * @param model any layers model, compiled or not; trials may name others
 * @param data `{ xs, ys }` as `model.fit` takes them (tensors or arrays), or a `Dataset`
 * @returns everything that was measured, the ranking, and which differences are larger than the noise
 * @throws InputError for options or data that do not fit; the signal's reason when it is aborted
 *
 * @example
 * const { ranking, conclusions } = await compare(model, { xs, ys }, {
 *   trials: [{ learningRate: 0.01 }, { learningRate: 'cosine(0.1, steps=1000)' }],
 *   steps: 1000,
 * });
 * console.log(ranking[0].name, conclusions.join(' '));
 */
export async function compare(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: CompareOptions,
): Promise<Comparison> {
  if (model !== undefined) assertModel(model);
  if (data !== undefined) assertData(data, 'data');
  assertOptions(options, compareOptionNames);
  const {
    trials: given,
    search,
    optimizer,
    callbacks,
    loss,
    lossWeights,
    classWeight,
    metrics,
    validation,
    test,
    initialWeights = 'given',
    journal,
    queue,
    ...others
  } = options;
  const { onEvaluation, signal, workers, ...rest } = others;
  const settings = resolveComparison({ trials: given, search, validation }, rest);
  const searched = search === undefined ? undefined : planSearch(search, model, { ...settings, optimizer });
  const trials = searched?.trials ?? (given as readonly TrialOptions[]);
  const lanes = sessionLanes(resolveOptions(WorkerOptions, { workers }).workers);
  signal?.throwIfAborted();
  const started = new Date();
  const sessions = await openSessions(
    trials.map((trial) => ({
      model: trial.model ?? model,
      data: trial.data ?? data,
      validation: trial.validation ?? validation,
      test: trial.test ?? test,
    })),
    { loss, lossWeights, classWeight, metrics, ...sessionOptions(settings), initialWeights, lanes },
  );
  try {
    const planned = planTrials(trials, sessions, { optimizer, callbacks }, settings);
    const plan = (drawn: TrialOptions) =>
      planTrials([drawn], sessions, { optimizer, callbacks }, settings)[0] as PlannedTrial;
    // Before anything is trained, also of what is drawn later.
    if (searched?.next) for (const each of searched.combinations) plan(each);
    const count = searched?.count ?? planned.length;
    // Workers compute on the backend that they were started for.
    if (!queue) await chooseBackend(sessions, workOf(planned, (count / planned.length) * settings.repeats));
    const header = journalHeader(planned, settings, initialWeights);
    // Trials that are not drawn yet cannot be in it.
    const { sampler, space } = searched?.next ? searched.describe() : {};
    const completed =
      (await journal?.open(space ? { ...header, search: { sampler, space, trials: searched?.count } } : header)) ?? [];
    const rated = await suggestRates(planned, {
      seed: settings.seed,
      split: settings.split,
      completed,
      journal,
      signal,
    });
    const seeds = Array.from({ length: settings.repeats }, (_, i) => settings.seed + i);
    const totals = { trainings: count * seeds.length, evaluations: rated[0]?.evaluateAt.length ?? 0 };
    // A drawn weight decay makes an optimizer of its own of each trial.
    const isOwn = searched?.next && search?.weightDecay !== undefined;
    const own = inProcessTrials(rated, isOwn ? settings.repeats : totals.trainings / rated.length);
    const { halving } = settings;
    const progressOf = studyProgress({
      trials: count,
      seeds: seeds.length,
      evaluations: totals.evaluations,
      halving,
    });
    const [first] = own.trials as [Trial, ...Trial[]];
    const expected = searched?.next ? Array.from({ length: count }, () => first) : own.trials;
    const steps = stepsToTake({ trials: expected, seeds, halving, completed });
    const outcome = await runTrials({
      trials: searched?.next ? drawnTrials({ ...searched, next: searched.next }, first, rated, plan) : own.trials,
      executor: queue ? await queue.executor(sentTrials(own.trials, rated)) : executorInLanes(own, { lanes, steps }),
      seeds,
      halving,
      completed,
      journal,
      onEvaluation: (trial, seed, evaluation) =>
        onEvaluation?.({ trial, seed, evaluation, ...totals, progress: progressOf(trial) }),
      signal,
    });
    const uses = rated.map(({ schedule, text, evaluateAt }, i) =>
      scheduleUse(schedule, text, stepsMeant(outcome.trainings[i] ?? [], evaluateAt.at(-1) as number)),
    );
    const unfinished = rated.map(({ callbacks, evaluateAt }) =>
      unfinishedNotes(callbacks, evaluateAt.at(-1) as number),
    );
    const results = rated.map((trial, i) => {
      const { name, session, callbacks, evaluateAt } = trial;
      const trainings = [...(outcome.trainings[i] ?? [])];
      return {
        name,
        model: session.model.name,
        parameters: parameterCount(session.model),
        recipe: recipeOf(trial, trainings[0]?.rates),
        trainings,
        notes: [
          ...trial.optimizer.notes,
          ...scheduledMomentumNotes(trial.schedule, trial.optimizer),
          ...accumulationNotes(trial.optimizer, evaluateAt.at(-1) as number),
          ...trainings.flatMap(({ seed, failure }) =>
            failure === undefined ? [] : [`${name}: the training with seed ${seed} failed: ${failure}`],
          ),
          ...(uses[i] ? [uses[i].note] : []),
          ...(unfinished[i] ?? []),
          ...(callbacks.length > 0 ? callbackNotes({ name, trainings }, evaluateAt.at(-1) as number) : []),
        ],
      };
    });
    const ranking = rank(results);
    const sensitivity = comparedSensitivity(results);
    const [session] = sessions as [Session];
    const { model: _model, parameters: _parameters, ...setup } = session.setup([]);
    return {
      format: 'lrfind-comparison',
      version: 2,
      ranking,
      conclusions: [
        ...conclude(
          ranking,
          seeds.length,
          results.filter((_, i) => uses[i] || unfinished[i]?.length).map(({ name }) => name),
        ),
        ...comparedSensitivityTexts(sensitivity, results),
      ],
      sensitivity,
      ...(searched && { search: searched.describe() }),
      trials: results,
      setup: {
        ...setup,
        ...(session.data.test.length > 0 && { tested: session.data.test.length }),
        notes: [
          ...new Set([...setup.notes, ...sessions.flatMap((each) => each.stepNotes)]),
          ...halvingNotes(halving, count, totals.evaluations),
          ...(searched ? wholeBatchNotes(searched.describe(), rowsPerEpoch(session.data)) : []),
        ],
      },
      options: { ...ofOneLength(settings), ...(search && { search: search.trials }), initialWeights },
      environment: session.environment(started, outcome.seconds, outcome.steps),
    };
  } finally {
    await restoreSessions(sessions);
  }
}

/** Which rows are held out, in which order the others are trained on, and at which rates the layers are. */
function sessionOptions({ validationSplit, split, shuffle, groups, seed }: CompareSettings) {
  return { validationSplit, split, shuffle, groups, seed, wholeRows: true };
}

/** How many steps a trial took, for a schedule: those of its longest training, where callbacks ended them all. */
function stepsMeant(trainings: readonly TrialTraining[], length: number): number {
  const ends = trainings.map(({ outcome, evaluations }) =>
    outcome === 'stopped' ? (evaluations.at(-1)?.step ?? length) : length,
  );
  return Math.max(...ends);
}

/** The settings that were in force: of epochs and steps only one is. */
function ofOneLength({ epochs, ...settings }: CompareSettings): Partial<CompareSettings> {
  return settings.steps === undefined ? { epochs, ...settings } : settings;
}

/** What a comparison will train, by its first trial. */
function workOf(planned: readonly PlannedTrial[], repeats: number): ExpectedWork {
  const [{ optimizer, batchSize }] = planned as readonly [PlannedTrial];
  const steps = planned.reduce((sum, { evaluateAt }) => sum + (evaluateAt.at(-1) as number), 0) * repeats;
  return { optimizer, batchSize, steps, trainings: planned.length * repeats };
}
