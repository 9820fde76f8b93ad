// Globals of browsers, Node, Deno and Bun alike; no other type library is loaded here.
declare function btoa(bytes: string): string;
declare function atob(text: string): string;

/** Bytes that one call of `String.fromCharCode` takes; more could overflow the stack. */
const CHUNK = 0x8000;

/** The bytes of an array as base64. */
export function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

/** The bytes of a base64 text, in a buffer of their own. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
