import { wordList } from '@lrfind/core';
import type { TableBlock, TableStream } from './format.js';
import { columnPlaces, fileName } from './join-tables.js';

/** A part of a table, which is opened when its turn comes. */
export interface StreamPart {
  /** Bytes of it, for the share of all that is read. */
  readonly size: number;
  /** @param like the first part; undefined for that one */
  open(like: TableStream['layout'] | undefined): Promise<TableStream>;
}

/**
 * Joins the streams of tables of the same columns, such as the shards of one table, one after the other: the stream of what
 * `joinTables` gives.
 *
 * @param source what messages call the whole
 * @param parts at least one
 * @throws InputError naming two tables, where one has a column that the other lacks
 */
export async function joinStreams(source: string, parts: readonly StreamPart[]): Promise<TableStream> {
  const [head, ...rest] = parts as [StreamPart, ...StreamPart[]];
  const first = await head.open(undefined);
  if (rest.length === 0) return first;
  const { columns, ...layout } = first.layout;
  const codes = columns.map(({ kind }) => (kind === 'text' ? new JoinedCodes() : undefined));
  const opened: { readonly stream: TableStream; readonly from: number }[] = [];
  let current = first;
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const blocks = async function* (): AsyncGenerator<TableBlock> {
    let [rows, bytes] = [0, 0];
    for (const [i, part] of parts.entries()) {
      if (i > 0) current = await part.open(first.layout);
      opened.push({ stream: current, from: rows });
      const places = columnPlaces(first.layout, current.layout);
      for (const [column, own] of codes.entries()) own?.next(current, places[column] as number);
      for await (const block of current.blocks) {
        rows += block.rows;
        const fraction = (bytes + block.fraction * part.size) / total;
        yield { ...rearranged(block, places, codes, columns), fraction: block.fraction > 0 ? fraction : 0 };
      }
      bytes += part.size;
      await current.close?.();
    }
  };
  return {
    layout: { ...layout, source, columns: columns.map(({ name, kind }) => ({ name, kind })) },
    blocks: blocks(),
    categories: (column) => codes[column]?.texts() ?? [],
    // Each part has its own once more.
    categoryBytes: () => 2 * opened.reduce((sum, { stream }) => Math.max(sum, stream.categoryBytes()), 0),
    place: (row, line) => {
      const { stream, from } = opened.findLast((part) => row >= part.from) as (typeof opened)[number];
      return `${stream.place(row - from, line)} of ${fileName(stream.layout.source)}`;
    },
    close: async () => {
      await current.close?.();
    },
    get notes() {
      const files = wordList(opened.map(({ stream }) => fileName(stream.layout.source)));
      const own = opened.flatMap(({ stream }) => stream.notes ?? []);
      return [`read ${opened.length} files: ${files}`, ...new Set(own)];
    },
  };
}

/** Numbers the categories of a column in all parts. */
class JoinedCodes {
  readonly #known = new Map<string, number>();
  /** For each number its text, or from which part it comes where its text may change. */
  readonly #names: (string | { readonly part: TableStream; readonly column: number; readonly code: number })[] = [];
  #part: TableStream | undefined;
  #column = 0;
  /** For each number in the part that among all. */
  #joined: number[] = [];

  /** Goes on to a part. */
  next(part: TableStream, column: number): void {
    this.#part = part;
    this.#column = column;
    this.#joined = [];
  }

  /** The number of a category of the part among those of all parts. */
  of(code: number): number {
    if (Number.isNaN(code)) return code;
    if (code >= this.#joined.length) this.#join(this.#part as TableStream);
    return this.#joined[code] as number;
  }

  /** Their texts, of which several numbers may have the same. */
  texts(): string[] {
    const lists = new Map<TableStream, readonly string[]>();
    return this.#names.map((name) => {
      if (typeof name === 'string') return name;
      const list = lists.get(name.part) ?? name.part.categories(name.column);
      lists.set(name.part, list);
      return list[name.code] as string;
    });
  }

  /** Numbers the categories that the part has got since. */
  #join(part: TableStream): void {
    const column = this.#column;
    const seen = part.categories(column);
    for (let code = this.#joined.length; code < seen.length; code++) {
      const text = seen[code] as string;
      const isSettled = !part.unsettled?.has(column);
      const known = isSettled ? this.#known.get(text) : undefined;
      if (known === undefined) {
        if (isSettled) this.#known.set(text, this.#names.length);
        this.#names.push(isSettled ? text : { part, column, code });
      }
      this.#joined.push(known ?? this.#names.length - 1);
    }
  }
}

/** A block with its columns in the order of the first part, and its categories numbered among those of all. */
function rearranged(
  block: TableBlock,
  places: readonly number[],
  codes: readonly (JoinedCodes | undefined)[],
  columns: TableStream['layout']['columns'],
): TableBlock {
  const width = places.length;
  const values = new Float32Array(block.rows * width);
  for (const [column, from] of places.entries()) {
    const own = codes[column];
    for (let at = 0; at < values.length; at += width) {
      const value = block.values[at + from] as number;
      values[at + column] = own ? own.of(value) : value;
    }
  }
  return {
    ...block,
    values,
    columns: columns.map(({ name, kind }, column) => {
      const exact = block.columns[places[column] as number]?.exact;
      return { name, kind, ...(exact && { exact }) };
    }),
  };
}
