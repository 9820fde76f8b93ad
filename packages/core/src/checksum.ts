/**
 * A checksum over the bits of numbers: FNV-1a (Fowler, Noll and Vo), applied to 32-bit words. Different NaNs have
 * different bits, and so different checksums.
 *
 * @param parts arrays of 32-bit numbers, hashed one after the other; of a byte array, the bytes after the last whole
 *   word are left out
 * @returns a whole number from 0 to 2^32 − 1
 */
export function checksumOf(parts: Iterable<Float32Array | Int32Array | Uint8Array>): number {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of parts) {
    const words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * A checksum of a text: {@link checksumOf} over its Unicode code units, one word for each character.
 *
 * @returns a whole number from 0 to 2^32 − 1
 */
export function checksumOfText(text: string): number {
  return checksumOf([Int32Array.from(text, (letter) => letter.charCodeAt(0))]);
}
