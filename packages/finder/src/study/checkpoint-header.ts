import { checksumOf, checksumOfText, version } from '@lrfind/core';
import type { CheckpointHeader, TrainSettings } from '@lrfind/core/study';
import { arraysOf } from '@lrfind/data';
import { getBackend } from '@tensorflow/tfjs-core';
import type { FitCallback } from '../engine/callback-hooks.js';
import { callbackConfigs } from '../engine/callback-hooks.js';
import type { Session } from '../engine/session.js';
import { rowsPerEpoch } from '../engine/training-loop.js';
import { lossSignature } from '../losses/resolve.js';
import { type InitialWeights, topologyOf } from '../model/initial-weights.js';
import { optimizerConfig, type ResolvedOptimizer } from '../optimizers/registry.js';
import type { LearningRateChoice } from '../options.js';
import { rateSignature } from './learning-rate.js';

/** What a training is made of. */
export interface HeaderParts {
  readonly optimizer: ResolvedOptimizer;
  readonly learningRate: LearningRateChoice;
  /** Steps of the training, on which a schedule may depend. */
  readonly length: number;
  readonly callbacks: readonly FitCallback[];
  readonly initialWeights: InitialWeights;
}

/**
 * Everything that decides the outcome of a training, in short, but its length: rates and batches depend on the step and the
 * epoch alone, so more epochs only add steps, unless the schedule takes its length from the training. A checkpoint with an equal header can be resumed.
 *
 * @throws InputError when a layer of the model cannot be described
 */
export function checkpointHeader(
  session: Session,
  { epochs: _, ...settings }: TrainSettings,
  { optimizer, learningRate, length, callbacks, initialWeights }: HeaderParts,
): CheckpointHeader {
  const { model, losses, metrics, classWeights } = session;
  const { dataset, train, heldOut, test } = session.data;
  return {
    lrfind: version,
    backend: getBackend(),
    settings,
    model: {
      name: model.name,
      layers: checksumOfText(JSON.stringify(topologyOf(model))),
      initialWeights,
      weights: initialWeights === 'given' ? session.weightsChecksum : null,
    },
    data: {
      train: rowsPerEpoch(session.data),
      heldOut: heldOut.length,
      test: test.length,
      rows: checksumOf([
        ...[train, heldOut, test],
        ...arraysOf(dataset),
        ...[dataset.weights, classWeights, session.blocksChecksum].filter((each) => each !== undefined),
      ]),
    },
    loss: lossSignature(losses),
    metrics: metrics.map(({ name }) => name),
    optimizer: optimizerConfig(optimizer),
    learningRate: rateSignature(learningRate, length),
    callbacks: callbackConfigs(callbacks),
  };
}
