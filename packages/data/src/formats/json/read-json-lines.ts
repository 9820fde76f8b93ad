import { InputError, isObject, parseJson } from '@lrfind/core';
import { type ByteChunk, decodeText } from '../../bytes.js';
import type { CellBlock } from '../cells/cell-blocks.js';
import { INFERENCE_ROWS } from '../cells/cell-reader.js';
import { streamOfCells } from '../cells/stream-of-cells.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import { lineBlocks } from '../csv/line-blocks.js';
import type { TableFormat } from '../format.js';
import { RecordCells } from './cells-of-records.js';

/** The readers of `jsonLinesFormat`. */
export const jsonLines: Required<Pick<TableFormat, 'read' | 'stream' | 'readAgain'>> = {
  async read({ name }, chunks, options) {
    const lines: number[] = [];
    const place = (row: number) => `line ${lines[row]}`;
    const cells = new RecordCells(name, place);
    for await (const { records, fraction } of recordsOf(name, chunks)) {
      for (const { line, record } of records) {
        lines.push(line);
        cells.add(record);
      }
      options.onProgress?.({ fraction, rows: cells.rows });
    }
    if (cells.rows === 0) throw noRecords(name);
    return tableOfCells({ source: name, rows: cells.rows, columns: cells.columns(), place }, options);
  },
  async stream({ name }, chunks, options) {
    const blocks = recordBlocks(name, recordsOf(name, chunks), options.names ?? []);
    const { value: first, done } = await blocks.next();
    if (done) throw noRecords(name);
    const names = first.columns.map((column) => column.name);
    async function* all() {
      yield first as CellBlock;
      yield* blocks;
    }
    return streamOfCells({ source: name, names, place: (_, line) => `line ${line}`, blocks: all() }, options);
  },
  async readAgain(error, source, _, options) {
    if (!(error instanceof NewColumnError)) return undefined;
    const names = new Set<string>(error.names);
    for await (const { records } of recordsOf(source.name, source.stream({ keeps: false }))) {
      for (const { record } of records) if (isObject(record)) for (const name in record) names.add(name);
      if (names.size > MOST_NAMES) throw error;
    }
    return { options: { ...options, names: [...names] } };
  },
};

/** Of a stream: records have at most so many different names. */
const MOST_NAMES = 1e6;

/** A record has a name that those before it have not. Where the file can be read again, it is. */
class NewColumnError extends InputError {
  constructor(
    message: string,
    readonly names: readonly string[],
  ) {
    super(message);
  }
}

interface Records {
  /** Parsed one after the other, so that few of them are in memory. */
  readonly records: Iterable<{ readonly line: number; readonly record: unknown }>;
  readonly fraction: number;
}

/** Numbers of a block: cells of records take several times as much as numbers. */
const BLOCK_CELLS = 1 << 15;

async function* recordsOf(name: string, chunks: AsyncIterable<ByteChunk>): AsyncGenerator<Records> {
  let line = 0;
  for await (const { bytes, fraction } of lineBlocks(name, chunks)) {
    const texts = decodeText(bytes).split(/\r\n|\r|\n/);
    // A block ends with a line end.
    texts.pop();
    const first = line;
    yield { records: parsed(name, texts, first), fraction };
    line = first + texts.length;
  }
}

function* parsed(name: string, texts: readonly string[], before: number) {
  for (const [i, text] of texts.entries()) {
    const line = before + i + 1;
    if (text.trim() !== '') yield { line, record: parseLine(text, `${name}: line ${line}`) };
  }
}

/** Records as blocks of cells; the first block has as many as decide the kinds of columns. */
async function* recordBlocks(
  name: string,
  parts: AsyncGenerator<Records>,
  known: readonly string[],
): AsyncGenerator<CellBlock> {
  let names = known;
  let lines: number[] = [];
  let last = 0;
  const begin = () => {
    lines = [];
    return new RecordCells(name, (row) => `line ${lines[row]}`, names);
  };
  let cells = begin();
  const taken = (): CellBlock => {
    const columns = cells.columns();
    if (names.length === 0) names = columns.map((column) => column.name);
    if (columns.length > names.length) {
      const added = columns[names.length]?.name as string;
      throw new NewColumnError(
        `${name}: "${added}" must be a name of the first records, where the file can be read once; got it first up to line ${lines.at(-1)}`,
        names,
      );
    }
    const block = { rows: cells.rows, columns, lines, fraction: last };
    cells = begin();
    return block;
  };
  for await (const { records, fraction } of parts) {
    for (const { line, record } of records) {
      lines.push(line);
      cells.add(record);
      if (cells.rows >= Math.max(INFERENCE_ROWS, BLOCK_CELLS / Math.max(1, names.length))) yield taken();
    }
    last = fraction;
  }
  if (cells.rows > 0) yield taken();
}

function noRecords(name: string): InputError {
  return new InputError(`${name} must hold a record on each line; got an empty file`);
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its message, and its check of depth, are the same as of a document.
    return parseJson(text, place);
  }
}
