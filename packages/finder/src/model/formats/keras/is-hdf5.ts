/** The first bytes of an HDF5 file. */
const SIGNATURE = '\x89HDF\r\n\x1a\n';

/** Whether bytes are an HDF5 file, which begins at 0 or after a user block of 512 · 2ⁿ bytes. */
export function isHdf5(bytes: Uint8Array): boolean {
  for (let at = 0; at + SIGNATURE.length <= bytes.length; at = at === 0 ? 512 : 2 * at)
    if (String.fromCharCode(...bytes.subarray(at, at + SIGNATURE.length)) === SIGNATURE) return true;
  return false;
}
