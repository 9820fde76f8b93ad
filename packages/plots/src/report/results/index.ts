import type { ByFormat, ReportResult, ResultOf } from '../result.js';
import { comparison } from './comparison.js';
import type { ResultKind } from './kind.js';
import { sweep } from './sweep.js';
import { training } from './training.js';

/** How each kind of document is told, by its format. */
export const resultKinds: ByFormat<{ [Format in ReportResult['format']]: ResultKind<ResultOf<Format>> }> = {
  'lrfind-run': sweep,
  'lrfind-training': training,
  'lrfind-comparison': comparison,
};

/** How a document is told. */
export function kindOf({ format }: ReportResult): ResultKind<ReportResult> {
  // The row of a document's format takes documents of that format, which the compiler cannot follow.
  return resultKinds[format] as unknown as ResultKind<ReportResult>;
}
