import { parseJson } from '@lrfind/core';
import { parseResult, type Result } from '@lrfind/core/results';
import { decodeText, readDocument } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';

/**
 * Reads a result that `lrfind` or `saveResult` wrote as JSON: of a sweep, a training or a comparison, as its `format` says.
 *
 * @throws InputError for a file that cannot be read, is not JSON, is not a result, or is damaged
 *
 * @example
 * const result = await readResult('sweep.json');
 * if (result.format === 'lrfind-sweep') console.log(result.suggestion);
 */
export async function readResult(path: string): Promise<Result> {
  return parseResult(await readJson(path), path);
}

/**
 * Reads a JSON file.
 *
 * @throws InputError for a file that cannot be read or is not JSON
 */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(decodeText(await readDocument(fileSource(path))), path);
}
