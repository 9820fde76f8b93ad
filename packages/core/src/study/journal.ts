import * as Type from 'typebox';
import { InputError } from '../errors.js';
import { checkDocument, closed } from '../options.js';
import { TrialTraining } from '../results/comparison.js';
import { nullable } from '../results/parts.js';
import { type Recipe, Recipe as RecipeSchema } from '../results/training.js';
import { CallbackState } from './callback-state.js';
import type { PausedTrial, SavedState, TrialOutcome } from './trial.js';

/** Everything that decides the outcome of a comparison, as JSON. A journal with an equal header can be resumed. */
export type JournalHeader = Readonly<Record<string, unknown>>;

/** What is completed of a comparison: a sweep that suggested a rate, a training up to a checkpoint, or a decision what to train. */
export type JournalEntry = SuggestedEntry | TrainedEntry | ScheduledEntry;

/** A sweep has suggested a rate. */
export interface SuggestedEntry {
  readonly kind: 'suggested';
  /** Identifies the model, optimizer and batch size. */
  readonly key: string;
  readonly suggestion: NonNullable<Recipe['suggestion']>;
}

/** A training has ended, or paused at a checkpoint. */
export interface TrainedEntry extends TrialOutcome {
  readonly kind: 'trained';
  /** Name of the trial. */
  readonly trial: string;
  readonly seed: number;
  /** The number of steps at that checkpoint. */
  readonly untilStep: number;
}

/** It was decided that a trial is trained up to a checkpoint, with every seed: of asynchronous halving, which decides as trainings end. */
export interface ScheduledEntry {
  readonly kind: 'scheduled';
  /** Name of the trial. */
  readonly trial: string;
  /** The number of steps at that checkpoint. */
  readonly untilStep: number;
}

/** An entry that was added earlier. The state of a paused training may be left where it is stored: {@link Journal.readState} reads it. */
export type CompletedEntry = JournalEntry | StoredEntry;

/** A training has paused at a checkpoint, with a state that is read when the training goes on. */
export interface StoredEntry extends Omit<TrainedEntry, 'state' | 'callbacks'> {
  readonly state: 'stored';
}

/** What a paused training goes on from. */
export type StoredState = Pick<PausedTrial, 'state' | 'callbacks'>;

/** Records the completed parts of a comparison, so that a later one can resume without repeating them. */
export interface Journal {
  /**
   * Opens the journal.
   *
   * @param header of this comparison
   * @returns the entries that were added before; only one that has `readState` may leave states out
   * @throws InputError when the journal has another header, because it belongs to another comparison
   */
  open(header: JournalHeader): Promise<readonly CompletedEntry[]>;
  /** Adds an entry. When the promise resolves, the entry must be stored durably. */
  add(entry: JournalEntry): Promise<void>;
  /**
   * Reads the state of a paused training back, as it was added. Where a journal has this, no state stays in memory: each is read when its
   * training goes on. Default: states stay in memory.
   *
   * @throws InputError when the state cannot be read back as it was added
   */
  readState?(training: PausedAt): Promise<StoredState>;
}

/** Which paused training is meant: that of a trial with a seed, after so many steps. */
export type PausedAt = Pick<TrainedEntry, 'trial' | 'seed' | 'untilStep'>;

/** What a sweep suggested, as a journal and a checkpoint record it. */
export const [suggestionSchema] = RecipeSchema.properties.suggestion.anyOf;

const base64 = Type.String({
  pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
  allowed: 'numbers in base64',
});

/** The state of a training, as a journal and a checkpoint record it. */
export const SavedStateSchema = Type.Object(
  {
    seed: Type.Integer(),
    steps: Type.Integer({ minimum: 0 }),
    lastRate: nullable(Type.Number({ minimum: 0 })),
    values: Type.Array(base64),
  },
  closed,
);

const schemas = {
  suggested: Type.Object({ kind: Type.Literal('suggested'), key: Type.String(), suggestion: suggestionSchema }, closed),
  trained: Type.Object(
    {
      kind: Type.Literal('trained'),
      trial: Type.String(),
      seed: Type.Integer(),
      untilStep: Type.Integer({ minimum: 1 }),
      training: TrialTraining,
      seconds: Type.Number({ minimum: 0 }),
      state: nullable(SavedStateSchema),
      callbacks: Type.Optional(CallbackState),
    },
    closed,
  ),
  scheduled: Type.Object(
    { kind: Type.Literal('scheduled'), trial: Type.String(), untilStep: Type.Integer({ minimum: 1 }) },
    closed,
  ),
} as const;

/** The kinds of entries. */
export const journalKinds = Object.keys(schemas) as JournalEntry['kind'][];

/**
 * Checks an entry that was read from a file.
 *
 * @param entry parsed JSON, of one of `journalKinds`
 * @param what start of messages
 * @throws InputError with the place in the entry
 */
export function checkJournalEntry(entry: { readonly kind: JournalEntry['kind'] }, what: string): JournalEntry {
  checkDocument(schemas[entry.kind], entry, what);
  const checked = entry as JournalEntry;
  if (checked.kind === 'trained' && checked.state) checkSavedState(checked.state, what, '/state');
  return checked;
}

/**
 * Checks that the values of a state are whole numbers of float32.
 *
 * @param at place of the state in its document, as a JSON pointer
 * @throws InputError with the place in the document
 */
export function checkSavedState({ values }: SavedState, what: string, at: string): void {
  const wrong = values.findIndex((text) => bytesIn(text) % Float32Array.BYTES_PER_ELEMENT !== 0);
  if (wrong >= 0)
    throw new InputError(
      `${what}: ${at}/values/${wrong} must be whole float32 numbers; got ${bytesIn(values[wrong] as string)} bytes`,
    );
}

function bytesIn(base64: string): number {
  return (base64.length / 4) * 3 - (base64.match(/=/g)?.length ?? 0);
}
