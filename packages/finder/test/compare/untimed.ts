import type { Comparison, Training } from '@lrfind/core/results';

/** A training without its times. */
export const untimedTraining = ({ evaluations, ...rest }: Training) => ({
  ...rest,
  evaluations: evaluations.map(({ seconds: _, ...evaluation }) => evaluation),
});

/** A comparison's result without its times. */
export const untimed = ({ environment: _, trials, ...rest }: Comparison) => ({
  ...rest,
  trials: trials.map(({ trainings, ...trial }) => ({ ...trial, trainings: trainings.map(untimedTraining) })),
});

/** All trainings of a trial, by its name. */
export function trainingsOf({ trials }: Comparison, name: string) {
  const trial = trials.find((each) => each.name === name);
  if (!trial) throw new Error(`there is no trial ${name}; got ${trials.map((each) => each.name).join('; ')}`);
  return trial.trainings.map(untimedTraining);
}
