import { InputError } from '@lrfind/core';
import {
  type ReadTableOptions,
  readTable as readTableFrom,
  type ScanTableOptions,
  scanTable as scanTableFrom,
  type Table,
} from '@lrfind/data';
import { diskStore, fileSource, memoryLimit } from '@lrfind/data/node';
import { type ModelFile, modelParts, readModel as readModelFrom } from '@lrfind/finder';
import type { NamedFile } from './same-file.js';

/**
 * Reads a model file: a TensorFlow.js layers model, `model.json` with its weights next to it or without any.
 *
 * @throws InputError for a file that cannot be read or is not a model, and for a layer or weights that cannot be used
 *
 * @example
 * const { model, hasWeights } = await readModel('model.json');
 */
export function readModel(path: string): Promise<ModelFile> {
  return readModelFrom(fileSource(path));
}

/**
 * Reads a table with a header: CSV or TSV, also packed with gzip.
 *
 * @throws InputError naming the file, and line, row and column where there is one
 *
 * @example
 * const table = await readTable('data.csv', { categorical: ['postcode'] });
 */
export function readTable(path: string, options: ReadTableOptions = {}): Promise<Table> {
  return readTableFrom(fileSource(path), options);
}

/** Bytes that the rows of a table may take by default, where the machine has four times as many. */
const MEMORY = 1e9;

/** How `scanTable` reads a table. */
export interface ScanOptions extends Omit<ScanTableOptions, 'store' | 'memory'> {
  /** Bytes that the rows may take in memory. Default: 1 GB, or a quarter of the machine's memory where that is less. */
  readonly memory?: number | undefined;
  /**
   * Whether all rows of a table that is sampled are kept, in a temporary file, so that `train` and `compare` train on them and
   * not on the sample. Default: no.
   */
  readonly keepRows?: boolean | undefined;
}

/**
 * Reads a table of any length: one that fits into memory as `readTable` does, of a longer one a uniform sample with the
 * statistics of all rows.
 *
 * @throws InputError as `readTable` does, also for rows that are not in the sample, and where the disk has no place for the rows
 *
 * @example
 * const table = await scanTable('large.csv', { target: 'price', missing: 'mean' });
 * const { dataset } = encodeTable(table, model, { target: 'price', missing: 'mean', scale: 'standard' });
 * const { suggestion } = await findLearningRate(model, dataset);
 */
export function scanTable(path: string, { keepRows, memory, ...options }: ScanOptions): Promise<Table> {
  return scanTableFrom(fileSource(path), {
    ...options,
    memory: memory ?? Math.min(MEMORY, memoryLimit() / 4),
    ...(keepRows && { store: () => diskStore(path) }),
  });
}

/**
 * The files that a model is read from: the one that is named, and those of its weights. A file that cannot be read has no
 * others, since reading the model reports it.
 *
 * @param option that names it, for messages
 */
export async function filesOfModel(path: string, option: string): Promise<NamedFile[]> {
  const parts = await modelParts(fileSource(path)).catch((error) => {
    if (error instanceof InputError) return [];
    throw error;
  });
  return [path, ...parts.map(({ name }) => name)].map((each) => ({ option, path: each }));
}
