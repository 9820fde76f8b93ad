import { type ReadTableOptions, readTable as readTableFrom, type Table } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import { type ModelFile, readModel as readModelFrom } from '@lrfind/finder';

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
