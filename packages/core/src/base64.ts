// Browsers, Node, Deno and Bun all have these globals, but the language's own types do not declare them.
declare function btoa(bytes: string): string;
declare function atob(text: string): string;

/** Node's, Deno's and Bun's `Buffer`, twenty times as fast as the code for browsers. */
const { Buffer } = globalThis as unknown as {
  readonly Buffer?: {
    from(buffer: ArrayBufferLike, byteOffset: number, length: number): { toString(encoding: 'base64'): string };
    from(text: string, encoding: 'base64'): Uint8Array;
  };
};

/** Bytes per call of `String.fromCharCode`; more arguments could overflow the stack. */
const CHUNK_BYTES = 0x2000;

/** Encodes the bytes of an array as base64. */
export function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  if (Buffer) return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
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
  const decoded = Buffer?.from(text, 'base64');
  // Base64 and nothing else, which `Buffer` would pass over, and not the other alphabet that it reads too.
  if (decoded && decoded.length === bytesIn(text) && !/[-_]/.test(text)) return new Uint8Array(decoded);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  // `Uint8Array.from` with a function takes twenty times as long.
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The bytes that a text stands for if it is base64 throughout. */
function bytesIn(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return text.length % 4 === 0 ? (text.length / 4) * 3 - padding : Number.NaN;
}
