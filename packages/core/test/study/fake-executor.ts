import type { Evaluation } from '../../src/results/training.js';
import type { Trial } from '../../src/study/training-progress.js';
import type { Executor, TrialOutcome, TrialSpec } from '../../src/study/trial.js';

/** Steps of an epoch, at whose end each training is evaluated. */
const EPOCH = 5;

/** A trial with that many evaluations, one at the end of each epoch. */
export const trialNamed = (trial: string, epochs: number): Trial => ({
  trial,
  model: { ref: 'model.json', hash: 1 },
  data: { ref: 'data.csv', hash: 2 },
  recipe: { optimizer: { name: 'sgd' }, batchSize: 8, schedule: { name: 'constant', rate: 0.1 } },
  evaluateAt: Array.from({ length: epochs }, (_, i) => (i + 1) * EPOCH),
});

/** An evaluation with that loss on training and validation rows. */
export function evaluationAt(step: number, loss: number): Evaluation {
  const measures = { loss, metrics: {} };
  return { step, epoch: step / EPOCH, rate: 0.1, training: measures, validation: measures, seconds: step };
}

/** An executor that remembers its trainings. */
export interface Fake extends Executor {
  /** What it was asked to run, in order. */
  readonly specs: TrialSpec[];
}

/**
 * An executor that trains nothing. The loss of a trial is its entry in `losses` plus a little for each seed, and falls with
 * every step. A trial without a loss diverges at its first step. A second of wall time passes for every step.
 */
export function fakeExecutor(losses: Readonly<Record<string, number>>): Fake {
  const specs: TrialSpec[] = [];
  return {
    specs,
    async run(spec, { onEvaluation, signal }): Promise<TrialOutcome> {
      specs.push(structuredClone(spec));
      const { trial, seed, evaluateAt, length, from } = spec;
      const loss = losses[trial];
      const before = from?.training ?? { seed, start: null, evaluations: [], outcome: 'finished', divergedAt: null };
      if (loss === undefined)
        return { training: { ...before, outcome: 'diverged', divergedAt: 0 }, seconds: 0, state: null };
      const evaluations = [...before.evaluations];
      for (const step of evaluateAt) {
        signal?.throwIfAborted();
        const evaluation = evaluationAt(step, loss + seed / 1000 - step / 1e6);
        evaluations.push(evaluation);
        onEvaluation?.(evaluation);
      }
      const until = evaluateAt.at(-1) as number;
      const paused = until < length;
      return {
        training: { ...before, evaluations },
        seconds: (from?.seconds ?? 0) + until - (from?.state.steps ?? 0),
        state: paused ? { seed, steps: until, lastRate: 0.1, values: [`${trial}/${seed}/${until}`] } : null,
      };
    },
  };
}

/** Each run as `trial seed first–last step`. */
export const runsOf = ({ specs }: Pick<Fake, 'specs'>) =>
  specs.map(({ trial, seed, evaluateAt }) => `${trial} ${seed} ${evaluateAt[0]}–${evaluateAt.at(-1)}`);
