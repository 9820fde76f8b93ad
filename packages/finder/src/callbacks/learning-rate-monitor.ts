import { choice, closed, resolveOptions } from '@lrfind/core/options';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { learningRateOf, readLearningRate } from '../optimizers/learning-rate.js';
import { count, stateCheck } from './state-schema.js';
import { trainingCallback } from './training-callback.js';

/** The options of `learningRateMonitor`. */
export const LearningRateMonitorOptions = Type.Object(
  {
    by: choice(['epoch', 'step'], {
      default: 'epoch',
      description: 'whether to record the rate of every step or of the first step in each epoch',
    }),
    print: Type.Boolean({ default: false, description: 'print every recorded rate' }),
  },
  { additionalProperties: false },
);

/** The rate of a step. */
export interface RecordedRate {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Number of the step, from 0, over all fits. */
  readonly step: number;
  readonly rate: number;
}

/** The record of a monitor. */
export interface MonitorState {
  readonly step: number;
  readonly rates: readonly RecordedRate[];
}

const checked = stateCheck<MonitorState>('learningRateMonitor', {
  step: count,
  rates: Type.Array(Type.Object({ epoch: count, step: count, rate: Type.Number() }, closed)),
});

/**
 * Records the learning rate, whatever sets it: the caller, a callback earlier in the list, or a schedule in the optimizer.
 *
 * @throws InputError for an unknown option
 *
 * @example
 * const monitor = learningRateMonitor({ by: 'step' });
 * await model.fit(xs, ys, { epochs: 2, callbacks: [monitor] });
 * console.log(monitor.rates[0]); // { epoch: 0, step: 0, rate: 0.01 }
 */
export function learningRateMonitor(options: Partial<Static<typeof LearningRateMonitorOptions>> = {}): Callback & {
  /** The record so far. */
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
      trainBegin: ({ optimizer }) => readLearningRate(optimizer),
      epochBegin(_, begun) {
        epoch = begun;
      },
      batchBegin({ optimizer }, batch) {
        // Not earlier than the first batch: a schedule of steps sets the rate of this epoch no earlier.
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
      restore(given: MonitorState) {
        const state = checked(given);
        step = state.step;
        rates.splice(0, rates.length);
        // Not spread: a million rates are too many arguments.
        for (const each of state.rates) rates.push(each);
      },
    },
    { by, print },
  );
}
