import { InputError, notAllowed } from '@lrfind/core';
import type { ByteChunk, ByteSource } from '../../bytes.js';

/** The letters of windows-1252 from 0x80 to 0x9f, where it differs from Latin-1; U+FFFD where it has none. */
const WINDOWS_LETTERS = '€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ';
const encoder = new TextEncoder();

/** A text is not UTF-8. The reader then looks whether it is in another encoding. */
export class NotUtf8Error extends InputError {}

/**
 * The encoding of a text that is not UTF-8, from its start: UTF-16 has a byte order mark, or zero bytes in every second
 * place.
 *
 * @returns undefined for any other text
 */
export function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const isUtf32 = head[2] === 0 && head[3] === 0;
  if (head[0] === 0xff && head[1] === 0xfe) return isUtf32 ? undefined : 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const start = head.subarray(0, 1000);
  if (start.length < 4) return undefined;
  const zeros = [0, 0];
  for (const [at, byte] of start.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] as number) + 1;
  const [even, odd] = zeros as [number, number];
  if (odd > start.length * 0.3 && even === 0) return 'utf-16le';
  return even > start.length * 0.3 && odd === 0 ? 'utf-16be' : undefined;
}

/**
 * Turns the bytes of a text into UTF-8.
 *
 * @param chunks in the encoding
 * @param encoding a label of the Encoding Standard, such as `windows-1252`, `utf-16le` or `gbk`
 * @throws InputError for an unknown encoding
 */
export async function* decoded(chunks: AsyncIterable<ByteChunk>, encoding: string): AsyncGenerator<ByteChunk> {
  if (isWindows(encoding)) {
    for await (const { bytes, fraction } of chunks) yield { bytes: encoder.encode(windowsText(bytes)), fraction };
    return;
  }
  const decoder = decoderOf(encoding);
  for await (const { bytes, fraction } of chunks)
    yield { bytes: encoder.encode(decoder.decode(bytes, { stream: true })), fraction };
  const rest = encoder.encode(decoder.decode());
  if (rest.length > 0) yield { bytes: rest, fraction: 1 };
}

/** Whether a name stands for UTF-8, which needs no decoding. */
export function isUtf8(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding);
}

/**
 * Whether a text is in windows-1252: it has letters beyond ASCII, all of them are of that encoding, and none of them is
 * one of UTF-8 by its bytes. Reads the whole source.
 */
export async function isWindowsText(source: ByteSource): Promise<boolean> {
  let found = false;
  let following = 0;
  for await (const { bytes } of source.stream({ keeps: false })) {
    for (const byte of bytes) {
      if (following > 0) {
        following = byte >= 0x80 && byte < 0xc0 ? following - 1 : -1;
        if (following === 0) return false;
      }
      if (following > 0) continue;
      following = 0;
      if (byte < 0x80) continue;
      if (byte < 0xa0 && WINDOWS_LETTERS[byte - 0x80] === '\ufffd') return false;
      found = true;
      if (byte >= 0xc2 && byte < 0xf5) following = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    }
  }
  return found;
}

/** Labels of the Encoding Standard that mean windows-1252. */
function isWindows(encoding: string): boolean {
  return /^(windows-?1252|cp-?1252|latin-?1|iso-?8859-?1|ascii|us-ascii)$/i.test(encoding);
}

// Not by TextDecoder, which some versions of Node let read this encoding as Latin-1.
function windowsText(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += 4096) {
    const units = Array.from(bytes.subarray(start, start + 4096), (byte) =>
      byte >= 0x80 && byte < 0xa0 ? WINDOWS_LETTERS.charCodeAt(byte - 0x80) : byte,
    );
    parts.push(String.fromCharCode(...units));
  }
  return parts.join('');
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw notAllowed('encoding', 'the name of an encoding, such as utf-8, windows-1252 or utf-16le', encoding);
  }
}
