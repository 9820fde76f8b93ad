import type { ByteSource, ReadTableOptions, Table, TableSource } from '@lrfind/data';
import type { ModelFile, ReadModelOptions } from '@lrfind/finder';

/**
 * Reads a table: CSV as it comes or another format, also packed. The first call loads the formats, which are a part of their own beside
 * the module.
 *
 * @param source of `bytesSource`
 * @param options how to read it
 * @throws InputError naming the file, and the row, line and column if there is one, when it is not a table or breaks a rule of its format
 *
 * @example
 * const table = await readTable(bytesSource(file.name, file));
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  const formats = await import('./formats.js');
  return formats.readTable(source, options);
}

/**
 * Reads a model of TensorFlow.js or Keras. The first call loads the formats, which are a part of their own beside the module.
 *
 * @param source of `bytesSource`, with the files of the weights among its others
 * @param options `weights: 'none'` leaves the weights of the file out
 * @throws InputError naming the file, when it is not a model, holds code, or does not fit its weights
 *
 * @example
 * const { model } = await readModel(bytesSource('model.json', files['model.json'], files));
 */
export async function readModel(source: ByteSource, options: ReadModelOptions = {}): Promise<ModelFile> {
  const formats = await import('./formats.js');
  return formats.readModel(source, options);
}
