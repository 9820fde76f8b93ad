import type { FunctionComponent } from 'preact';
import type { Level } from '../parts/heading.js';
import type { ReportedResult, ReportResult } from '../result.js';

/** The answer: the first sentence, which stands for itself, and what belongs to it. */
export interface Answer {
  lead: string;
  rest: readonly string[];
}

/** How a part of a result's section looks. */
export type Part<Result extends ReportResult> = FunctionComponent<ReportedResult<Result> & { level: Level }>;

/** How a kind of result is told: a new kind is a file and a row in `index.ts`. */
export interface ResultKind<Result extends ReportResult> {
  /** heading of its section, and of the page where it is alone */
  title: (result: Result) => string;
  answer: (result: Result) => Answer;
  /** what was trained, in a line */
  subject: (result: Result) => string;
  /** what stands between the answer and the figure */
  Ranking?: Part<Result>;
  /** what stands below the figure, before options and environment */
  Details: Part<Result>;
}
