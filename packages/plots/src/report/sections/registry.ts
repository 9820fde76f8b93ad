import type { Result, ResultOf } from '@lrfind/core/results';
import { comparison } from './comparison.js';
import type { ResultSection } from './section.js';
import { sweep } from './sweep.js';
import { training } from './training.js';

/** The section of each kind of result, by its format. Add one as a file and an entry here. */
export const sections: { readonly [Format in Result['format']]: ResultSection<ResultOf<Format>> } = {
  'lrfind-sweep': sweep,
  'lrfind-training': training,
  'lrfind-comparison': comparison,
};

/** The section of a result. */
export function sectionOf({ format }: Result): ResultSection {
  // TypeScript cannot follow that an entry takes the results of its own format.
  return sections[format] as unknown as ResultSection;
}
