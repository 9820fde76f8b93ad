import { crc32, deflateRawSync } from 'node:zlib';

/**
 * A zip file. Its members are stored as they are, as Keras writes it; one may be packed, or say another size than it has, or that it is
 * encrypted (`flags`).
 *
 * @typedef {{ size?: number, flags?: number, deflate?: boolean }} Lies
 * @param {readonly (readonly [name: string, content: Uint8Array | string, lies?: Lies])[]} members
 * @returns {Buffer}
 */
export function zipFile(members) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, content, { size, flags = 0, deflate = false } = {}] of members) {
    const path = Buffer.from(name);
    const plain = Buffer.from(content);
    const packed = deflate ? deflateRawSync(plain) : plain;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? plain.length, 18);
    common.writeUInt16LE(path.length, 22);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    common.copy(central, 6);
    central.writeUInt32LE(at, 42);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, path, packed);
    directory.push(central, path);
    at += 30 + path.length + packed.length;
  }
  const middle = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(middle.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, middle, end]);
}

/**
 * The members of a zip file whose members are stored as they are.
 *
 * @param {Buffer} bytes
 * @returns {[name: string, content: Buffer][]}
 */
export function zipMembers(bytes) {
  /** @type {[string, Buffer][]} */
  const members = [];
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = bytes.readUInt32LE(end + 16);
  for (let i = bytes.readUInt16LE(end + 10); i > 0; i--) {
    const [size, local] = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 42)];
    const [path, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + Number(path));
    members.push([name, bytes.subarray(from, from + size)]);
    at += 46 + Number(path) + Number(extra) + Number(comment);
  }
  return members;
}
