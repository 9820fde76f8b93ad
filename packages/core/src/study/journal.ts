import type { Recipe } from '../results/training.js';
import type { TrialOutcome } from './trial.js';

/** Everything that decides the outcome of a comparison. A journal with an equal header can be resumed. */
export type JournalHeader = Readonly<Record<string, unknown>>;

/** What a comparison has completed: a sweep that suggested a rate, or a training up to a checkpoint. */
export type JournalEntry = SuggestedEntry | TrainedEntry;

/** A sweep has suggested a rate. */
export interface SuggestedEntry {
  readonly kind: 'suggested';
  /** For which model, optimizer and batch size. */
  readonly key: string;
  readonly suggestion: NonNullable<Recipe['suggestion']>;
}

/** A training has ended, or paused at a checkpoint. */
export interface TrainedEntry extends TrialOutcome {
  readonly kind: 'trained';
  readonly trial: string;
  readonly seed: number;
  /** The number of steps of that checkpoint. */
  readonly untilStep: number;
}

/** Where a comparison records what it has completed, so that a later one can resume without repeating anything. */
export interface Journal {
  /**
   * Opens it.
   *
   * @returns what was completed before
   * @throws InputError when it belongs to another comparison
   */
  open(header: JournalHeader): Promise<readonly JournalEntry[]>;
  /** Adds an entry. The entry must be stored safely when the promise is fulfilled. */
  add(entry: JournalEntry): Promise<void>;
}
