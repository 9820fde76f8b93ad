import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertOptions, InputError, notAllowed } from '@lrfind/core';
import {
  type ReadTableOptions,
  readTable as readTableFrom,
  type ScanTableOptions,
  scanTable as scanTableFrom,
  type Table,
  type TableSource,
} from '@lrfind/data';
import { diskStore, fileSource, memoryLimit, tableSource } from '@lrfind/data/node';
import { type ModelFile, modelParts, readModel as readModelFrom } from '@lrfind/finder';
import { isModelCode, modelFromCode } from './model-code.js';
import type { NamedFile } from './same-file.js';

/** How `readModel` reads a model. */
export interface ReadModelOptions {
  /** The path of another file that holds the weights, or `'none'` to draw new ones. Default: those that the model names, if any. */
  readonly weights?: string | undefined;
}

/**
 * Reads a model: a TensorFlow.js layers model, `model.json` with its weights next to it or without any, or a module in JavaScript
 * or TypeScript that exports a model or a function that builds one, which is run.
 *
 * @param options `weights`: the path of another file that holds them, such as one of safetensors, or `'none'` to draw new ones
 * @throws InputError for a file that cannot be read or is not a model, for a layer or weights that cannot be used, and for an
 *   error of the module's code
 *
 * @example
 * const { model, hasWeights } = await readModel('model.json');
 */
export async function readModel(path: string, options: ReadModelOptions = {}): Promise<ModelFile> {
  assertOptions(options, ['weights']);
  const { weights } = options;
  if (weights !== undefined && typeof weights !== 'string') throw notAllowed('weights', 'a path or none', weights);
  const from = weights === undefined || weights === 'none' ? weights : fileSource(weights);
  if (isModelCode(path)) return modelFromCode(path, from);
  await refuseFolder(path);
  return readModelFrom(fileSource(path), { weights: from });
}

/** @throws InputError for a folder, with what to name instead */
async function refuseFolder(path: string): Promise<void> {
  const held = await readdir(path).catch((): string[] => []);
  if (held.includes('saved_model.pb'))
    throw new InputError(
      `${path} is a TensorFlow SavedModel: load it in Keras and save it with model.save("model.keras"); tf_keras loads those of Keras 2`,
    );
  const inside = held.find((name) => /^model\.(json|keras|h5)$/.test(name));
  if (inside !== undefined) throw new InputError(`${path} is a directory: name ${join(path, inside)}`);
}

/**
 * Reads a table: a file of any format, also packed, `-` for standard input, a folder of files, or a pattern such as
 * `part-*.csv`, whose files are one table.
 *
 * @throws InputError naming the file, and line, row and column where there is one
 *
 * @example
 * const table = await readTable('data.csv', { categorical: ['postcode'] });
 */
export function readTable(path: string, options: ReadTableOptions = {}): Promise<Table> {
  return readTableFrom(tableSource(path), options);
}

/**
 * Bytes that the rows of a table may take by default, where the machine has four times as many: with Node and TensorFlow, which take
 * 400 MB, a command stays below 1 GB. The 60,000 images of MNIST with their labels are 565 MB.
 */
const MEMORY = 6e8;

/** How `scanTable` reads a table. */
export interface ScanOptions extends Omit<ScanTableOptions, 'store' | 'memory'> {
  /** Bytes that the rows may take in memory. Default: 600 MB, or a quarter of the machine's memory where that is less. */
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
 * const table = await scanTable('data.csv', { target: 'price', missing: 'mean' });
 * const { dataset } = encodeTable(table, model, { target: 'price', missing: 'mean', scale: 'standard' });
 * const { suggestion } = await findLearningRate(model, dataset);
 */
export function scanTable(path: string, options: ScanOptions): Promise<Table> {
  return scanSource(tableSource(path), options);
}

/** As `scanTable`, from a source of the table. */
export function scanSource(source: TableSource, { keepRows, memory, ...options }: ScanOptions): Promise<Table> {
  return scanTableFrom(source, {
    ...options,
    memory: memory ?? Math.min(MEMORY, memoryLimit() / 4),
    ...(keepRows && { store: () => diskStore(source.name) }),
  });
}

/**
 * Refuses a path at which there is nothing, with the message that reading it would give.
 *
 * @param path of a file or folder, a pattern, or `-`
 */
export async function refuseMissing(path: string): Promise<void> {
  const isThere =
    path === '-' ||
    (await stat(path).then(
      () => true,
      () => false,
    ));
  if (isThere || (await tableSource(path).parts?.()) !== undefined) return;
  await fileSource(path).size();
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
