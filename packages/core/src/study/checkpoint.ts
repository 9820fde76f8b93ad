import type { Static } from 'typebox';
import * as Type from 'typebox';
import { InputError } from '../errors.js';
import { checkDocument, closed } from '../options.js';
import { nullable } from '../results/parts.js';
import { Training } from '../results/training.js';
import { CallbackState } from './callback-state.js';
import { checkSavedState, SavedStateSchema, suggestionSchema } from './journal.js';
import type { SavedState } from './trial.js';

/** Everything that decides the outcome of a training except its length, as JSON. A checkpoint with an equal header can be resumed. */
export type CheckpointHeader = Readonly<Record<string, unknown>>;

/**
 * A training after an epoch: everything that its next step depends on, and everything that was measured. Steps are counted from
 * 0, `seconds` are wall time without pauses.
 */
export const TrainingCheckpoint = Type.Object(
  {
    training: Training,
    losses: Type.Array(Type.Union([Type.Number(), Type.Null()]), { description: 'of every step' }),
    rates: CallbackState.properties.rates,
    seconds: Type.Number({ minimum: 0 }),
    suggestion: nullable(suggestionSchema),
    state: Type.Unsafe<SavedState>(SavedStateSchema),
    optimizer: CallbackState.properties.optimizer,
    callbacks: CallbackState.properties.callbacks,
  },
  closed,
);

/** A training after an epoch, as JSON. The schema of the same name describes each field. */
export interface TrainingCheckpoint extends Static<typeof TrainingCheckpoint> {}

/**
 * Checks a checkpoint that was read from a file.
 *
 * @param checkpoint parsed JSON
 * @param what start of messages
 * @param at place of the checkpoint in its document, as a JSON pointer
 * @throws InputError with the place in the document
 */
export function checkTrainingCheckpoint(checkpoint: unknown, what: string, at = ''): TrainingCheckpoint {
  checkDocument(TrainingCheckpoint, checkpoint, what, at);
  const { training, losses, rates, state } = checkpoint;
  checkSavedState(state, what, `${at}/state`);
  const steps = training.evaluations.at(-1)?.step ?? 0;
  const counts = { losses: losses.length, rates: rates.length, 'state/steps': state.steps };
  for (const [place, count] of Object.entries(counts)) {
    if (count !== steps)
      throw new InputError(`${what}: ${at}/${place} must be of ${steps} steps, as the evaluations are; got ${count}`);
  }
  return checkpoint;
}
