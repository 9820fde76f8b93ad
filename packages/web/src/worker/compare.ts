import { compareOn, comparisonSettings } from 'lrfind/src/compare/comparison.js';
import { showComparison } from 'lrfind/src/live/comparison-page.js';
import type { Start } from './run.js';

/** The work of `lrfind compare`. */
export const startCompare: Start = (flags) => {
  const told = comparisonSettings({ ...flags, model: [flags.model] });
  return ({ file, tables, page, signal }) =>
    compareOn(told, {
      files: [file],
      tables: () => tables({ seed: told.settings.seed, keepRows: true }, told.files),
      notes: [],
      onEvaluation: showComparison(page, told.epochs),
      signal,
    });
};
