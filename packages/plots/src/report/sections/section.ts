import type { Result } from '@lrfind/core/results';
import type { FunctionComponent } from 'preact';
import type { Level } from '../parts/text.js';

/** A result, and what else is known about it. */
export interface ReportedResult<Shown extends Result = Result> {
  readonly result: Shown;
  /** Name of the file that it was read from. */
  readonly file?: string | undefined;
  /** The command line that reproduces it; without one the report says that a program made the result. */
  readonly command?: string | undefined;
  /** Lines of code that use the suggested rate. */
  readonly code?: string | undefined;
}

/** The answer: a sentence that is complete on its own, and further ones. */
export interface Answer {
  readonly lead: string;
  readonly rest: readonly string[];
}

/** A part of a result's section. */
export type Part<Shown extends Result> = FunctionComponent<ReportedResult<Shown> & { level: Level }>;

/** The section of a report for results of one format. Its figures are the charts of that format. */
export interface ResultSection<Shown extends Result = Result> {
  /** Heading of the section, and of a page with one result. */
  title(result: Shown): string;
  answer(result: Shown): Answer;
  /** The model, the rows and how it was trained, in a line. */
  subtitle(result: Shown): string;
  /** The table between the answer and the figures. */
  readonly Ranking?: Part<Shown>;
  /** Everything below the figures, before options and environment. */
  readonly Details: Part<Shown>;
}
