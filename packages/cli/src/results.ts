import type { Result, ResultOf } from '@lrfind/core/results';
import { comparisonOutput } from './compare/formats.js';
import { sweepOutput } from './find/formats.js';
import type { ResultOutput } from './shared/outputs/result-output.js';
import { trainingOutput } from './train/formats.js';

/** How each kind of result is printed, written and reproduced, by the document's format. */
export const resultOutputs: { readonly [Format in Result['format']]: ResultOutput<ResultOf<Format>> } = {
  'lrfind-sweep': sweepOutput,
  'lrfind-training': trainingOutput,
  'lrfind-comparison': comparisonOutput,
};

/** The entry for a result. */
export function outputOf(result: Pick<Result, 'format'>): ResultOutput<Result> {
  // Each entry takes its own kind, which the compiler cannot follow through the union.
  return resultOutputs[result.format] as unknown as ResultOutput<Result>;
}
