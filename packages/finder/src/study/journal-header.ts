import { checksumOf, checksumOfText, version } from '@lrfind/core';
import type { CompareSettings, JournalHeader } from '@lrfind/core/study';
import { arraysOf } from '@lrfind/data';
import { rowsPerEpoch } from '../engine/training-loop.js';
import { lossSignature } from '../losses/resolve.js';
import { type InitialWeights, topologyOf } from '../model/initial-weights.js';
import { optimizerConfig } from '../optimizers/registry.js';
import { rateSignature } from './learning-rate.js';
import { callbacksUsed } from './plan-callbacks.js';
import type { PlannedTrial } from './plan-trials.js';

/**
 * Everything that decides the outcome of a comparison, in short. A journal with an equal header can be resumed.
 *
 * @throws InputError when a layer of a model cannot be described
 */
export function journalHeader(
  trials: readonly PlannedTrial[],
  settings: CompareSettings,
  initialWeights: InitialWeights,
): JournalHeader {
  const sessions = [...new Set(trials.map(({ session }) => session))];
  return {
    lrfind: version,
    settings,
    initialWeights,
    models: sessions.map(({ model, data, losses, classWeights, weightsChecksum, blocksChecksum, metrics }) => ({
      name: model.name,
      layers: checksumOfText(JSON.stringify(topologyOf(model))),
      weights: initialWeights === 'given' ? weightsChecksum : null,
      rows: checksumOf([
        ...arraysOf(data.dataset),
        ...[data.dataset.weights, classWeights, blocksChecksum].filter((each) => each !== undefined),
      ]),
      train: rowsPerEpoch(data),
      heldOut: data.heldOut.length,
      ...(data.test.length > 0 && { test: data.test.length }),
      loss: lossSignature(losses),
      metrics: metrics.map(({ name }) => name),
    })),
    trials: trials.map(({ name, session, optimizer, batchSize, callbacks, learningRate, evaluateAt }) => ({
      name,
      model: sessions.indexOf(session),
      optimizer: optimizerConfig(optimizer),
      batchSize,
      // Journals of comparisons without callbacks are those of earlier versions.
      ...(callbacks.length > 0 && { callbacks: callbacksUsed(callbacks) }),
      learningRate: rateSignature(learningRate, evaluateAt.at(-1) as number),
    })),
  };
}
