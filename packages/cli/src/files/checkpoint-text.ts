import { checksumOfText, firstDifference, InputError, isObject, notAllowed, parseJson } from '@lrfind/core';
import { type CheckpointHeader, checkTrainingCheckpoint, type TrainingCheckpoint } from '@lrfind/core/study';

const FORMAT = 'lrfind-checkpoint';
const VERSION = 1;

/** The text of the file of a checkpoint: one object of JSON, with a checksum of the training. */
export function checkpointText(header: CheckpointHeader, training: TrainingCheckpoint): string {
  const text = JSON.stringify(training);
  const head = JSON.stringify({ format: FORMAT, version: VERSION, header, checksum: checksumOfText(text) });
  return `${head.slice(0, -1)},"checkpoint":${text}}\n`;
}

/**
 * Reads the text of the file of a checkpoint.
 *
 * @param path of the file, for messages
 * @param header of the training that is to resume it
 * @throws InputError for a file that is damaged, with the place, and for the checkpoint of another training, with the first
 *   difference
 */
export function parseCheckpoint(path: string, text: string, header: CheckpointHeader): TrainingCheckpoint {
  const damaged = (detail: string) =>
    new InputError(`the checkpoint is damaged: ${detail}: delete its folder to start again`);
  let found: unknown;
  try {
    found = parseJson(text, path);
  } catch (error) {
    throw damaged((error as Error).message);
  }
  if (!isObject(found) || found.format !== FORMAT)
    throw new InputError(`${path} must be the state of a training, with /format "${FORMAT}"`);
  if (found.version !== VERSION)
    throw notAllowed(`${path}: /version`, `${VERSION}, as this lrfind writes it`, found.version);
  if (!isObject(found.header)) throw damaged(notAllowed(`${path}: /header`, 'an object', found.header).message);
  const difference = firstDifference(found.header, JSON.parse(JSON.stringify(header)));
  if (difference)
    throw new InputError(
      `the checkpoint ${path} must be of the same training; ${difference}: use the same options, or delete its folder`,
    );
  try {
    const checkpoint = checkTrainingCheckpoint(found.checkpoint, path, '/checkpoint');
    // JSON of what was read is the text that was written, since numbers are written in their shortest form.
    if (checksumOfText(JSON.stringify(found.checkpoint)) !== found.checksum)
      throw new InputError(`${path}: /checkpoint does not have the checksum ${found.checksum}`);
    return checkpoint;
  } catch (error) {
    throw error instanceof InputError ? damaged(error.message) : error;
  }
}
