import type * as Type from 'typebox';
import type { TrackedResult } from './tracked-result.js';

/** A kind of tracker: where other programs show the runs of trainings. */
export interface TrackerKind {
  /** The option that turns it on, as flags are declared. */
  readonly option: Type.TSchema;
  /**
   * Checks before any work that the runs can be stored there. Stores nothing yet.
   *
   * @param place what the option was given
   * @param flag the option's name, for messages
   * @throws InputError where they cannot
   */
  open(place: string, flag: string): Promise<Tracker>;
}

/**
 * Stores the runs of a result, always as new ones: first the numbers, then the picture, so that one that cannot be drawn costs
 * nothing else.
 *
 * @returns where they are, for a message
 * @throws InputError for what cannot be stored
 */
export type Tracker = (result: TrackedResult) => Promise<string>;
