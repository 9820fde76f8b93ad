import { InputError } from '@lrfind/core';
import { type LearningRateChoice } from '@lrfind/finder';
import type { RunOptions } from './options.js';
import { rateFlag, scheduleFlag } from '../shared/learning-rate-flags.js';

/** One combination of what is compared. */
export interface Combination {
  /** Number of the model, from 0. */
  readonly model: number;
  /** Undefined: the model's own, or the default. */
  readonly optimizer: string | undefined;
  readonly batchSize: number | undefined;
  readonly learningRate: LearningRateChoice;
}

/**
 * Every combination of models, optimizers, batch sizes and learning rates; where no rate is given, the one that a sweep finds.
 *
 * @param models how many there are
 * @throws InputError for a rate, a schedule or a batch size that is none, and when there is nothing to compare
 */
export function combinations(models: number, { lr, schedule, optimizer, batchSize }: RunOptions): Combination[] {
  const given: LearningRateChoice[] = [...split(lr).map(rateFlag), ...schedule.map(scheduleFlag)];
  const rates = given.length > 0 ? given : (['find'] as const);
  const all = Array.from({ length: models }, (_, model) => model).flatMap((model) =>
    orNone(split(optimizer)).flatMap((name) =>
      orNone(split(batchSize).map(rowsOf)).flatMap((rows) =>
        rates.map((learningRate) => ({ model, optimizer: name, batchSize: rows, learningRate })),
      ),
    ),
  );
  if (all.length > 1) return all;
  throw new InputError(
    'there is only one run and nothing to compare it with: give several rates (--lr 0.1,0.01), schedules (--schedule), optimizers (--optimizer), batch sizes (--batch-size) or models (--model)',
  );
}

function split(lists: readonly string[]): string[] {
  return lists.flatMap((list) => list.split(',')).map((text) => text.trim());
}

function orNone<Value>(values: readonly Value[]): readonly (Value | undefined)[] {
  return values.length > 0 ? values : [undefined];
}

function rowsOf(text: string): number {
  const rows = Number(text);
  if (text !== '' && Number.isInteger(rows) && rows >= 1) return rows;
  throw new InputError(`--batch-size must be whole numbers of at least 1, separated by commas; got "${text}"`);
}
