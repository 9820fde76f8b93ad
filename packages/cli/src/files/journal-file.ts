import { open, rm, stat, truncate } from 'node:fs/promises';
import { assertOptions, fileError, firstDifference, InputError, isObject, shownValue } from '@lrfind/core';
import type { Journal, JournalEntry, JournalHeader } from '@lrfind/core/study';
import { decodeText, readDocument } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import { journalLine, parseLine } from './journal-line.js';

/** The first fields of a journal's first line. A file without them must not be truncated, appended to or removed. */
const FORMAT = { format: 'lrfind-journal', version: 2 } as const;
const SIGNATURE = JSON.stringify({ format: FORMAT.format }).slice(0, -1);

/** A journal in a file. */
export interface JournalFile extends Journal {
  readonly path: string;
  /** Removes the file, once the comparison's result holds everything that is in it. */
  remove(): Promise<void>;
}

/**
 * Records what a comparison has completed in a file, one line of JSON each, so that it can be resumed after a crash or
 * Ctrl-C. A line that was not written completely is ignored.
 *
 * @param path of the file
 * @param options `resume`: whether to continue an existing journal; otherwise there must be none
 * @throws InputError from `open` when there is no journal to resume, or one that must not be lost, when the file is no
 *   journal or that of another comparison, or cannot be read or written
 *
 * @example
 * const journal = journalFile('comparison.journal', { resume: existsSync('comparison.journal') });
 * const result = await compare(model, { xs, ys }, { trials, journal });
 * await journal.remove();
 */
export function journalFile(path: string, options: { readonly resume: boolean }): JournalFile {
  assertOptions(options, ['resume']);
  const { resume } = options;
  // A new file is made by this process alone: another comparison has another, and a link is not followed.
  let mode: 'a' | 'ax' = 'a';
  const append = async (line: object): Promise<void> => {
    try {
      const file = await open(path, mode);
      const isNew = mode === 'ax';
      mode = 'a';
      try {
        await file.appendFile(`${journalLine(line)}\n`);
        await file.datasync();
      } catch (error) {
        if (isNew) await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fileError(`the journal ${path} cannot be written`, error);
    }
  };
  let unwritten: JournalHeader | undefined;
  return {
    path,
    async open(header) {
      const found = await contents(path);
      mode = found === null ? 'ax' : 'a';
      const text = found ?? '';
      if (!text.startsWith(SIGNATURE) && !SIGNATURE.startsWith(text))
        throw new InputError(`${path} exists and is not the journal of a comparison: name another file`);
      const complete = text.slice(0, text.lastIndexOf('\n') + 1);
      if (complete === '') {
        if (resume) throw new InputError(`there is nothing to resume: no journal ${path}`);
        // Written with the first entry, so that what fails before it leaves no file.
        unwritten = header;
        if (text !== '') await truncate(path);
        return [];
      }
      if (!resume) {
        throw new InputError(
          `the journal ${path} holds the trainings of an interrupted comparison: resume it (--resume, or resume: true), or delete the file`,
        );
      }
      const completed = entriesOf(path, complete, header);
      if (complete !== text) await truncate(path, Buffer.byteLength(complete));
      return completed;
    },
    async add(entry) {
      if (unwritten) await append({ ...FORMAT, header: unwritten });
      unwritten = undefined;
      await append(entry);
    },
    async remove() {
      try {
        await rm(path, { force: true });
      } catch (error) {
        throw fileError(`the journal ${path} cannot be removed`, error);
      }
    },
  };
}

/** The contents of a file; null where there is none. */
async function contents(path: string): Promise<string | null> {
  try {
    if ((await stat(path).catch(nothing)) === null) return null;
    return decodeText(await readDocument(fileSource(path)));
  } catch (error) {
    throw fileError(`the journal ${path} cannot be read`, error);
  }
}

function nothing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function entriesOf(path: string, text: string, header: JournalHeader): JournalEntry[] {
  const [first, ...lines] = text
    .split('\n')
    .filter(Boolean)
    .map((line, i) => parseLine(path, line, i, upgradeEntry));
  const { header: found, version } = first as { header?: unknown; version?: unknown };
  if (version !== 1 && version !== FORMAT.version)
    throw new InputError(
      `the journal ${path} must be of version 1 or ${FORMAT.version}; got ${shownValue(version)}: resume it with the lrfind that wrote it, or delete the file`,
    );
  const expected = JSON.parse(JSON.stringify(header));
  const difference = firstDifference(version === 1 ? upgradeHeader(found) : found, expected);
  if (difference) {
    throw new InputError(
      `the journal ${path} must be of the same comparison; ${difference}: use the same options, or delete the file`,
    );
  }
  return lines as JournalEntry[];
}

/** The header of version 1, in which trials were `runs` and repeats `seeds`. */
function upgradeHeader(header: unknown): unknown {
  if (!isObject(header) || !isObject(header.settings)) return header;
  const { settings, runs, ...others } = header;
  const { seeds, ...kept } = settings as Record<string, unknown>;
  return { ...others, settings: { ...kept, repeats: seeds }, trials: runs };
}

/** An entry of version 1, which had other names for its fields; a present one as it is. */
function upgradeEntry(entry: Record<string, unknown>): Record<string, unknown> {
  if (entry.kind === 'found') return { kind: 'suggested', key: entry.key, suggestion: entry.found };
  if (entry.kind !== 'trained' || !('run' in entry) || !isObject(entry.training)) return entry;
  const { run, until, training, ...others } = entry;
  const { points, ...kept } = training as Record<string, unknown>;
  return { ...others, trial: run, untilStep: until, training: { ...kept, evaluations: points } };
}
