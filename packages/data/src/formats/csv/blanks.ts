import type { ByteChunk } from '../../bytes.js';

const QUOTE = 34;
const SPACE = 32;
const TAB = 9;

/**
 * Makes one space of each run of spaces and tabs between fields, and none of those at the start and end of a line, so that a
 * text whose fields are separated by runs of blanks can be read like any other. Blanks within quotes stay.
 */
export class BlankRuns {
  #quoted = false;
  /** The last byte written, a line end at the start. */
  #last = 10;

  /**
   * Collapses the next part of a text.
   *
   * @param bytes whole lines
   */
  collapse(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      const blank = !this.#quoted && (byte === SPACE || byte === TAB);
      if (byte === QUOTE && (this.#quoted || this.#last === SPACE || this.#last === 10 || this.#last === 13))
        this.#quoted = !this.#quoted;
      const ends = !this.#quoted && (byte === 10 || byte === 13);
      // A blank at the start of a line, or after another one, is none; nor is one before a line end.
      if (blank && (this.#last === SPACE || this.#last === 10 || this.#last === 13)) continue;
      if (ends && this.#last === SPACE && length > 0) length--;
      this.#last = blank ? SPACE : byte;
      out[length++] = this.#last;
    }
    return out.subarray(0, length);
  }
}

/** Collapses the runs of blanks of blocks of whole lines. */
export async function* collapsedBlocks(blocks: AsyncIterable<ByteChunk>, runs: BlankRuns): AsyncGenerator<ByteChunk> {
  for await (const { bytes, fraction } of blocks) yield { bytes: runs.collapse(bytes), fraction };
}
