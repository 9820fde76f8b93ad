import type { TObject } from 'typebox';
import { EarlyStoppingOptions } from './early-stopping.js';
import { LearningRateMonitorOptions } from './learning-rate-monitor.js';
import { LearningRateSchedulerOptions } from './learning-rate-scheduler.js';
import { ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';
import { TerminateOnNaNOptions } from './terminate-on-nan.js';
import { WarmUpOptions } from './warm-up.js';

/** A row of the table of callbacks. */
export interface CallbackKind {
  /** The function that makes one. */
  readonly name: string;
  /** One line for the docs. */
  readonly summary: string;
  /** Every option with its default, range and description. */
  readonly options: TObject;
}

/** Every callback for `model.fit`, in the order in which they stand in its list when several are used. */
export const callbackKinds: readonly CallbackKind[] = [
  {
    name: 'learningRateScheduler',
    summary: 'sets the rate, and the momentum with it, by a schedule of epochs or steps',
    options: LearningRateSchedulerOptions,
  },
  {
    name: 'warmUp',
    summary: 'raises the rate over the first steps',
    options: WarmUpOptions,
  },
  {
    name: 'reduceLROnPlateau',
    summary: 'reduces the rate when a metric has stopped improving',
    options: ReduceLROnPlateauOptions,
  },
  {
    name: 'learningRateMonitor',
    summary: 'records or prints the rate, whoever sets it',
    options: LearningRateMonitorOptions,
  },
  {
    name: 'terminateOnNaN',
    summary: 'ends the training when the loss is not finite',
    options: TerminateOnNaNOptions,
  },
  {
    name: 'earlyStopping',
    summary: 'ends the training when a metric has stopped improving',
    options: EarlyStoppingOptions,
  },
];
