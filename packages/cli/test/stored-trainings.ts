import type { Comparison, Training, Evaluation, TrainingResult } from '@lrfind/core/results';
import { storedRun } from './stored-run.js';

const { environment, setup } = storedRun(null, null);
const { model, parameters } = setup;
const common = { weights: 'drawn', loss: 'mse', metrics: ['accuracy'], rows: 64, heldOut: 0, notes: [] } as const;
const shared = { ...common, metrics: [...common.metrics], notes: [] };

const recipe = {
  learningRate: 'constant(0.1)',
  found: null,
  optimizer: { name: 'sgd' },
  batchSize: 32,
  rates: [{ step: 0, rate: 0.1 }],
};

/** A look at a training at the end of an epoch of two steps. */
export function point(epoch: number, loss: number | null, accuracy: number, heldOutLoss?: number): Evaluation {
  const validation = heldOutLoss === undefined ? null : { loss: heldOutLoss, metrics: { accuracy: accuracy / 2 } };
  return { step: 2 * epoch, epoch, rate: 0.1, training: { loss, metrics: { accuracy } }, validation, seconds: epoch };
}

/** A training that was looked at so. */
export function trained(seed: number, points: Evaluation[]): Training {
  return { seed, start: null, points, outcome: 'finished', divergedAt: null };
}

/** A stored training. */
export function storedTraining(points: Evaluation[]): TrainingResult {
  return {
    format: 'lrfind-training',
    version: 1,
    recipe,
    training: trained(7, points),
    losses: [],
    test: null,
    setup: { model, parameters, ...shared },
    options: {},
    environment,
  };
}

/** A stored comparison of runs by their names. */
export function storedComparison(runs: Readonly<Record<string, Training[]>>): Comparison {
  return {
    format: 'lrfind-comparison',
    version: 1,
    ranking: [],
    conclusions: [],
    runs: Object.entries(runs).map(([name, trainings]) => ({ name, model, parameters, recipe, trainings, notes: [] })),
    setup: shared,
    options: {},
    environment,
  };
}
