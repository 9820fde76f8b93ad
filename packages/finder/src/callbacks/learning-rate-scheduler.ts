import { choice, resolveOptions } from '@lrfind/core/options';
import { resolveSchedule, type Schedule, type ScheduleSpec } from '@lrfind/core/schedules';
import type { Callback } from '@tensorflow/tfjs-layers';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { checkRate, learningRateOf, requireSettableRate, setLearningRate } from '../optimizers/learning-rate.js';
import type { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import { setMomentum } from '../optimizers/set-momentum.js';
import { count, stateCheck } from './state-schema.js';
import { trainingCallback } from './training-callback.js';

/** The options of `learningRateScheduler`. */
export const LearningRateSchedulerOptions = Type.Object(
  { by: choice(['epoch', 'step'], { default: 'epoch', description: 'what the schedule counts; a step is one batch' }) },
  { additionalProperties: false },
);

/** The progress of a scheduler. `fit` itself counts epochs (`initialEpoch`). */
export interface SchedulerState {
  /** Steps taken. */
  readonly step: number;
}

const checked = stateCheck<SchedulerState>('learningRateScheduler', { step: count });

/** A function as Keras's callback takes it: from the number of the epoch or step (from 0) and the present rate to the new rate. */
export interface CallbackSchedule {
  (at: number, rate: number): number;
  /** The momentum of each epoch or step. */
  readonly momentum?: (at: number) => number;
}

/**
 * Sets the learning rate by a schedule at the start of every epoch or step, on any optimizer. Cyclical and one-cycle
 * schedules set the momentum too, where the optimizer has one. A second fit continues the count of steps; a new callback
 * starts at 0.
 *
 * @param schedule a schedule in any of its forms (`cosine(0.1, steps=1000)`), or a function that gets the present rate too
 * @throws InputError for an unknown option or schedule, and during training when a function returns what is no rate
 *
 * @example
 * const schedule = learningRateScheduler('cosine(0.1, steps=10)'); // of epochs; { by: 'step' } counts batches
 * await model.fit(xs, ys, { epochs: 10, callbacks: [schedule] });
 */
export function learningRateScheduler(
  schedule: Exclude<ScheduleSpec, (step: number) => number> | CallbackSchedule,
  options: Partial<Static<typeof LearningRateSchedulerOptions>> = {},
): Callback & { state(): SchedulerState; restore(state: SchedulerState): void } {
  const { by } = resolveOptions(LearningRateSchedulerOptions, options);
  // A function stays as it is: a schedule would not pass on the present rate.
  const rateAt: CallbackSchedule = typeof schedule === 'function' ? schedule : resolveSchedule(schedule);
  let step = 0;
  let warned = false;
  const apply = (optimizer: Parameters<typeof setLearningRate>[0], at: number) => {
    const before = learningRateOf(optimizer);
    const rate: unknown = rateAt(at, before);
    checkRate(rate, `the learning rate that the schedule gives for ${by} ${at}`);
    if (rate !== before) setLearningRate(optimizer, rate);
    if (!rateAt.momentum || setMomentum(optimizer, rateAt.momentum(at)) || warned) return;
    warned = true;
    const { name = optimizer.getClassName() } = optimizer as Partial<RuleOptimizer>;
    console.warn(`learningRateScheduler: ${name} has no momentum, so the schedule sets the learning rate only`);
  };
  return trainingCallback(
    'learningRateScheduler',
    {
      trainBegin: ({ optimizer }) => requireSettableRate(optimizer),
      ...(by === 'epoch' && { epochBegin: ({ optimizer }, epoch) => apply(optimizer, epoch) }),
      ...(by === 'step' && { batchBegin: ({ optimizer }) => apply(optimizer, step++) }),
      epochEnd({ optimizer }, _, logs) {
        logs.learning_rate = learningRateOf(optimizer);
      },
    },
    {
      state: () => ({ step }),
      restore(state: SchedulerState) {
        step = checked(state).step;
      },
    },
    { by, schedule: (rateAt as Schedule).config ?? 'function' },
  );
}
