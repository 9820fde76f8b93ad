import { open, readFile, rm, truncate } from 'node:fs/promises';
import { assertOptions, firstDifference, InputError, isObject, shownValue } from '@lrfind/core';
import type { Journal, JournalEntry, JournalHeader } from '@lrfind/core/study';

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
  const append = async (line: object): Promise<void> => {
    try {
      const file = await open(path, 'a');
      try {
        await file.appendFile(`${JSON.stringify(line)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw new InputError(`the journal cannot be written: ${(error as Error).message}`);
    }
  };
  let unwritten: JournalHeader | undefined;
  return {
    path,
    async open(header) {
      const text = await contents(path);
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
    remove: () => rm(path, { force: true }),
  };
}

/** The contents of a file; empty where there is none. */
async function contents(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new InputError(`the journal ${path} cannot be read: ${(error as Error).message}`);
  }
}

function entriesOf(path: string, text: string, header: JournalHeader): JournalEntry[] {
  const [first, ...lines] = text
    .split('\n')
    .filter(Boolean)
    .map((line, i) => parsed(path, line, i));
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

/** A line as JSON; entries of version 1 in the present form. */
function parsed(path: string, line: string, index: number): unknown {
  const value = json(line);
  if (index === 0 && isObject(value)) return value;
  const entry = isObject(value) ? upgradeEntry(value) : undefined;
  if (index > 0 && (entry?.kind === 'suggested' || entry?.kind === 'trained')) return entry;
  throw new InputError(`the journal ${path} is damaged in line ${index + 1}: delete the file to start again`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
