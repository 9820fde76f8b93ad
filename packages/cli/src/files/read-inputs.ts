import { InputError } from '@lrfind/core';
import { type ReadTableOptions, readTable as readTableFrom, type Table } from '@lrfind/data';
import { fileSource, tableSource } from '@lrfind/data/node';
import { type ModelFile, modelParts, readModel as readModelFrom } from '@lrfind/finder';
import { isModelCode, modelFromCode } from './model-code.js';
import type { NamedFile } from './same-file.js';

/**
 * Reads a model: a TensorFlow.js layers model, `model.json` with its weights next to it or without any, or a module in JavaScript
 * or TypeScript that exports a model or a function that builds one, which is run.
 *
 * @throws InputError for a file that cannot be read or is not a model, for a layer or weights that cannot be used, and for an
 *   error of the module's code
 *
 * @example
 * const { model, hasWeights } = await readModel('model.json');
 */
export async function readModel(path: string): Promise<ModelFile> {
  return isModelCode(path) ? modelFromCode(path) : readModelFrom(fileSource(path));
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
