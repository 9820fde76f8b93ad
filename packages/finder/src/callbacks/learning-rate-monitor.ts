import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';
import { learningRateOf } from '../optimizers/learning-rate.js';
import { choice, resolveOptions } from '@lrfind/core';
import { trainingCallback } from './training-callback.js';

/** The options of `learningRateMonitor`. */
export const LearningRateMonitorOptions = Type.Object(
  {
    by: choice(['epoch', 'step'], {
      default: 'epoch',
      description: 'whether the rate of every step is recorded or that of the first in each epoch',
    }),
    print: Type.Boolean({ default: false, description: 'print every rate that is recorded' }),
  },
  { additionalProperties: false },
);

/** The rate with which a step was taken. */
export interface RecordedRate {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Number of the step, from 0, counted on from fit to fit. */
  readonly step: number;
  readonly rate: number;
}

/** What a monitor has recorded. */
export interface MonitorState {
  readonly step: number;
  readonly rates: readonly RecordedRate[];
}

/**
 * Records the learning rate, whoever sets it: a number, a callback before this one in the list, or a schedule in the optimizer.
 *
 * @throws InputError for an unknown option
 */
export function learningRateMonitor(options: Partial<Static<typeof LearningRateMonitorOptions>> = {}): Callback & {
  /** All that was recorded; it grows while the model trains. */
  readonly rates: readonly RecordedRate[];
  state(): MonitorState;
  restore(state: MonitorState): void;
} {
  const { by, print } = resolveOptions(LearningRateMonitorOptions, options);
  const rates: RecordedRate[] = [];
  let step = 0;
  let epoch = 0;
  return trainingCallback(
    'learningRateMonitor',
    {
      epochBegin(_, begun) {
        epoch = begun;
      },
      batchBegin({ optimizer }, batch) {
        // Not before the first batch: a schedule that counts steps has set no rate for this epoch earlier.
        if (by === 'step' || batch === 0) {
          const rate = learningRateOf(optimizer);
          rates.push({ epoch, step, rate });
          if (print) console.log(`Epoch ${epoch + 1}${by === 'step' ? `, step ${step}` : ''}: learning rate ${rate}`);
        }
        step += 1;
      },
      epochEnd(_, __, logs) {
        const last = rates.at(-1);
        if (last) logs.learning_rate ??= last.rate;
      },
    },
    {
      rates,
      state: () => ({ step, rates: [...rates] }),
      restore(state: MonitorState) {
        step = state.step;
        rates.splice(0, rates.length, ...state.rates);
      },
    },
  );
}
