import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@lrfind/core';
import type { ByteChunk } from '../bytes.js';
import type { TableSource } from '../formats/format.js';

/** Whether standard input was read; it comes only once. */
let wasRead = false;

/**
 * Standard input. It has no size and no siblings; a format that reads in any order reads it as a whole.
 *
 * @throws InputError when it is read a second time, and when it is a terminal
 */
export function standardInput(): TableSource {
  const name = 'standard input';
  return {
    name,
    once: true,
    stream: () => streamInput(name),
    slice: async () => new Uint8Array(),
    size: async () => 0,
    sibling: (sibling) => {
      throw new InputError(`no such file: ${sibling} beside standard input`);
    },
  };
}

async function* streamInput(name: string): AsyncGenerator<ByteChunk> {
  if (wasRead) throw new InputError('standard input can be read once: name a file for the other table');
  if (process.stdin.isTTY)
    throw new InputError('standard input must be a file or the output of another program; got a terminal');
  wasRead = true;
  const chunks = process.stdin[Symbol.asyncIterator]();
  const first = (await chunks.next()).value as Uint8Array | undefined;
  if (!first) return;
  async function* all() {
    yield first as Uint8Array;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value as Uint8Array;
  }
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  const source: AsyncIterable<Uint8Array> = isGzip ? pipeline(Readable.from(all()), createGunzip(), () => {}) : all();
  try {
    for await (const bytes of source) yield { bytes, fraction: 0 };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('Z_')) throw new InputError(`${name} is corrupt or cut-off gzip: ${message}`);
    throw error;
  }
}
