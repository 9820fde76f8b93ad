import type { ByteSource } from '../src/bytes.js';

/** A source in memory, as a page has it. Its siblings are the sources of the same folder, if any are given. */
export function memorySource(
  name: string,
  content: string | Uint8Array,
  siblings: Readonly<Record<string, Uint8Array>> = {},
): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    async *stream() {
      yield { bytes, fraction: 1 };
    },
    slice: async (start, end) => bytes.slice(start, end),
    size: async () => bytes.length,
    sibling: (sibling) => memorySource(sibling, siblings[sibling] ?? new Uint8Array()),
  };
}
