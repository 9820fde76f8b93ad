/**
 * FNV-1a over the bits of numbers, one 32-bit word at a time. Equal bits give equal checksums, NaN payloads included.
 *
 * @param parts arrays of 32-bit numbers, hashed one after the other
 */
export function checksumOf(parts: Iterable<Float32Array | Int32Array | Uint8Array>): number {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of parts) {
    const words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
  }
  return hash >>> 0;
}

/** Checksum of a text. */
export function checksumOfText(text: string): number {
  return checksumOf([Int32Array.from(text, (letter) => letter.charCodeAt(0))]);
}
