import { getHeapStatistics } from 'node:v8';
import { InputError, sizeText } from '@lrfind/core';
import { evaluationSteps } from '@lrfind/core/study';
import type { ComparisonSettings } from './comparison.js';

/** Bytes that an evaluation takes in memory: 355 measured without metrics, with Node 20; those of its journal's line as text are fewer. */
const EVALUATION_BYTES = 360;

/** The share of the memory that the evaluations may take: the rest is for trials, the ranking, and what is being computed. */
const SHARE = 0.8;

/**
 * Checks before any work that the measurements of a comparison have room in memory, since its result has them all. With halving most
 * trainings have few evaluations, and nothing is checked.
 *
 * @param limit bytes that Node's heap may take. Default: that of this process
 * @throws InputError where they have none
 */
export function checkRoom(
  { search, combined, settings, epochs }: Pick<ComparisonSettings, 'search' | 'combined' | 'settings' | 'epochs'>,
  limit: number = getHeapStatistics().heap_size_limit,
): void {
  if (settings.halving) return;
  const trials = search?.trials ?? combined.length;
  const evaluations = evaluationSteps({ epochs: epochs ?? 1, steps: settings.steps }, 1).length;
  const bytes = trials * settings.repeats * evaluations * EVALUATION_BYTES;
  if (bytes <= SHARE * limit) return;
  const most = Math.ceil(bytes / SHARE / 2 ** 20 / 100) * 100;
  throw new InputError(
    `a comparison of ${trials} trials with ${settings.repeats} ${settings.repeats === 1 ? 'seed' : 'seeds'} and ${evaluations} evaluations each needs about ${sizeText(bytes)} of memory for what it measures, and Node takes at most ${sizeText(limit)}: compare fewer trials, give Node more (NODE_OPTIONS=--max-old-space-size=${most}), or drop most trials early (--halving)`,
  );
}
