import { InputError } from '@lrfind/core';
import type { ByteChunk } from '../bytes.js';

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Tables are hardly ever smaller than this share of themselves when they are packed; what claims to be is no table. */
const MOST_SHRUNK = 2000;
const FREE_BYTES = 1 << 26;

/** Whether bytes are packed with zstd. */
export function isZstd(head: Uint8Array): boolean {
  return ZSTD_MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Unpacks zstd as it comes.
 *
 * @param name what messages call the file
 * @throws InputError for damaged bytes, and for a file that would become 2,000 times as large
 */
export async function* unpackZstdChunks(name: string, chunks: AsyncIterable<ByteChunk>): AsyncGenerator<ByteChunk> {
  const { Decompress } = await import('fzstd');
  let pending: Uint8Array[] = [];
  let packed = 0;
  let unpacked = 0;
  const stream = new Decompress((bytes) => {
    unpacked += bytes.length;
    if (unpacked > FREE_BYTES + packed * MOST_SHRUNK)
      throw new InputError(`${name} must be a table; unpacked it would be more than ${MOST_SHRUNK} times as large`);
    pending.push(bytes.slice());
  });
  const push = (bytes: Uint8Array, last: boolean) => {
    try {
      stream.push(bytes, last);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`${name} is a corrupt or cut-off zstd file: ${(error as Error).message}`);
    }
    const ready = pending;
    pending = [];
    return ready;
  };
  let fraction = 0;
  for await (const chunk of chunks) {
    packed += chunk.bytes.length;
    fraction = chunk.fraction;
    for (const bytes of push(new Uint8Array(chunk.bytes), false)) yield { bytes, fraction };
  }
  for (const bytes of push(new Uint8Array(), true)) yield { bytes, fraction };
}
