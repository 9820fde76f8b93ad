import type { Callback } from '@tensorflow/tfjs-layers';
import type { TObject } from 'typebox';
import * as Type from 'typebox';
import { EarlyStoppingOptions, earlyStopping } from './early-stopping.js';
import { LearningRateFinderOptions } from './learning-rate-finder-options.js';
import { LearningRateMonitorOptions, learningRateMonitor } from './learning-rate-monitor.js';
import { LearningRateSchedulerOptions } from './learning-rate-scheduler.js';
import { ReduceLROnPlateauOptions, reduceLROnPlateau } from './reduce-lr-on-plateau.js';
import { TerminateOnNaNOptions, terminateOnNaN } from './terminate-on-nan.js';
import { WarmUpOptions, warmUp } from './warm-up.js';

/** An entry of the table of callbacks. */
export interface CallbackKind {
  /** The function that makes one. */
  readonly name: string;
  /** One line for the docs. */
  readonly summary: string;
  /** Every option with its default, range and description. */
  readonly options: TObject;
  /** Its text form, such as `early-stopping(patience=5)`; missing where text cannot express what it needs. */
  readonly text?: CallbackText;
  /** How it stands in a comparison; a text says why it does not. */
  readonly compared: ComparedCallback | string;
}

/** What a comparison must know of a callback that may be part of a trial. */
export interface ComparedCallback {
  /** What it counts. One that counts epochs needs trainings whose length is given in epochs. */
  readonly counts: 'epochs' | 'steps';
  /** Whether it sets the rate, which no schedule may then decide. */
  readonly setsRate: boolean;
  /** Steps that it takes to do all that it does, by its options; missing where it acts at any time. */
  readonly steps?: (options: Readonly<Record<string, unknown>>) => number;
}

/** The text form of a callback. */
export interface CallbackText {
  readonly name: string;
  /** Every parameter with its range; the first may be given without its name. */
  readonly parameters: TObject;
  /** @param parameters checked against the schema, defaults not filled in */
  readonly make: (parameters: Readonly<Record<string, unknown>>) => Callback;
}

/** Every callback for `model.fit`, in the order in which to list them when several are used. Add one as a file and an entry here. */
export const callbackKinds: readonly CallbackKind[] = [
  {
    name: 'learningRateScheduler',
    summary: 'sets the rate, and the momentum with it, by a schedule of epochs or steps',
    options: LearningRateSchedulerOptions,
    compared: 'a schedule of steps is a learning rate of its own: give it as learningRate',
  },
  {
    name: 'warmUp',
    summary: 'raises the rate over the first steps',
    options: WarmUpOptions,
    text: {
      name: 'warm-up',
      parameters: Type.Object(
        {
          steps: Type.Integer({ minimum: 1, description: 'steps with less than the full rate' }),
          ...WarmUpOptions.properties,
        },
        { additionalProperties: false },
      ),
      make: ({ steps, ...options }) => warmUp(steps as number, options),
    },
    compared: { counts: 'steps', setsRate: true, steps: ({ steps }) => steps as number },
  },
  {
    name: 'reduceLROnPlateau',
    summary: 'reduces the rate when a metric has stopped improving',
    options: ReduceLROnPlateauOptions,
    text: { name: 'reduce-lr-on-plateau', parameters: ReduceLROnPlateauOptions, make: reduceLROnPlateau },
    compared: { counts: 'epochs', setsRate: true },
  },
  {
    name: 'learningRateMonitor',
    summary: 'records or prints the rate of each epoch or step',
    options: LearningRateMonitorOptions,
    text: { name: 'learning-rate-monitor', parameters: LearningRateMonitorOptions, make: learningRateMonitor },
    compared: 'it changes no training, and the result of a comparison has the rates',
  },
  {
    name: 'learningRateFinder',
    summary: 'searches for the rate again every few epochs',
    options: LearningRateFinderOptions,
    compared: 'it searches in the middle of a training, and the other trials are there to find the rate',
  },
  {
    name: 'terminateOnNaN',
    summary: 'ends the training when the loss is not finite',
    options: TerminateOnNaNOptions,
    text: { name: 'terminate-on-nan', parameters: TerminateOnNaNOptions, make: terminateOnNaN },
    compared: 'a comparison ends every training whose loss is not finite',
  },
  {
    name: 'earlyStopping',
    summary: 'ends the training when a metric has stopped improving',
    options: EarlyStoppingOptions,
    text: { name: 'early-stopping', parameters: EarlyStoppingOptions, make: earlyStopping },
    compared: { counts: 'epochs', setsRate: false },
  },
];
