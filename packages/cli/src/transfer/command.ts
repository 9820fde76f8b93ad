import { InputError, notAllowed, rateText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { TRANSFER_LIMITS, type TransferredRate, transferRate } from '@lrfind/core/study';
import { readResult } from '../files/read-result.js';
import { flagOptions } from '../shared/flag-values.js';
import { flagName } from '../shared/flags.js';
import { summaryText } from '../shared/terminal/text.js';
import { TransferChange, TransferOutput } from './options.js';

/** The batch size of a result that does not name it: the default of a search. */
const DEFAULT_BATCH_SIZE = 32;

/**
 * `lrfind transfer sweep.json --batch-size 256`: the rate of a search for a training with another batch size, width or length.
 *
 * @throws InputError for a file that is not the result of a search, or has no suggestion; where nothing changes; for a change or an
 *   optimizer of which nothing was measured
 */
export async function transfer(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { batchSize, ...times } = flagOptions(TransferChange, flags);
  const { json } = flagOptions(TransferOutput, flags);
  const { setup, options, suggestion, reason } = await searchOf(path);
  if (!suggestion) throw new InputError(`${path} must have a suggestion; got none${reason ? `: ${reason}` : ''}`);
  const own = Number(options.batchSize ?? DEFAULT_BATCH_SIZE);
  const [fewest, most] = TRANSFER_LIMITS.map((limit) => limit * own) as [number, number];
  if (batchSize !== undefined && !(batchSize >= fewest && batchSize <= most))
    throw notAllowed(
      '--batch-size',
      `${Math.max(1, Math.ceil(fewest))} to ${most}, for a result with batches of ${own} rows`,
      batchSize,
    );
  const change = { ...times, ...(batchSize !== undefined && { batchSize: batchSize / own }) };
  if (Object.values(change).every((by) => by === undefined))
    throw new InputError(`one of ${Object.keys(TransferChange.properties).map(flagName).join(', ')} must be given`);
  const transferred = transferRate(suggestion.learningRate, change, setup.optimizer.name);
  process.stdout.write(
    json ? `${JSON.stringify(transferred, null, 1)}\n` : summaryOf(suggestion.learningRate, transferred),
  );
}

async function searchOf(path: string): Promise<SweepResult> {
  const result = await readResult(path);
  if (result.format === 'lrfind-sweep') return result;
  throw new InputError(`${path} must be a result of lrfind find; got a result of the format ${result.format}`);
}

function summaryOf(from: number, { learningRate, factor, notes }: TransferredRate): string {
  const answer =
    learningRate === null || factor === null
      ? `learning rate   no advice; that of the result is ${rateText(from)}`
      : `learning rate   ${rateText(learningRate)}   (${rateText(learningRate / from)} times ${rateText(from)}; within a factor of ${rateText(factor)} in 80 % of networks)`;
  return summaryText([answer, notes.join('\n')]);
}
