import { InputError } from '@lrfind/core';
import { parseSchedule, peakSchedule, scheduleToBeFound } from '@lrfind/core/schedules';
import { named } from './flags.js';

/**
 * A learning rate as `--lr` gives it.
 *
 * @throws InputError for a value that is neither a number at least 0 nor `find`
 */
export function rateFlag(text: string): number | 'find' {
  const trimmed = text.trim();
  if (trimmed === 'find') return 'find';
  const rate = Number(trimmed);
  if (trimmed !== '' && rate >= 0 && rate < Infinity) return rate;
  const hint = trimmed.includes('(')
    ? '; use --schedule for a schedule'
    : trimmed.includes('..')
      ? '; lrfind compare --search takes a range'
      : '';
  throw new InputError(`--lr must be a number at least 0, or find; got "${text}"${hint}`);
}

/**
 * The schedule of `--lr find --schedule cosine`, as a text in which `find` stands for the rate.
 *
 * @throws InputError for a schedule with a rate, or that no single rate scales
 */
export function foundScheduleFlag(text: string): string {
  return peakSchedule(text, '--schedule').toBeFound;
}

/** Stands for the length of a training, which is not known before its table is read. Any schedule fits into it. */
const SOME_LENGTH = 1e9;

/**
 * A schedule as `--schedule` gives it, checked. It stays a text, because its steps may depend on the training.
 *
 * @throws InputError with the text and a mark under the error
 */
export function scheduleFlag(text: string): string {
  named('--schedule', () => scheduleToBeFound(text) ?? parseSchedule(text, SOME_LENGTH));
  return text;
}
