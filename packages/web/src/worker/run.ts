import { setWebGpuImport, useBackend } from '@lrfind/backends';
import type { Result } from '@lrfind/core/results';
import { compareOn, comparisonSettings } from 'lrfind/src/compare/comparison.js';
import { search, searchSettings } from 'lrfind/src/find/search.js';
import type { BatchedUpdates } from 'lrfind/src/live/batched-updates.js';
import { showComparison } from 'lrfind/src/live/comparison-page.js';
import { showSearch } from 'lrfind/src/live/search-page.js';
import { showTraining } from 'lrfind/src/live/training-page.js';
import { type Sampling, tablesOf } from 'lrfind/src/shared/tables.js';
import { trainingSettings, trainOn } from 'lrfind/src/train/training.js';
import type { CommandName, Inputs } from '../protocol.js';
import { PLAIN_MODEL, prepare, readerOf } from './inputs.js';

// Loaded only where a graphics processor is measured.
setWebGpuImport(() => import('@tensorflow/tfjs-backend-webgpu'));

/** Opens WebAssembly, whose files are next to the page. A search or training may move to a graphics processor that is faster for it. */
export function openBackend() {
  return useBackend('auto', { wasmPaths: new URL('wasm/', location.href).href, byPace: true });
}

/**
 * Does what the command of that name does with the same model, table and options.
 *
 * @param flags as the command line collects them
 * @param page is told of each step
 * @throws InputError for anything that the visitor can correct; the signal's reason when it is aborted
 */
export async function run(
  command: CommandName,
  inputs: Inputs,
  flags: Readonly<Record<string, unknown>>,
  page: BatchedUpdates,
  signal: AbortSignal,
): Promise<Result> {
  const { net: _, ...own } = flags;
  const paths = { model: inputs.model?.name ?? PLAIN_MODEL, data: inputs.table?.name ?? '' };
  const given = { ...own, ...paths };
  const settings = {
    find: () => searchSettings(given),
    train: () => trainingSettings(given),
    compare: () => comparisonSettings({ ...given, model: [paths.model] }),
  };
  // What is wrong with the options is said before anything is read.
  settings[command]();
  await openBackend();
  const { file, description } = await prepare(inputs, { ...flags, data: paths.data });
  const [misfit] = description.misfits;
  if (!file) throw new Error(`${misfit?.problem}; ${misfit?.answer}`);
  const tables = (sampling: Sampling, options: Parameters<typeof tablesOf>[2]) =>
    tablesOf(readerOf(inputs), paths, options, sampling, file.model);
  try {
    if (command === 'find') {
      const told = settings.find();
      const found = await search(told, {
        file,
        tables: () => tables({ seed: told.sweep.seed, keepRows: false }, told.files),
        notes: [],
        ...showSearch(page, told.sweep),
        signal,
      });
      return onItsBackend(found);
    }
    if (command === 'train') {
      const told = settings.train();
      const searched = showSearch(page);
      const trained = await trainOn(told, {
        file,
        tables: () => tables({ seed: told.settings.seed, keepRows: true }, told.files),
        notes: [],
        onSearchStep: searched.onStep,
        onTry: searched.onTry,
        ...showTraining(page, told.settings.epochs),
        signal,
      });
      return onItsBackend(trained);
    }
    const told = settings.compare();
    const compared = await compareOn(told, {
      files: [file],
      tables: () => tables({ seed: told.settings.seed, keepRows: true }, told.files),
      notes: [],
      onEvaluation: showComparison(page, told.epochs),
      signal,
    });
    return onItsBackend(compared);
  } finally {
    file.model.dispose();
  }
}

/** A result whose options name the backend that computed it, so that repeating them does not choose once more. */
function onItsBackend<Of extends Result>(result: Of): Of {
  return { ...result, options: { ...result.options, backend: result.environment.backend } };
}
