import { search, searchSettings } from 'lrfind/src/find/search.js';
import { showSearch } from 'lrfind/src/live/search-page.js';
import type { Start } from './run.js';

/** The work of `lrfind find`. */
export const startFind: Start = (flags) => {
  const told = searchSettings(flags);
  return ({ file, tables, page, signal }) =>
    search(told, {
      file,
      tables: () => tables({ seed: told.sweep.seed, keepRows: false }, told.files),
      notes: [],
      ...showSearch(page, told.sweep),
      signal,
    });
};
