import { InputError, notAllowed } from '../errors.js';
import { type PeakSchedule, peakSchedule } from '../schedules/peak-schedule.js';
import type { SweepOptions } from './options.js';

/** The options that say which training a rate is for. */
export type IntendedTraining = Pick<SweepOptions, 'for' | 'verify' | 'epochs' | 'trainingSteps'>;

/**
 * Checks the options that say which training a rate is for, and reads the schedules of `for`.
 *
 * @param label what messages call an option; by default its name
 * @returns the schedules; undefined without `for`
 * @throws InputError for two lengths, for a text that is no schedule without its rate, for the same schedule twice, for schedules without
 *   the length of the training, and for `for` where nothing is to be tried
 */
export function peakSchedules(
  { for: texts, verify, epochs, trainingSteps }: IntendedTraining,
  label: (name: string) => string = (name) => name,
): readonly PeakSchedule[] | undefined {
  if (epochs !== undefined && trainingSteps !== undefined)
    throw new InputError(
      `${label('epochs')} must be left out where ${label('trainingSteps')} is given; got ${epochs} and ${trainingSteps}`,
    );
  if (texts === undefined) return undefined;
  if (texts.length === 0) throw notAllowed(label('for'), 'at least one schedule', texts);
  const schedules = texts.map((text) => peakSchedule(text, label('for')));
  const twice = schedules.find(({ text }, i) => schedules.findIndex((each) => each.text === text) < i);
  if (twice) throw new InputError(`${label('for')} must have each schedule once; got ${twice.text} twice`);
  if (verify === false)
    throw new InputError(
      `${label('verify')} must not be off where ${label('for')} is given: a peak rate is tried, not derived`,
    );
  const scheduled = schedules.find(({ isConstant }) => !isConstant);
  if (scheduled && epochs === undefined && trainingSteps === undefined)
    throw new InputError(
      `${label('epochs')} or ${label('trainingSteps')} must be given where ${label('for')} is ${scheduled.text}: its peak depends on the length of the training`,
    );
  return schedules;
}

/**
 * Steps of the training that a rate is for.
 *
 * @param rows that it trains on
 * @returns null where the options do not say
 */
export function intendedSteps(
  { epochs, trainingSteps, batchSize }: Pick<SweepOptions, 'epochs' | 'trainingSteps' | 'batchSize'>,
  rows: number,
): number | null {
  if (trainingSteps !== undefined) return trainingSteps;
  return epochs === undefined ? null : epochs * Math.ceil(rows / batchSize);
}
