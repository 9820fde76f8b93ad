import type { TrialTraining } from '../../src/results/comparison.js';
import type { Measures } from '../../src/results/training.js';
import type { Rankable } from '../../src/study/ranking.js';

const measured = (loss: number | null): Measures => ({
  loss,
  metrics: { accuracy: loss === null ? null : 1 - loss / 10 },
});

/** A training with these losses on the validation rows, one per epoch of `steps` steps. */
export function training(
  losses: readonly (number | null)[],
  other: Partial<TrialTraining> = {},
  steps = 10,
): TrialTraining {
  const evaluations = losses.map((loss, i) => ({
    step: (i + 1) * steps,
    epoch: i + 1,
    rate: 0.1,
    training: measured(loss),
    validation: measured(loss),
    seconds: i,
  }));
  return { seed: 0, start: measured(9), evaluations, outcome: 'finished', divergedAt: null, ...other };
}

/** A trial with these trainings. */
export function trial(name: string, ...trainings: TrialTraining[]): Rankable {
  return { name, trainings };
}
