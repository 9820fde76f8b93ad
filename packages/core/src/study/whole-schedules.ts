import type { TrialTraining } from '../results/comparison.js';
import type { ScheduleConfig } from '../schedules/schedule.js';
import type { Executor, SavedState } from './trial.js';

/**
 * An executor for trials along a schedule that is there for the whole training. A training that pauses after a quarter of
 * a cosine says little of the cosine, so each evaluation belongs to a training of its own: from the first step, along the whole
 * schedule in as many steps as the evaluation comes after.
 *
 * @param executor runs the trainings
 * @param scheduleFor the schedule of a trial, by its name, in a training of some steps
 */
export function wholeSchedules(
  executor: Executor,
  scheduleFor: (trial: string, steps: number) => ScheduleConfig,
): Executor {
  return {
    async run(spec, options) {
      const { trial, seed, evaluateAt, length, recipe, from } = spec;
      let training: TrialTraining = from?.training ?? {
        seed,
        start: null,
        evaluations: [],
        outcome: 'finished',
        divergedAt: null,
      };
      let seconds = from?.seconds ?? 0;
      for (const steps of evaluateAt) {
        const schedule = scheduleFor(trial, steps);
        const part = await executor.run(
          { ...spec, recipe: { ...recipe, schedule }, evaluateAt: [steps], length: steps, from: null },
          options,
        );
        seconds += part.seconds;
        const evaluations = [...training.evaluations, ...part.training.evaluations];
        training = { ...part.training, evaluations };
        if (training.outcome !== 'finished') return { training, seconds, state: null };
      }
      const paused = evaluateAt.at(-1) !== length;
      return { training, seconds, state: paused ? nothingKept(seed, evaluateAt.at(-1) as number) : null };
    },
  };
}

/** The state of a training that goes on from its first step. */
function nothingKept(seed: number, steps: number): SavedState {
  return { seed, steps, lastRate: null, values: [] };
}

/** The steps of trainings that {@link wholeSchedules} ran: each evaluation has its own. */
export function stepsOfWholeSchedules(trainings: readonly TrialTraining[]): number {
  return trainings.reduce(
    (sum, { evaluations, divergedAt }) =>
      evaluations.reduce((taken, { step }) => taken + step, sum) + (divergedAt ?? 0),
    0,
  );
}
