import { showSearch } from 'lrfind/src/live/search-page.js';
import { showTraining } from 'lrfind/src/live/training-page.js';
import { trainingSettings, trainOn } from 'lrfind/src/train/training.js';
import type { Start } from './run.js';

/** The work of `lrfind train`. */
export const startTrain: Start = (flags) => {
  const told = trainingSettings(flags);
  return ({ file, tables, page, signal }) => {
    const searched = showSearch(page);
    return trainOn(told, {
      file,
      tables: () => tables({ seed: told.settings.seed, keepRows: true }, told.files),
      notes: [],
      onSearchStep: searched.onStep,
      onTry: searched.onTry,
      ...showTraining(page, told.settings.epochs),
      signal,
    });
  };
};
