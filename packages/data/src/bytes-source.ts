import { InputError, suggestion } from '@lrfind/core';
import type { ByteChunk, ByteSource } from './bytes.js';

/** The part of a browser's `Blob` and `File` that is read. */
export interface BlobContent {
  readonly size: number;
  slice(start?: number, end?: number): BlobContent;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a file holds: a `File` that a visitor of a page has dropped, or bytes. */
export type FileContent = BlobContent | ArrayBuffer | Uint8Array;

/** Bytes that one read asks for. */
const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file that a page has, or that are in memory. Nothing is read until one of the source's methods is called.
 *
 * @param name what messages call it; the end of the name may show the format
 * @param content a `Blob` or `File`, or bytes
 * @param others files that belong to it by their names, such as those of a model's weights, with or without the folder before them
 * @returns a source whose methods throw InputError for content that cannot be read, for damaged gzip, and for a sibling that is not
 *   among the others
 *
 * @example
 * // Files that were dropped on a page.
 * const files = Object.fromEntries([...event.dataTransfer.files].map((file) => [file.name, file]));
 * const table = await readTable(bytesSource('data.csv', files['data.csv']));
 * const { model } = await readModel(bytesSource('model.json', files['model.json'], files));
 */
export function bytesSource(
  name: string,
  content: FileContent,
  others: Readonly<Record<string, FileContent>> = {},
): ByteSource {
  const { size, read } = readerOf(name, content);
  return {
    name,
    stream: () => chunksOf(name, size, read),
    slice: (start = 0, end = size) => read(Math.min(start, size), Math.min(end, size)),
    size: async () => size,
    sibling(sibling) {
      const bare = sibling.replace(/^.*\//, '');
      const found = [sibling, bare].find((each) => Object.hasOwn(others, each));
      if (found !== undefined) return bytesSource(sibling, others[found] as FileContent, others);
      throw new InputError(`${name} must come with ${sibling}${suggestion(bare, Object.keys(others))}`);
    },
  };
}

interface Reader {
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** @throws InputError for what is no content */
function readerOf(name: string, content: FileContent): Reader {
  if (content instanceof Uint8Array || content instanceof ArrayBuffer) {
    const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
    return { size: bytes.length, read: async (start, end) => bytes.slice(start, end) };
  }
  if (typeof content?.arrayBuffer !== 'function')
    throw new InputError(`the content of ${name} must be a Blob, a File, an ArrayBuffer or a Uint8Array`);
  return {
    size: content.size,
    async read(start, end) {
      try {
        return new Uint8Array(await content.slice(start, end).arrayBuffer());
      } catch (error) {
        throw new InputError(`${name} cannot be read: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}

async function* chunksOf(name: string, size: number, read: Reader['read']): AsyncGenerator<ByteChunk> {
  let at = 0;
  async function* raw(): AsyncGenerator<Uint8Array> {
    while (at < size) {
      const bytes = await read(at, Math.min(at + CHUNK_BYTES, size));
      at += bytes.length;
      yield bytes;
    }
  }
  const [first, second] = await read(0, Math.min(2, size));
  const chunks = first === 0x1f && second === 0x8b ? unpacked(name, raw()) : raw();
  for await (const bytes of chunks) yield { bytes, fraction: at / size };
}

/** Uses the browser's own unpacking, which checks the content and takes files of one member. */
async function* unpacked(name: string, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('gzip') as never).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name} is a corrupt or cut-off gzip file: ${(error as Error).message}`, { cause: error });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
