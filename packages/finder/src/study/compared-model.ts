import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SplitDataset } from '@lrfind/data';
import { type DeviceDataset, uploadDataset } from '../engine/device-dataset.js';
import type { ChosenLosses } from '../losses/losses-for.js';
import type { Metric } from '../metrics-metric.js';
import { startWeights } from '../model/start-weights.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { leaseModel } from '../model/lease.js';
import { type TrainingStep, trainingStep } from '../engine/training-step.js';

/** A model that runs of a comparison train, and what it is trained on and for. */
export interface ComparedModel {
  readonly model: LayersModel;
  readonly rows: SplitDataset;
  readonly losses: ChosenLosses;
  readonly metrics: readonly Metric[];
}

/** A model that was lent for a comparison, its table uploaded. */
export interface LentModel {
  /** Puts the weights of a seed in place. */
  start(seed: number): Promise<void>;
  /**
   * The step with an optimizer, compiled once for all runs that share it. One that moves the momentum rounds otherwise, and so is
   * another: the company that a run is in must not change its bits.
   */
  stepWith(
    optimizer: ResolvedOptimizer,
    options: { readonly schedulesMomentum: boolean; readonly steps: number },
  ): TrainingStep;
  /** Why steps run operation by operation, in words. */
  readonly notes: readonly string[];
  /** Frees everything and gives the model back as it was. */
  giveBack(): void;
}

/**
 * Borrows a model.
 *
 * @param from what its trainings start from
 * @throws InputError when weights are to be drawn and a layer cannot be described
 */
export function lendModel({ model, rows, losses, metrics }: ComparedModel, from: 'given' | 'drawn'): LentModel {
  const loan = leaseModel(model);
  let table: DeviceDataset | undefined;
  const steps = new Map<string, TrainingStep>();
  return {
    start: startingAt(),
    stepWith({ kind, parameters, rule }, options) {
      const key = JSON.stringify([kind.name, parameters, options.schedulesMomentum]);
      table ??= uploadDataset(rows.source);
      const step =
        steps.get(key) ??
        trainingStep({
          model,
          table,
          losses: losses.functions,
          heads: losses.heads,
          metrics,
          rule,
          correctMomentum: false,
          ...options,
        });
      steps.set(key, step);
      return step;
    },
    get notes() {
      return [...new Set([...steps.values()].flatMap(({ notes }) => notes))];
    },
    giveBack() {
      try {
        for (const step of steps.values()) step.dispose();
        table?.dispose();
      } finally {
        loan.giveBack();
      }
    },
  };

  function startingAt(): LentModel['start'] {
    try {
      return startWeights(model, loan, from);
    } catch (error) {
      loan.giveBack();
      throw error;
    }
  }
}
