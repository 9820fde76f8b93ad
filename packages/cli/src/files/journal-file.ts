import { constants, open, rm, stat, truncate } from 'node:fs/promises';
import { assertOptions, fileError, firstDifference, InputError, isObject, shownValue } from '@lrfind/core';
import type { CompletedEntry, Journal, JournalEntry, JournalHeader, PausedAt, StoredState } from '@lrfind/core/study';
import { decodeText } from '@lrfind/data';
import { fileSource } from '@lrfind/data/node';
import { completeLines, journalLine, type PlacedLine, parseLine } from './journal-line.js';

/** The first fields of a journal's first line. A file without them must not be truncated, appended to or removed. */
const FORMAT = { format: 'lrfind-journal', version: 2 } as const;
const SIGNATURE = JSON.stringify({ format: FORMAT.format }).slice(0, -1);

/** What a journal that is gone means to a comparison that was to go on from it. */
const LOST = 'and what was done is lost with it: start again without --resume';

/** A journal in a file, which keeps the states of paused trainings out of memory. */
export interface JournalFile extends Journal {
  readonly path: string;
  readState(training: PausedAt): Promise<StoredState>;
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
  let isNew = false;
  /** Bytes of the lines that are written. */
  let size = 0;
  const states = new Map<string, Place>();
  const append = async (line: object): Promise<Place> => {
    const bytes = Buffer.from(`${journalLine(line)}\n`);
    try {
      const makes = isNew;
      const file = await open(path, makes ? 'ax' : constants.O_WRONLY | constants.O_APPEND);
      isNew = false;
      try {
        const { size: found } = await file.stat();
        if (found !== size)
          throw new InputError(
            `the journal ${path} must have ${size} bytes, as it was written; it has ${found}: another program changed it while the comparison ran, or a second comparison goes on with it; --resume goes on with what it holds now`,
          );
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        if (makes) await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (size > 0 && (error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new InputError(`the journal ${path} was removed while the comparison ran, ${LOST}`);
      throw fileError(`the journal ${path} cannot be written`, error);
    }
    const start = size;
    size += bytes.length;
    return { start, end: size - 1 };
  };
  let unwritten: JournalHeader | undefined;
  return {
    path,
    async open(header) {
      const found = await reading(path, () => sizeOf(path));
      isNew = found === null;
      size = 0;
      states.clear();
      if (found !== null) {
        const start = decodeText(await reading(path, () => fileSource(path).slice(0, SIGNATURE.length)));
        if (!start.startsWith(SIGNATURE) && !SIGNATURE.startsWith(start))
          throw new InputError(`${path} exists and is not the journal of a comparison: name another file`);
      }
      const completed: CompletedEntry[] = [];
      let count = 0;
      for await (const line of found ? linesOf(path) : []) {
        size = line.end + 1;
        if (line.text === '') continue;
        count += 1;
        if (count > 1) completed.push(entryIn(path, line, count - 1, states));
        else if (resume) checkHeader(path, line.text, header);
        else break;
      }
      if (count === 0) {
        if (resume) throw new InputError(`there is nothing to resume: no journal ${path}`);
        // Written with the first entry, so that what fails before it leaves no file.
        unwritten = header;
        size = 0;
      } else if (!resume) {
        throw new InputError(
          `the journal ${path} holds the trainings of an interrupted comparison: resume it (--resume, or resume: true), or delete the file`,
        );
      }
      if (found !== null && found > size) await truncate(path, size);
      return completed;
    },
    async add(entry) {
      if (unwritten) await append({ ...FORMAT, header: unwritten });
      unwritten = undefined;
      const place = await append(entry);
      if (entry.kind === 'trained' && entry.state) states.set(keyOf(entry), place);
    },
    async readState(training) {
      const { trial, seed, untilStep } = training;
      const refused = (reason: string, then = ': delete the file to start again') =>
        new InputError(
          `the journal ${path} must have the state of trial "${trial}" with seed ${seed} after ${untilStep} steps, as it was written; ${reason}${then}`,
        );
      const place = states.get(keyOf(training));
      if (!place) throw refused('it has none');
      try {
        const text = decodeText(await fileSource(path).slice(place.start, place.end));
        const entry = parseLine(path, text, 1, upgradeEntry) as JournalEntry;
        if (entry.kind !== 'trained' || !entry.state || keyOf(entry) !== keyOf(training))
          throw refused('it has another');
        return { state: entry.state, ...(entry.callbacks && { callbacks: entry.callbacks }) };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const isGone = (await sizeOf(path).catch(() => null)) === null;
        throw isGone ? refused('the file is gone', `, ${LOST}`) : refused('it is damaged');
      }
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

/** Where a line is. */
type Place = Omit<PlacedLine, 'text'>;

/** What tells paused trainings. */
function keyOf({ trial, seed, untilStep }: PausedAt): string {
  return `${seed} ${untilStep} ${trial}`;
}

/** @throws InputError for what the system refuses, and for what is no regular file */
async function reading<Value>(path: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw fileError(`the journal ${path} cannot be read`, error);
  }
}

/** The lines of a journal that were written completely. */
async function* linesOf(path: string): AsyncGenerator<PlacedLine> {
  try {
    yield* completeLines(fileSource(path));
  } catch (error) {
    throw fileError(`the journal ${path} cannot be read`, error);
  }
}

/** The bytes of a file; null where there is none. */
async function sizeOf(path: string): Promise<number | null> {
  if ((await stat(path).catch(nothing)) === null) return null;
  return fileSource(path).size();
}

function nothing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/**
 * An entry of a journal, without its state, whose place is noted.
 *
 * @param index of its line
 */
function entryIn(
  path: string,
  { text, start, end }: PlacedLine,
  index: number,
  states: Map<string, Place>,
): CompletedEntry {
  const entry = parseLine(path, text, index, upgradeEntry) as JournalEntry;
  if (entry.kind !== 'trained' || !entry.state) return entry;
  states.set(keyOf(entry), { start, end });
  const { state: _state, callbacks: _callbacks, ...others } = entry;
  return { ...others, state: 'stored' };
}

/** @throws InputError for a first line of another version, or of another comparison */
function checkHeader(path: string, line: string, header: JournalHeader): void {
  const { header: found, version } = parseLine(path, line, 0, upgradeEntry) as { header?: unknown; version?: unknown };
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
