import { getHeapStatistics } from 'node:v8';
import { counted, InputError, sizeText } from '@lrfind/core';
import { evaluationSteps, evaluationsToTake } from '@lrfind/core/study';
import type { ComparisonSettings } from './comparison.js';

/** Bytes that an evaluation takes in memory: 355 measured without metrics, with Node 20; those of its journal's line as text are fewer. */
const EVALUATION_BYTES = 360;

/** The share of the memory that the evaluations may take: the rest is for trials, the ranking, and what is being computed. */
const SHARE = 0.8;

/**
 * Checks before any work that the measurements of a comparison have room in memory, since its result has them all.
 *
 * @param limit bytes that Node's heap may take. Default: that of this process
 * @throws InputError where they have none, and where there are too few evaluations for halving
 */
export function checkRoom(
  { search, combined, settings, epochs }: Pick<ComparisonSettings, 'search' | 'combined' | 'settings' | 'epochs'>,
  limit: number = getHeapStatistics().heap_size_limit,
): void {
  const { halving, repeats } = settings;
  const trials = search?.trials ?? combined.length;
  const evaluations = evaluationSteps({ epochs: epochs ?? 1, steps: settings.steps }, 1).length;
  const bytes = evaluationsToTake(trials, evaluations, halving) * repeats * EVALUATION_BYTES;
  if (bytes <= SHARE * limit) return;
  const most = Math.ceil(bytes / SHARE / 2 ** 20 / 100) * 100;
  throw new InputError(
    `a comparison of ${trials} trials with ${counted(repeats, 'seed')} and ${evaluations} evaluations each${halving ? ', halved,' : ''} needs about ${sizeText(bytes)} of memory for what it measures, and Node takes at most ${sizeText(limit)}: compare fewer trials, ${halving ? 'or ' : ''}give Node more (NODE_OPTIONS=--max-old-space-size=${most})${halving ? '' : ', or drop most trials early (--halving)'}`,
  );
}
