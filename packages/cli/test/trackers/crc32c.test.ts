import { expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from '../../src/trackers/tensorboard/crc32c.js';

test.each([
  // The check value of the CRC catalogue, and the examples of RFC 3720, B.4, whose bytes are in the order of the wire.
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['31 to 0', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
] as const)('the checksum of %s is that of the standard', (_, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});

test('the checksum in a record is rotated right by 15 bits, plus a constant, modulo 2^32', () => {
  const bytes = Buffer.from('123456789');
  const sum = 0xe3069283n;
  const rotated = (sum >> 15n) + ((sum % 2n ** 15n) << 17n);
  expect(BigInt(maskedCrc32c(bytes))).toBe((rotated + 0xa282ead8n) % 2n ** 32n);
});
