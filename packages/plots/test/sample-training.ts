import type { Comparison, Measures, Recipe, Training, TrainingResult, TrialResult } from '@lrfind/core/results';
import { conclude, rank } from '@lrfind/core/study';
import { sampleSweep } from './sample-sweep.js';

/** The shape of a made-up training. */
export interface TrainingShape {
  epochs?: number;
  stepsPerEpoch?: number;
  /** Loss before training, and where it would end. */
  start?: number;
  floor?: number;
  /** Share of the way to the floor that is left after an epoch. */
  left?: number;
  /** How much the validation loss rises with every epoch. */
  overfits?: number;
  /** Half of the width of the scatter, as a share of the loss. */
  noise?: number;
  accuracy?: boolean;
  /** Further metrics by name, computed from the loss. */
  metrics?: Record<string, (loss: number) => number>;
  validation?: boolean;
  /** The step whose loss is not finite. */
  divergedAt?: number | null;
  /** Epochs after which the training is pruned. */
  prunedAfter?: number | null;
  rate?: (step: number) => number;
}

/** A repeatable scatter between -1 and 1 without a visible period. */
export function scatter(index: number, seed: number): number {
  return Math.sin(12.9898 * index + 78.233 * seed + 1) * Math.cos(4.1414 * index * index + seed);
}

/** A training whose loss falls like an exponential function, and whose accuracy is the exponential of minus the validation loss. */
export function sampleTraining(shape: TrainingShape = {}, seed = 0): Training {
  const { epochs = 10, stepsPerEpoch = 100, start = 2.3, floor = 0.05, left = 0.45, overfits = 0.002 } = shape;
  const {
    noise = 0.05,
    accuracy = true,
    metrics = {},
    validation = true,
    divergedAt = null,
    prunedAfter = null,
  } = shape;
  const measured = (loss: number): Measures => ({
    loss,
    metrics: {
      ...(accuracy && { accuracy: Math.exp(-loss) }),
      ...Object.fromEntries(Object.entries(metrics).map(([name, of]) => [name, of(loss)])),
    },
  });
  const level = (epoch: number) => floor + (start - floor) * left ** epoch;
  const count = Math.min(epochs, prunedAfter ?? epochs, Math.floor((divergedAt ?? Infinity) / stepsPerEpoch));
  const evaluations = Array.from({ length: count }, (_, i) => {
    const epoch = i + 1;
    const around = 1 + noise * scatter(epoch, seed);
    return {
      step: epoch * stepsPerEpoch,
      epoch,
      rate: (shape.rate ?? (() => 0.001))(i * stepsPerEpoch),
      training: measured(level(epoch - 0.5) * around),
      validation: validation ? measured((level(epoch) + 0.01 + overfits * epoch) * around) : null,
      seconds: epoch,
    };
  });
  return {
    seed,
    start: validation ? measured(start) : null,
    evaluations,
    outcome: divergedAt !== null ? 'diverged' : prunedAfter === null ? 'finished' : 'pruned',
    divergedAt,
  };
}

/** A recipe with both ends of every stretch on which the rate stays the same. */
export function sampleRecipe({ epochs = 10, stepsPerEpoch = 100, rate = () => 0.001 }: TrainingShape = {}): Recipe {
  const steps = epochs * stepsPerEpoch;
  const rates = Array.from({ length: steps }, (_, step) => ({ step, rate: rate(step) })).filter(
    ({ step, rate: now }) => step === 0 || step === steps - 1 || now !== rate(step - 1) || now !== rate(step + 1),
  );
  return { learningRate: '0.001', suggestion: null, optimizer: { name: 'Adam' }, batchSize: 32, rates };
}

/** The result of a training. */
export function sampleHistory(shape: TrainingShape = {}, changes: Partial<TrainingResult> = {}): TrainingResult {
  const { accuracy = true, start = 2.3, divergedAt = null, stepsPerEpoch = 100 } = shape;
  const training = sampleTraining(shape);
  const taken = divergedAt ?? training.evaluations.length * stepsPerEpoch;
  return {
    format: 'lrfind-training',
    version: 2,
    recipe: sampleRecipe(shape),
    training,
    losses: [
      ...Array.from({ length: taken }, (_, step) => start * (1 + 0.1 * scatter(step, 0))),
      ...(divergedAt === null ? [] : [null]),
    ],
    test: accuracy
      ? { rows: 10000, loss: 0.102, metrics: { accuracy: 0.9712 } }
      : { rows: 10000, loss: 0.102, metrics: {} },
    setup: { ...setup, metrics: accuracy ? ['accuracy'] : [] },
    options: { epochs: 10, batchSize: 32 },
    environment: sampleSweep({ steps: 2 }).environment,
    ...changes,
  };
}

const setup: TrainingResult['setup'] = {
  model: 'mnist-mlp',
  parameters: 109386,
  weights: 'drawn',
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
  rows: 3200,
  validationRows: 800,
  notes: [],
};

/** A comparison of such trainings, each with the same seeds. */
export function sampleComparison(
  shapes: Record<string, TrainingShape>,
  seeds = 3,
  changes: Partial<Comparison> = {},
): Comparison {
  const trials = Object.entries(shapes).map(([name, shape]): TrialResult => {
    const trainings = Array.from({ length: seeds }, (_, seed) => sampleTraining(shape, seed));
    return { name, model: 'mnist-mlp', parameters: 109386, recipe: sampleRecipe(shape), trainings, notes: [] };
  });
  const ranking = rank(trials);
  const { model: _, parameters: __, ...shared } = setup;
  return {
    format: 'lrfind-comparison',
    version: 2,
    ranking,
    conclusions: conclude(ranking, seeds),
    trials,
    setup: shared,
    options: { epochs: 10, repeats: seeds },
    environment: sampleSweep({ steps: 2 }).environment,
    ...changes,
  };
}
