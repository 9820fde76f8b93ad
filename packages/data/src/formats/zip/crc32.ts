/** For each byte its part of a checksum, and for the seven positions after it: eight bytes are read at once. */
const tables = Array.from({ length: 8 }, () => new Uint32Array(256));

for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  (tables[0] as Uint32Array)[byte] = value;
}
for (let i = 1; i < 8; i++)
  for (let byte = 0; byte < 256; byte++) {
    const before = tables[i - 1]?.[byte] as number;
    (tables[i] as Uint32Array)[byte] = (before >>> 8) ^ (tables[0]?.[before & 255] as number);
  }

/**
 * The checksum CRC-32 of zip and gzip.
 *
 * @param before that of the bytes before these. Default: there are none
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [a, b, c, d, e, f, g, h] = tables as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      (h[low & 255] as number) ^
      (g[(low >>> 8) & 255] as number) ^
      (f[(low >>> 16) & 255] as number) ^
      (e[low >>> 24] as number) ^
      (d[high & 255] as number) ^
      (c[(high >>> 8) & 255] as number) ^
      (b[(high >>> 16) & 255] as number) ^
      (a[high >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (a[(crc ^ (bytes[at] as number)) & 255] as number);
  return ~crc >>> 0;
}
