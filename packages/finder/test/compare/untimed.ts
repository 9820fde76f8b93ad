import type { Comparison, Training } from '@lrfind/core/results';

/** A training without its times. */
export const untimedTraining = ({ points, ...rest }: Training) => ({
  ...rest,
  points: points.map(({ seconds: _, ...point }) => point),
});

/** A comparison's document without its times. */
export const untimed = ({ environment: _, runs, ...rest }: Comparison) => ({
  ...rest,
  runs: runs.map(({ trainings, ...run }) => ({ ...run, trainings: trainings.map(untimedTraining) })),
});

/** All trainings of a run, by its name. */
export function trainingsOf({ runs }: Comparison, name: string) {
  const run = runs.find((each) => each.name === name);
  if (!run) throw new Error(`there is no run ${name} but ${runs.map((each) => each.name).join('; ')}`);
  return run.trainings.map(untimedTraining);
}
