/**
 * FNV-1a over the bits of numbers, 32 bit words at a time: equal bits give equal sums, NaN payloads included.
 *
 * @param parts arrays of 32 bit numbers, one after the other
 */
export function checksumOf(parts: Iterable<Float32Array | Int32Array | Uint8Array>): number {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of parts) {
    const words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
  }
  return hash >>> 0;
}
