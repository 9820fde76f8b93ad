import { InputError, nearest } from '@lrfind/core';
import { choice } from '@lrfind/core/options';
import { isRisingMetric } from '@lrfind/core/results';
import * as Type from 'typebox';
import { lossNames } from '../losses/registry.js';
import { readLog, type TrainingLogs } from './training-callback.js';

/** The options of every callback that watches a metric. */
export const monitorOptions = {
  monitor: Type.String({ default: 'val_loss', description: 'name of the loss or metric to watch' }),
  mode: choice(['auto', 'min', 'max'], {
    default: 'auto',
    description: 'whether the metric should fall or rise; auto infers it from the usual names',
  }),
};

/** Losses and metrics of TensorFlow.js that should fall. */
const falling = ['loss', 'ce', 'crossentropy', 'mse', 'MSE', 'mae', 'MAE', 'mape', 'MAPE', 'cosine', ...lossNames];

/**
 * Whether a metric should fall or rise.
 *
 * @throws InputError when the mode is `auto` and the name is not a usual one
 */
export function directionOf(monitor: string, mode: 'auto' | 'min' | 'max'): 'min' | 'max' {
  if (mode !== 'auto') return mode;
  // With several outputs, a metric's name begins with that of its output.
  const is = (name: string) => monitor === name || monitor.endsWith(`_${name}`);
  if (isRisingMetric(monitor)) return 'max';
  if (falling.some(is)) return 'min';
  throw new InputError(
    `mode must be 'min' or 'max' for a metric of unknown direction; got 'auto' for ${JSON.stringify(monitor)}`,
  );
}

/** Whether a value improves on another by more than `minDelta`, in single precision as in Keras. */
export function improvesAsKeras(
  direction: 'min' | 'max',
  minDelta: number,
): (value: number, reference: number) => boolean {
  return direction === 'min'
    ? (value, reference) => Math.fround(value + minDelta) < Math.fround(reference)
    : (value, reference) => Math.fround(value - minDelta) > Math.fround(reference);
}

/** Reads a metric at the end of epochs, and warns once where it is missing. */
export function metricReader(callback: string, monitor: string): (logs: TrainingLogs) => Promise<number | undefined> {
  let warned = false;
  return async (logs) => {
    const value = logs[monitor];
    if (value !== undefined) return readLog(value);
    if (!warned) {
      const names = Object.keys(logs);
      const guess = nearest(monitor, names);
      const hint = monitor.startsWith('val_') && !names.some((name) => name.startsWith('val_'));
      console.warn(
        `${callback} does nothing: there is no metric ${JSON.stringify(monitor)}${hint ? ', since the fit has no validation data.' : guess ? `; did you mean ${guess}?` : '.'} Metrics: ${names.join(', ')}`,
      );
    }
    warned = true;
    return undefined;
  };
}

/** A number for JSON, which has no NaN and no infinities; `Number` reads it back. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
