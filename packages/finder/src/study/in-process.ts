import { checksumOf, checksumOfText } from '@lrfind/core';
import type { Measures } from '@lrfind/core/results';
import { resolveSchedule, type Schedule } from '@lrfind/core/schedules';
import {
  type Executor,
  fromSavedState,
  type Reference,
  type RunOptions,
  type Trial,
  type TrialOutcome,
  type TrialRecipe,
  type TrialSpec,
  toSavedState,
} from '@lrfind/core/study';
import { arraysOf } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Session } from '../engine/session.js';
import { runTraining } from '../engine/training-loop.js';
import type { TrainingStep } from '../engine/training-step.js';
import { topologyOf } from '../model/initial-weights.js';
import { optimizerConfig, resolveOptimizer } from '../optimizers/registry.js';
import { listen } from './listen.js';
import type { RatedTrial } from './plan-trials.js';

/** Trials as JSON, and what runs them here. */
export interface InProcessTrials {
  readonly trials: readonly Trial[];
  readonly executor: InProcessExecutor;
  /** The session of a trial. */
  readonly sessionOf: (spec: Pick<TrialSpec, 'model'>) => Session;
  /** About how many trainings share an optimizer. */
  readonly sharing: number;
}

/** Runs trials in the thread that calls it, one at a time. */
export interface InProcessExecutor extends Executor {
  run(spec: TrialSpec, options: InProcessOptions): Promise<TrialOutcome>;
}

/** Options of {@link InProcessExecutor.run}. */
export interface InProcessOptions extends RunOptions {
  /** Called each time that losses were read, with the number of steps of the training so far, and its step. */
  readonly onRead?: ((steps: number, step: TrainingStep) => Promise<void> | void) | undefined;
}

/**
 * Trials that run in this thread, on open sessions.
 *
 * @param seeds how many trainings there will be for each
 */
export function inProcessTrials(rated: readonly RatedTrial[], seeds: number): InProcessTrials {
  const sessions = new Map<string, Session>();
  const functions = new Map<string, Schedule>();
  const sessionList = [...new Set(rated.map(({ session }) => session))];
  const references = sessionList.map((session, i) => {
    sessions.set(`model ${i}`, session);
    return { model: modelReference(`model ${i}`, session), data: dataReference(`data ${i}`, session) };
  });
  const trials = rated.map(({ name, session, optimizer, batchSize, callbacks, schedule, evaluateAt }, i): Trial => {
    if (!schedule.config) functions.set(`schedule ${i}`, schedule);
    const recipe = {
      optimizer: optimizerConfig(optimizer),
      batchSize,
      schedule: schedule.config ?? scheduleReference(`schedule ${i}`, schedule, evaluateAt.at(-1) as number),
      ...(callbacks.length > 0 && { callbacks }),
    };
    return { trial: name, ...(references[sessionList.indexOf(session)] as (typeof references)[0]), recipe, evaluateAt };
  });
  const optimizers = new Set(trials.map(({ model, recipe }) => JSON.stringify([model.ref, recipe.optimizer])));
  const sharing = Math.ceil((trials.length * seeds) / optimizers.size);
  const executor = inProcessExecutor(sessions, functions, sharing);
  return { trials, executor, sessionOf: ({ model }) => sessions.get(model.ref) as Session, sharing };
}

/**
 * Steps that are kept, each with the state of an optimizer: a search may have an optimizer for each trial. One that is needed again
 * is compiled again.
 */
const MOST_STEPS = 16;

/**
 * Runs trials on open sessions. A step serves all trials with the same optimizer. An optimizer whose momentum is
 * scheduled gets a step of its own, because it rounds differently: which other trials run must not change a trial's result.
 *
 * @param sessions by reference of the model
 * @param functions the caller's own schedules by reference
 * @param sharing about how many trainings share an optimizer, and so a step: more of them change nothing but which form of it is worth compiling
 */
export function inProcessExecutor(
  sessions: ReadonlyMap<string, Session>,
  functions: ReadonlyMap<string, Schedule>,
  sharing: number,
): InProcessExecutor {
  const steps = new Map<string, TrainingStep>();
  // Trainings of a seed start from the same weights, so the loss before the first step is measured once.
  const starts = new Map<string, Measures>();
  return {
    async run(spec, { onEvaluation, onRead, signal }) {
      const { seed, evaluateAt, length, from, recipe } = spec;
      const session = sessions.get(spec.model.ref) as Session;
      const schedule = isReference(recipe.schedule)
        ? (functions.get(recipe.schedule.ref) as Schedule)
        : resolveSchedule(recipe.schedule);
      const optimizer = resolveOptimizer(recipe.optimizer);
      const schedulesMomentum = schedule.momentum !== undefined && optimizer.rule.momentum !== undefined;
      const clock = performance.now();
      const key = JSON.stringify([spec.model.ref, recipe.optimizer, schedulesMomentum]);
      const made = steps.get(key);
      if (!made) disposeOldest(steps, MOST_STEPS - 1);
      const step =
        made ?? session.step(optimizer, { rescaleVelocity: false, schedulesMomentum, calls: sharing * length });
      // The last one used comes last.
      steps.delete(key);
      steps.set(key, step);
      const listeners = recipe.callbacks && listen(recipe.callbacks, { session, step, optimizer, schedule, spec });
      try {
        let start = from?.training.start ?? null;
        if (!from) {
          await session.reset(seed);
          step.reset(seed);
          const from = `${spec.model.ref} ${seed}`;
          start = starts.get(from) ?? (await session.evaluate(step, session.data.heldOut));
          starts.set(from, start);
        }
        await listeners?.begin();
        // After the callbacks, which may set weights to begin with.
        if (from) step.restore(fromSavedState(from.state));
        const before = from?.training.evaluations ?? [];
        const seconds = from?.seconds ?? 0;
        const trained = await runTraining(session, {
          step,
          seed,
          batchSize: recipe.batchSize,
          from: before.at(-1)?.step ?? 0,
          evaluateAt,
          rateAt: listeners?.rateAt ?? ((at) => ({ rate: schedule(at), momentum: schedule.momentum?.(at) })),
          hooks: listeners?.hooks,
          onRead: onRead && ((steps) => onRead(steps, step)),
          onEvaluation: (evaluation) => onEvaluation?.(evaluation),
          signal: signal as AbortSignal | undefined,
        });
        const later = trained.evaluations.map((each) => ({ ...each, seconds: each.seconds + seconds }));
        const { outcome, divergedAt } = trained;
        const evaluations = [...before, ...later];
        const paused = evaluateAt.at(-1) !== length && outcome === 'finished';
        const state = paused ? toSavedState(await step.save()) : null;
        const callbacks = paused ? await listeners?.state(trained.rates) : undefined;
        const heard = await listeners?.end(evaluations, trained);
        const tests = !paused && outcome !== 'diverged' && session.data.test.length > 0;
        const test = tests ? { test: await session.evaluate(step, session.data.test) } : {};
        return {
          training: { seed, start, evaluations, outcome, divergedAt, ...heard, ...test },
          seconds: seconds + (performance.now() - clock) / 1000,
          state,
          ...(callbacks && { callbacks }),
        };
      } finally {
        listeners?.dispose();
      }
    },
  };
}

/** Disposes of steps, the longest unused first, until so many are left. */
function disposeOldest(steps: Map<string, TrainingStep>, left: number): void {
  for (const [key, step] of steps) {
    if (steps.size <= left) return;
    step.dispose();
    steps.delete(key);
  }
}

function isReference(schedule: TrialRecipe['schedule']): schedule is Reference {
  return 'ref' in schedule;
}

/** A model by its layers, by what their rates are multiplied with, and by its weights as they were given. */
function modelReference(ref: string, { model, groups, weightsChecksum }: Session): Reference {
  const rates = groups.map(({ layers, multiplier }) => `${layers} × ${multiplier}`).join();
  return { ref, hash: checksumOf([Int32Array.of(checksumOfText(layersText(model) + rates), weightsChecksum)]) };
}

/** Describes the weights, and the layers too unless the model has one that TensorFlow.js cannot describe. */
function layersText(model: LayersModel): string {
  const weights = model.weights.map(({ originalName, shape }) => `${originalName} [${shape}]`).join();
  try {
    return `${weights} ${JSON.stringify(topologyOf(model))}`;
  } catch {
    return weights;
  }
}

/** The rows, what each is used for, and what the predictions for them are measured by. */
function dataReference(ref: string, session: Session): Reference {
  const { losses, metrics, shuffles, classWeights, blocksChecksum } = session;
  const { dataset, train, heldOut, test } = session.data;
  const tested = test.length > 0 ? [test] : [];
  const measuredBy = [losses.name, ...metrics.map(({ name }) => name), ...(shuffles ? [] : ['in order'])].join();
  const columns = arraysOf(dataset);
  const weights = [dataset.weights, classWeights, blocksChecksum].filter((each) => each !== undefined);
  return {
    ref,
    hash: checksumOf([Int32Array.of(checksumOfText(measuredBy)), train, heldOut, ...tested, ...columns, ...weights]),
  };
}

function scheduleReference(ref: string, schedule: Schedule, length: number): Reference {
  return { ref, hash: checksumOf([Float32Array.from({ length }, (_, step) => schedule(step))]) };
}
