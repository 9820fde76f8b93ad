// Browsers, Node, Deno and Bun all have these globals, but the language's own types do not declare them.
declare function btoa(bytes: string): string;
declare function atob(text: string): string;

/** Bytes per call of `String.fromCharCode`; more arguments could overflow the stack. */
const CHUNK_BYTES = 0x2000;

/** Encodes the bytes of an array as base64. */
export function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    // Spreading the arguments takes several times as long as `apply`.
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK_BYTES) as unknown as number[]);
  }
  return btoa(binary);
}

/**
 * Decodes base64.
 *
 * @returns the bytes, alone in their buffer, so that `new Float32Array(bytes.buffer)` reads them as numbers
 * @throws DOMException when the text is not base64
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  // `Uint8Array.from` with a function takes twenty times as long.
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
