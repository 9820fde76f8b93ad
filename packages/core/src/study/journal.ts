import type { Recipe } from '../results/training.js';
import type { TrialOutcome } from './trial.js';

/** Everything that decides the outcome of a comparison, as JSON. A journal with an equal header can be resumed. */
export type JournalHeader = Readonly<Record<string, unknown>>;

/** A completed part of a comparison: a sweep that suggested a rate, or a training up to a checkpoint. */
export type JournalEntry = SuggestedEntry | TrainedEntry;

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

/** Records the completed parts of a comparison, so that a later one can resume without repeating them. */
export interface Journal {
  /**
   * Opens the journal.
   *
   * @param header of this comparison
   * @returns the entries that were added before
   * @throws InputError when the journal has another header, because it belongs to another comparison
   */
  open(header: JournalHeader): Promise<readonly JournalEntry[]>;
  /** Adds an entry. When the promise resolves, the entry must be stored durably. */
  add(entry: JournalEntry): Promise<void>;
}
