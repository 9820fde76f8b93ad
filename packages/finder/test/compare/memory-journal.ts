import { firstDifference, InputError } from '@lrfind/core';
import type { Journal, JournalEntry } from '@lrfind/core/study';

/** A journal in memory. */
export interface MemoryJournal extends Journal {
  /** What was added, as JSON. */
  readonly lines: readonly string[];
}

/** A journal for one comparison, which may be opened again to resume it. Its header and entries pass through JSON, as in a file. */
export function memoryJournal(): MemoryJournal {
  const lines: string[] = [];
  let stored: string | undefined;
  return {
    lines,
    async open(header) {
      stored ??= JSON.stringify(header);
      const difference = firstDifference(JSON.parse(stored), JSON.parse(JSON.stringify(header)));
      if (difference) throw new InputError(`the journal must be of the same comparison; ${difference}`);
      return lines.map((line): JournalEntry => JSON.parse(line));
    },
    async add(entry) {
      lines.push(JSON.stringify(entry));
    },
  };
}

/**
 * A journal whose comparison is aborted, with the error "interrupted", once it has certain entries.
 *
 * @param journal gets the entries
 * @param isDue whether to abort, after an entry was added
 */
export function interruptedOnce(
  journal: MemoryJournal,
  isDue: (lines: readonly string[]) => boolean,
): { readonly journal: Journal; readonly signal: AbortSignal } {
  const controller = new AbortController();
  return {
    journal: {
      open: journal.open,
      async add(entry) {
        await journal.add(entry);
        if (isDue(journal.lines)) controller.abort(new Error('interrupted'));
      },
    },
    signal: controller.signal,
  };
}
