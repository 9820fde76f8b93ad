import { decodeText } from '../../bytes.js';

/** The four bytes before each file of an archive. */
const LOCAL = 0x04034b50;

/**
 * The path of the first file of an archive.
 *
 * @param head its first bytes
 * @returns an empty text for what is no archive
 */
export function firstZipPath(head: Uint8Array): string {
  if (head.length < 30) return '';
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0, true) === LOCAL ? decodeText(head, 30, 30 + view.getUint16(26, true)) : '';
}
