import { open, readFile, rm, truncate } from 'node:fs/promises';
import { InputError } from '@lrfind/core';
import type { StepState } from '@lrfind/core/study';
import { type Journal, type JournalEntry, type JournalHeader } from '@lrfind/core/study';
import { firstDifference } from '@lrfind/core';

/** What a journal is known by: no other file may be truncated, added to or removed. */
const format = { format: 'lrfind-journal', version: 1 } as const;
const BEGINNING = JSON.stringify(format).slice(0, -1);

/** A journal in a file. */
export interface JournalFile extends Journal {
  readonly path: string;
  /** Removes the file: all that it holds is in the comparison's result now. */
  remove(): Promise<void>;
}

/**
 * Notes what a comparison has done in a file, a line of JSON each, so that it can go on after a crash or Ctrl-C. A line that was not
 * written to its end counts as not written.
 *
 * @param path of the file
 * @param resume whether to go on with one that is there; otherwise there must be none
 * @throws InputError from `open` when there is none to go on with, or one that must not be lost, when the file is another one or of
 *   another comparison, or cannot be read or written
 */
export function journalFile(path: string, { resume }: { readonly resume: boolean }): JournalFile {
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
      throw new InputError(`cannot write the journal: ${(error as Error).message}`);
    }
  };
  let unwritten: JournalHeader | undefined;
  return {
    path,
    async open(header) {
      const text = await contents(path);
      if (!text.startsWith(BEGINNING) && !BEGINNING.startsWith(text)) {
        throw new InputError(`${path} is there already and is no journal of a comparison: name another file`);
      }
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      if (whole === '') {
        if (resume) throw new InputError(`there is nothing to resume: no journal ${path}`);
        // Written with the first entry: what fails before it leaves no file behind.
        unwritten = header;
        if (text !== '') await truncate(path);
        return [];
      }
      if (!resume) {
        throw new InputError(
          `the journal ${path} holds what a comparison had done that was cut off: resume it (--resume, or resume: true), or delete the file`,
        );
      }
      const noted = entries(path, whole, header);
      if (whole !== text) await truncate(path, Buffer.byteLength(whole));
      return noted;
    },
    async add(entry) {
      if (unwritten) await append({ ...format, header: unwritten });
      unwritten = undefined;
      await append(entry.kind === 'trained' && entry.state ? { ...entry, state: stateText(entry.state) } : entry);
    },
    remove: () => rm(path, { force: true }),
  };
}

/** What is in a file, nothing where there is none. */
async function contents(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new InputError(`cannot read the journal ${path}: ${(error as Error).message}`);
  }
}

function entries(path: string, text: string, header: JournalHeader): JournalEntry[] {
  const [first, ...lines] = text
    .split('\n')
    .filter(Boolean)
    .map((line, i) => parsed(path, line, i));
  const difference = firstDifference((first as { header?: unknown }).header, JSON.parse(JSON.stringify(header)));
  if (difference) {
    throw new InputError(
      `the journal ${path} is of another comparison: ${difference}; take the same options, or delete the file`,
    );
  }
  return (lines as (JournalEntry & { state?: StateText | null })[]).map((entry) =>
    entry.kind === 'trained'
      ? { ...entry, state: entry.state ? stateOf(entry.state as unknown as StateText) : null }
      : entry,
  );
}

function parsed(path: string, line: string, index: number): unknown {
  const value = json(line);
  if (index === 0 ? value : kinds.includes((value as JournalEntry | null | undefined)?.kind)) return value;
  throw new InputError(`the journal ${path} is damaged in line ${index + 1}: delete the file to begin anew`);
}

const kinds: readonly unknown[] = ['found', 'trained'] satisfies JournalEntry['kind'][];

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A state as JSON: bits in base64, NaN as null. */
interface StateText {
  readonly seed: number;
  readonly steps: number;
  readonly lastRate: number | null;
  readonly values: readonly string[];
}

function stateText({ values, ...state }: StepState): StateText {
  const text = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return { ...state, values: values.map(text) };
}

function stateOf({ values, lastRate, ...state }: StateText): StepState {
  const numbers = (text: string) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
    return new Float32Array(bytes.buffer);
  };
  return { ...state, lastRate: lastRate ?? Number.NaN, values: values.map(numbers) };
}
