import { checksumOfText, InputError, isObject, parseJson } from '@lrfind/core';
import { checkJournalEntry, type JournalEntry, journalKinds } from '@lrfind/core/study';
import { type ByteSource, concatBytes, decodeText } from '@lrfind/data';

const CHECKSUM = /,"checksum":(\d+)\}$/;

/** A line of a journal: JSON whose last field is a checksum of the fields before. */
export function journalLine(fields: object): string {
  const text = JSON.stringify(fields);
  return `${text.slice(0, -1)},"checksum":${checksumOfText(text)}}`;
}

/**
 * Reads a line. Journals of earlier versions have no checksums.
 *
 * @param path of the journal, for messages
 * @param index of the line, from 0: the first is the header, the others are entries
 * @param upgrade turns an entry of an earlier version into one of the present version
 * @throws InputError for a line that is damaged, with its number, and the place in it where one is known
 */
export function parseLine(
  path: string,
  line: string,
  index: number,
  upgrade: (entry: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> | JournalEntry {
  const damaged = (detail = '') =>
    new InputError(`the journal ${path} is damaged in line ${index + 1}${detail}: delete the file to start again`);
  const fields = line.replace(CHECKSUM, '}');
  const checksum = CHECKSUM.exec(line)?.[1];
  // A changed header is another comparison's, which is refused with the difference.
  if (index > 0 && checksum !== undefined && Number(checksum) !== checksumOfText(fields)) throw damaged();
  let value: unknown;
  try {
    value = parseJson(fields, path);
  } catch {
    throw damaged();
  }
  if (!isObject(value)) throw damaged();
  if (index === 0) return value;
  const entry = upgrade(value);
  const kind = journalKinds.find((each) => each === entry.kind);
  if (!kind) throw damaged();
  // A line with its checksum is as it was written; to check each of its numbers takes as long as to train a small network.
  if (checksum !== undefined) return entry as unknown as JournalEntry;
  try {
    return checkJournalEntry({ ...entry, kind }, '');
  } catch (error) {
    throw error instanceof InputError ? damaged(error.message) : error;
  }
}

/** A line that ends, and where it is. */
export interface PlacedLine {
  readonly text: string;
  /** Position of its first byte in the file. */
  readonly start: number;
  /** Position of its line end. */
  readonly end: number;
}

/** The lines of a file that end, one after the other: a file may be larger than the memory. What follows the last line end is left out. */
export async function* completeLines(source: ByteSource): AsyncGenerator<PlacedLine> {
  let begun: Uint8Array[] = [];
  let start = 0;
  let position = 0;
  for await (const { bytes } of source.stream({ keeps: false })) {
    let at = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, at)) {
      const line = concatBytes([...begun, bytes.subarray(at, end)]);
      begun = [];
      at = end + 1;
      yield { text: decodeText(line), start, end: position + end };
      start = position + at;
    }
    if (at < bytes.length) begun.push(bytes.subarray(at));
    position += bytes.length;
  }
}

const LINE_END = 10;
