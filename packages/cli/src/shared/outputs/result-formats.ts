import type { Result } from '../../files/read-result.js';
import { comparisonFormats } from '../../compare/formats.js';
import type { DrawnResult } from './render-input.js';
import type { Formats } from './output-files.js';
import { runFormats } from '../../find/formats.js';
import { trainingFormats } from '../../train/formats.js';

/** The forms of each kind of result, by the document's format. */
const resultFormats: {
  readonly [Format in Result['format']]: Formats<DrawnResult<Extract<Result, { format: Format }>>>;
} = {
  'lrfind-run': runFormats,
  'lrfind-training': trainingFormats,
  'lrfind-comparison': comparisonFormats,
};

/** The forms in which a result can be written, by file extension. */
export function formatsOf<Kind extends Result>({ format }: Kind): Formats<DrawnResult<Kind>> {
  // The table has for each format the forms of its own kind, which the compiler cannot follow.
  return resultFormats[format] as Formats<never> as Formats<DrawnResult<Kind>>;
}
