import { InputError } from '@lrfind/core';
import { parseSchedule, type Schedule } from '@lrfind/core/schedules';

/**
 * A learning rate as `--lr` gives it.
 *
 * @throws InputError for what is neither a number of at least 0 nor `find`
 */
export function rateFlag(text: string): number | 'find' {
  const trimmed = text.trim();
  if (trimmed === 'find') return 'find';
  const rate = Number(trimmed);
  if (trimmed !== '' && rate >= 0 && rate < Infinity) return rate;
  const hint = trimmed.includes('(') ? '; a schedule is given with --schedule' : '';
  throw new InputError(`--lr must be a number of at least 0, or find; got "${text}"${hint}`);
}

/**
 * A schedule as `--schedule` gives it.
 *
 * @throws InputError with a mark under the place that is wrong
 */
export function scheduleFlag(text: string): Schedule {
  try {
    return parseSchedule(text);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`--schedule: ${error.message}`) : error;
  }
}
