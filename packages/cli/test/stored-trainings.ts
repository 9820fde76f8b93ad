import type { Comparison, Evaluation, Training, TrainingResult } from '@lrfind/core/results';
import { storedSweep } from './stored-sweep.js';

const { environment, setup } = storedSweep(null, null);
const { model } = setup;
const parameters = 1;
const common = {
  weights: 'drawn',
  loss: 'mse',
  metrics: ['accuracy'],
  rows: 64,
  validationRows: 0,
  notes: [],
} as const;
const shared = { ...common, metrics: [...common.metrics], notes: [] };

const recipe = {
  learningRate: 'constant(0.1)',
  suggestion: null,
  optimizer: { name: 'sgd' },
  batchSize: 32,
  rates: [{ step: 0, rate: 0.1 }],
};

/** An evaluation at the end of an epoch of two steps. */
export function evaluation(epoch: number, loss: number | null, accuracy: number, heldOutLoss?: number): Evaluation {
  const validation = heldOutLoss === undefined ? null : { loss: heldOutLoss, metrics: { accuracy: accuracy / 2 } };
  return { step: 2 * epoch, epoch, rate: 0.1, training: { loss, metrics: { accuracy } }, validation, seconds: epoch };
}

/** A training with these evaluations. */
export function trained(seed: number, evaluations: Evaluation[]): Training {
  return { seed, start: null, evaluations, outcome: 'finished', divergedAt: null };
}

/** A stored training. */
export function storedTraining(evaluations: Evaluation[]): TrainingResult {
  return {
    format: 'lrfind-training',
    version: 2,
    recipe,
    training: trained(7, evaluations),
    losses: [],
    test: null,
    setup: { model, parameters, ...shared },
    options: {},
    environment,
  };
}

/** A stored comparison of trials by their names. */
export function storedComparison(trials: Readonly<Record<string, Training[]>>): Comparison {
  return {
    format: 'lrfind-comparison',
    version: 2,
    ranking: [],
    conclusions: [],
    trials: Object.entries(trials).map(([name, trainings]) => ({
      name,
      model,
      parameters,
      recipe,
      trainings,
      notes: [],
    })),
    setup: shared,
    options: {},
    environment,
  };
}
