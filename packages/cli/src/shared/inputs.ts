import { stat } from 'node:fs/promises';
import { tableSource } from '@lrfind/data/node';
import type { ModelFile } from '@lrfind/finder';
import { filesOfModel, refuseMissing, scanSource } from '../files/read-inputs.js';
import type { NamedFile } from '../files/same-file.js';
import { stoppable } from '../files/stoppable-source.js';
import { flagName } from './flags.js';
import { type Sampling, type TableOptions, type TablePaths, type Tables, tablesOf } from './tables.js';

/** Tables that are being read while something else is done. */
export interface TablesInReading extends AsyncDisposable {
  /**
   * The tables, once they are read.
   *
   * @param model whose input gives images their shape
   */
  readonly read: (model: ModelFile['model'] | undefined) => Promise<Tables>;
}

/**
 * Begins to read the tables, so that the backend can be opened and the model built in the meantime. Only a file can be begun, since
 * images need the model, and what comes from a pipe may come much later. Disposing of it stops the reading and frees what was read.
 *
 * Options and sampling are those of `tablesOf`.
 */
export async function beginTables(
  paths: TablePaths,
  options: TableOptions,
  sampling: Sampling,
): Promise<TablesInReading> {
  const stop = new AbortController();
  const begin = (model?: ModelFile['model']) => readTables(paths, options, sampling, model, stop.signal);
  const isFile = await stat(paths.data).then(
    (found) => found.isFile(),
    () => false,
  );
  let reading = isFile && options.query === undefined ? begin() : undefined;
  // Whoever reads the tables gets the error.
  reading?.catch(() => {});
  return {
    read: (model) => (reading ??= begin(model)),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading?.then(
        (tables) => tables[Symbol.asyncDispose](),
        () => {},
      );
    },
  };
}

/**
 * Reads the tables at their paths, as `tablesOf` does.
 *
 * @param signal stops the reading
 */
export function readTables(
  paths: TablePaths,
  options: TableOptions,
  sampling?: Sampling,
  model?: ModelFile['model'],
  signal?: AbortSignal,
): Promise<Tables> {
  const source = (path: string) => (signal ? stoppable(tableSource(path), signal) : tableSource(path));
  return tablesOf({ source, scan: scanSource }, paths, options, sampling, model);
}

/**
 * Every file that a command with a model reads: that of each model, those of its weights, and the tables.
 *
 * @throws InputError for one that is missing, before a backend is opened for it
 */
export async function inputFiles(
  models: readonly string[],
  tables: {
    readonly weights?: string | undefined;
    readonly data: string;
    readonly validation?: string | undefined;
    readonly test?: string | undefined;
  },
): Promise<NamedFile[]> {
  const { weights, data, validation, test } = tables;
  for (const path of [...models, weights === 'none' ? undefined : weights, data, validation, test])
    if (path !== undefined) await refuseMissing(path);
  const ofModels = await Promise.all(models.map((path) => filesOfModel(path, '--model')));
  const ofTables = (['data', 'validation', 'test'] as const).flatMap((name) => {
    const path = tables[name];
    return path === undefined ? [] : [{ option: flagName(name), path }];
  });
  const ofWeights = weights === undefined || weights === 'none' ? [] : [{ option: '--weights', path: weights }];
  return [...ofModels.flat(), ...ofWeights, ...ofTables];
}
