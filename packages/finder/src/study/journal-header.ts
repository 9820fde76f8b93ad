import { checksumOf, version } from '@lrfind/core';
import { topologyOf } from '../model/initial-weights.js';
import type { ScheduleSpec } from '@lrfind/core/schedules';
import { checksum, weightVariables } from '../model/lease.js';
import type { CompareSettings, JournalHeader } from '@lrfind/core/study';
import type { PlannedRun } from './plan-trials.js';
import { scheduleOf } from './resolve-rate.js';

/**
 * All that decides the outcome of a comparison, in short: a journal that begins with the same may be gone on with.
 *
 * @param settings of the comparison
 * @param initialWeights what its trainings start from
 * @throws InputError when a layer of a model cannot be described
 */
export function journalHeader(
  runs: readonly PlannedRun[],
  settings: CompareSettings,
  initialWeights: 'given' | 'drawn',
): JournalHeader {
  const models = [...new Set(runs.map(({ compared }) => compared))];
  return {
    lrfind: version,
    settings,
    initialWeights,
    models: models.map(({ model, rows: { source, train, heldOut }, losses, metrics }) => ({
      name: model.name,
      layers: checksumOf([Int32Array.from(JSON.stringify(topologyOf(model)), (letter) => letter.charCodeAt(0))]),
      weights: initialWeights === 'given' ? checksum(weightVariables(model)) : null,
      rows: checksumOf([...source.inputs, ...source.targets].map(({ values }) => values)),
      train: train.length,
      heldOut: heldOut.length,
      loss: losses.name,
      metrics: metrics.map(({ name }) => name),
    })),
    runs: runs.map(({ name, compared, optimizer, batchSize, learningRate }) => ({
      name,
      model: models.indexOf(compared),
      optimizer: { name: optimizer.kind.name, ...optimizer.parameters },
      batchSize,
      learningRate: learningRate === 'find' ? 'find' : rateMark(learningRate),
    })),
  };
}

/** A rate or schedule by which it is known again: its text, and of a function, which has none that says all, its first rates as well. */
function rateMark(learningRate: ScheduleSpec): string {
  const { schedule, text } = scheduleOf(learningRate);
  if (schedule.config) return text;
  return `${text}, ${checksumOf([Float32Array.from({ length: 1000 }, (_, step) => schedule(step))])}`;
}
