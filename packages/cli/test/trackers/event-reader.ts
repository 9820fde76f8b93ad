/** A field of a message: its number, and a whole number, eight or four bytes, or the bytes of what is within. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** The fields of a message, by the documented encoding of protocol buffers, in whole numbers of any size. */
export function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value += BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 1) fields.push({ number, value: take(8) });
    else if (type === 5) fields.push({ number, value: take(4) });
    else fields.push({ number, value: take(Number(varint())) });
  }
  return fields;
}

/** The first field of a number, as bytes. */
export function bytesOf(message: Buffer, ...path: number[]): Buffer {
  return path.reduce((inside, number) => {
    const field = fieldsOf(inside).find((each) => each.number === number);
    if (!Buffer.isBuffer(field?.value)) throw new Error(`field ${number} of ${inside.toString('hex')}`);
    return field.value;
  }, message);
}

/** The messages of an event file. */
export function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    records.push(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return records;
}
