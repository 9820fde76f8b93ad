import { InputError } from '@lrfind/core';
import type { Dataset } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { openSession, type Session, type SessionOptions } from '../engine/session.js';
import type { ArrayData } from '../engine/to-dataset.js';
import { rowsPerEpoch } from '../engine/training-loop.js';
import { assertModel } from '../model/describe.js';
import { refuseStateful } from '../model/stateful-layers.js';

/** A model and the rows that it is trained on, as the caller gives them. */
export interface ModelData {
  readonly model: LayersModel;
  readonly data: ArrayData | Dataset;
  readonly validation?: ArrayData | Dataset | undefined;
  readonly test?: ArrayData | Dataset | undefined;
}

/**
 * Opens a session for each of the models of a comparison, all of them before any is trained, since they may share layers.
 *
 * @returns one for each entry; entries of the same model have the same session
 * @throws InputError for rows that do not fit, for one model with different rows, and for models that cannot be compared;
 *   all models are then as they were
 */
export async function openSessions(
  entries: readonly ModelData[],
  options: Omit<SessionOptions, 'validation' | 'test' | 'holder'>,
): Promise<Session[]> {
  const opened = new Map<LayersModel, { readonly entry: ModelData; readonly session: Session }>();
  const holder = {};
  try {
    for (const entry of entries) {
      const { model, data, validation, test } = entry;
      const earlier = opened.get(model)?.entry;
      if (!earlier) {
        assertModel(model);
        refuseStateful(model);
        const session = await openSession(model, data, { ...options, validation, test, holder });
        opened.set(model, { entry, session });
      } else if (earlier.data !== data || earlier.validation !== validation || earlier.test !== test) {
        throw new InputError(
          `model "${model.name}" must have the same rows in all trials; otherwise they could not be compared`,
        );
      }
    }
    assertComparable([...opened.values()].map(({ session }) => session));
  } catch (error) {
    await restoreSessions([...opened.values()].map(({ session }) => session));
    throw error;
  }
  return entries.map(({ model }) => opened.get(model)?.session as Session);
}

/**
 * Ends sessions and puts all their models back, also those after one that cannot be.
 *
 * @throws what kept a model from being as it was; of several the messages of all, as an InputError if all are
 */
export async function restoreSessions(sessions: readonly Session[]): Promise<void> {
  const errors: Error[] = [];
  for (const session of new Set(sessions)) {
    try {
      await session.restore();
    } catch (error) {
      errors.push(error as Error);
    }
  }
  const [first, ...others] = errors;
  if (!first) return;
  if (others.length === 0) throw first;
  const messages = errors.map(({ message }) => message).join('; ');
  const cause = { cause: first };
  throw errors.every((error) => error instanceof InputError)
    ? new InputError(messages, cause)
    : new Error(messages, cause);
}

/** Trials are ranked by their losses on validation rows, so both must be the same for all. */
function assertComparable(sessions: readonly Session[]): void {
  const [first, ...others] = sessions as [Session, ...Session[]];
  for (const other of others) {
    const both = `"${first.model.name}" and "${other.model.name}"`;
    if (other.losses.name !== first.losses.name)
      throw new InputError(`models ${both} must have the same loss; got ${first.losses.name} and ${other.losses.name}`);
    const [one, another] = [first, other].map(({ data }) => `${rowsPerEpoch(data)} and ${data.heldOut.length}`);
    if (one !== another)
      throw new InputError(
        `models ${both} must train on and hold out equally many rows; got ${one}, against ${another}`,
      );
  }
}
