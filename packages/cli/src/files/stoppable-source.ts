import type { ByteChunk, TableSource } from '@lrfind/data';

/** The same source until a signal stops it: from then on reading throws the signal's reason. */
export function stoppable(source: TableSource, signal: AbortSignal): TableSource {
  const { parts } = source;
  return {
    ...source,
    stream: (options) => until(source.stream(options), signal),
    slice: (start, end) => {
      signal.throwIfAborted();
      return source.slice(start, end);
    },
    ...(parts && { parts: async () => (await parts())?.map((part) => stoppable(part, signal)) }),
  };
}

async function* until(chunks: AsyncIterable<ByteChunk>, signal: AbortSignal): AsyncGenerator<ByteChunk> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
