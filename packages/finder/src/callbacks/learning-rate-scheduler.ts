import type { Callback } from '@tensorflow/tfjs-layers';
import Type, { type Static } from 'typebox';
import { InputError } from '../errors.js';
import { checkRate, learningRateOf, setLearningRate } from '../optimizers/learning-rate.js';
import type { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import { setMomentum } from '../optimizers/set-momentum.js';
import { choice, resolveOptions } from '../options.js';
import { trainingCallback } from './training-callback.js';

/** The options of `learningRateScheduler`. */
export const LearningRateSchedulerOptions = Type.Object(
  { by: choice(['epoch', 'step'], { default: 'epoch', description: 'what the schedule counts; a step is one batch' }) },
  { additionalProperties: false },
);

/** How many steps have been taken. Epochs are counted by `fit` itself (`initialEpoch`). */
export interface SchedulerState {
  readonly step: number;
}

/**
 * A schedule, or a function as Keras's callback takes one: from the number of the epoch or step (from 0) and the present rate to
 * the new rate.
 */
export interface CallbackSchedule {
  (at: number, rate: number): number;
  /** The momentum of each epoch or step. */
  readonly momentum?: (at: number) => number;
}

/**
 * Sets the learning rate by a schedule at the beginning of every epoch or step, on any optimizer. Cyclical and one-cycle
 * schedules move the momentum too, where the optimizer has one. Steps are counted on in a second fit; a new callback begins at 0.
 *
 * @throws InputError for an unknown option, and in the training when the schedule gives what is no rate
 */
export function learningRateScheduler(
  schedule: number | CallbackSchedule,
  options: Partial<Static<typeof LearningRateSchedulerOptions>> = {},
): Callback & { state(): SchedulerState; restore(state: SchedulerState): void } {
  const { by } = resolveOptions(LearningRateSchedulerOptions, options);
  if (typeof schedule !== 'number' && typeof schedule !== 'function') {
    throw new InputError(`a schedule must be a number or a function, came ${JSON.stringify(schedule)}`);
  }
  const rateAt: CallbackSchedule = typeof schedule === 'number' ? () => schedule : schedule;
  let step = 0;
  let said = false;
  const apply = (optimizer: Parameters<typeof setLearningRate>[0], at: number) => {
    const before = learningRateOf(optimizer);
    const rate: unknown = rateAt(at, before);
    checkRate(rate, `the learning rate that the schedule gives for ${by} ${at}`);
    if (rate !== before) setLearningRate(optimizer, rate);
    if (!rateAt.momentum || setMomentum(optimizer, rateAt.momentum(at)) || said) return;
    said = true;
    const { name = optimizer.getClassName() } = optimizer as Partial<RuleOptimizer>;
    console.warn(`learningRateScheduler: ${name} has no momentum, so the schedule moves the learning rate alone`);
  };
  return trainingCallback(
    'learningRateScheduler',
    {
      // Fails before an epoch is spent, where the rate cannot be set.
      trainBegin: ({ optimizer }) => setLearningRate(optimizer, learningRateOf(optimizer)),
      ...(by === 'epoch' && { epochBegin: ({ optimizer }, epoch) => apply(optimizer, epoch) }),
      ...(by === 'step' && { batchBegin: ({ optimizer }) => apply(optimizer, step++) }),
      epochEnd({ optimizer }, _, logs) {
        logs.learning_rate = learningRateOf(optimizer);
      },
    },
    {
      state: () => ({ step }),
      restore(state: SchedulerState) {
        step = state.step;
      },
    },
  );
}
