import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';

/** Any document that a report can show. */
export type ReportResult = SweepResult | TrainingResult | Comparison;

/** A document and what is known about it besides. */
export interface ReportedResult<Result extends ReportResult = ReportResult> {
  readonly result: Result;
  /** name of the file that it was read from */
  readonly file?: string | undefined;
  /** the command line that makes it again; without one the report says that a program made it */
  readonly command?: string | undefined;
  /** lines of code that use the answer */
  readonly code?: string | undefined;
}

/** Something for each kind of document, by its format. */
export type ByFormat<Row extends { [Format in ReportResult['format']]: unknown }> = {
  readonly [Format in ReportResult['format']]: Row[Format];
};

/** The document of a format. */
export type ResultOf<Format extends ReportResult['format']> = Extract<ReportResult, { format: Format }>;
