import { InputError } from '@lrfind/core';
import type { ByteChunk, ByteSource } from '@lrfind/data';

/** Bytes that are read at once. */
const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file that was chosen in a page.
 *
 * @param file of the visitor
 * @param others the files that were chosen with it, among which are those that it names
 */
export function chosenFile(file: File, others: readonly File[]): ByteSource {
  return {
    name: file.name,
    stream: () => streamOf(file),
    slice: async (start = 0, end = file.size) => readable(file, () => file.slice(start, end).arrayBuffer()),
    size: async () => file.size,
    sibling(name) {
      const found = others.find((other) => other.name === name || name.endsWith(`/${other.name}`));
      return found ? chosenFile(found, others) : missing(name, file.name);
    },
  };
}

/** A file that another one names and that was not chosen. */
function missing(name: string, owner: string): ByteSource {
  const refuse = async (): Promise<never> => {
    throw new InputError(`${owner} needs ${name}: choose or drop both files together`);
  };
  return {
    name,
    // biome-ignore lint/correctness/useYield: it has nothing to give.
    async *stream() {
      await refuse();
    },
    slice: refuse,
    size: refuse,
    sibling: (other) => missing(other, owner),
  };
}

async function* streamOf(file: File): AsyncGenerator<ByteChunk> {
  const head = await readable(file, () => file.slice(0, 2).arrayBuffer());
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  if (!isPacked) {
    for (let at = 0; at < file.size; at += CHUNK_BYTES) {
      const end = Math.min(file.size, at + CHUNK_BYTES);
      const bytes = await readable(file, () => file.slice(at, end).arrayBuffer());
      yield { bytes, fraction: end / file.size };
    }
    return;
  }
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: Error) => {
      throw new InputError(`${file.name} is a corrupt or cut-off gzip file: ${error.message}`);
    });
    if (done) return;
    // How much of the packed file that is, the stream does not tell.
    yield { bytes: value, fraction: 0 };
  }
}

/** @throws InputError for a file that was changed or removed since it was chosen */
async function readable(file: File, read: () => Promise<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await read());
  } catch (error) {
    throw new InputError(`${file.name} cannot be read any more: choose it again (${(error as Error).message})`);
  }
}
