import type { Recipe, Training } from '../training-result.js';
import type { StepState } from '../training-step.js';

/** What decides the outcome of a comparison; one that goes on with a journal must have the same. */
export type JournalHeader = Readonly<Record<string, unknown>>;

/** What one training of a comparison, or a part of it, or a sweep came to. */
export type JournalEntry =
  | { readonly kind: 'found'; readonly key: string; readonly found: NonNullable<Recipe['found']> }
  | {
      readonly kind: 'trained';
      readonly run: string;
      readonly seed: number;
      /** Steps after which it ended or waited. */
      readonly until: number;
      readonly training: Training;
      readonly seconds: number;
      /** With what it goes on, where it was not its end. */
      readonly state: StepState | null;
    };

/** Where a comparison notes what is done, so that another that goes on with it repeats nothing. */
export interface Journal {
  /**
   * Begins, or goes on.
   *
   * @returns what was noted before
   * @throws InputError when what was noted is of another comparison
   */
  open(header: JournalHeader): Promise<readonly JournalEntry[]>;
  /** Notes what is done, for good: it must be safe when the promise is fulfilled. */
  add(entry: JournalEntry): Promise<void>;
}
