import type { Context } from './context.js';

/** Fields of `OpDef` and of its `ArgDef`, by their numbers in TensorFlow's protocol buffers. */
const INPUT_ARG = 2;
const NUMBER_ATTR = 5;
const TYPE_LIST_ATTR = 6;

const limits = new Map<string, number>();

/**
 * How many inputs an operation can take: without bound where one of them is a list, and for functions. The library does not
 * look when one too many is added, and ends the process.
 */
export function inputLimit(context: Context, name: string): number {
  const known = limits.get(name);
  if (known !== undefined) return known;
  const definition = definitionOf(context, name);
  // A function may come to be, or become another.
  if (!definition) return Number.POSITIVE_INFINITY;
  const inputs = fields(definition).filter(([field]) => field === INPUT_ARG);
  const isList = ([, bytes]: Field) =>
    fields(bytes).some(([field]) => field === NUMBER_ATTR || field === TYPE_LIST_ATTR);
  const limit = inputs.some(isList) ? Number.POSITIVE_INFINITY : inputs.length;
  limits.set(name, limit);
  return limit;
}

/** The serialized `OpDef`; undefined when no operation has the name. */
function definitionOf({ c, status }: Context, name: string): Uint8Array | undefined {
  const graph = c.NewGraph();
  const buffer = c.NewBuffer();
  try {
    c.GraphGetOpDef(graph, name, buffer, status.pointer);
    if (c.GetCode(status.pointer) !== 0) return undefined;
    // A TF_Buffer begins with the address and the length of what it holds.
    const head = new BigUint64Array(2);
    c.memcpy(head, buffer, head.byteLength);
    const [data = 0n, length = 0n] = head;
    const bytes = new Uint8Array(Number(length));
    c.memcpy(bytes, data, bytes.length);
    return bytes;
  } finally {
    c.DeleteBuffer(buffer);
    c.DeleteGraph(graph);
  }
}

type Field = readonly [field: number, bytes: Uint8Array];

/** The fields of a serialized message that are messages or strings themselves. */
function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const length = varint();
    if (tag % 8 !== 2) continue;
    found.push([tag >> 3, message.subarray(at, at + length)]);
    at += length;
  }
  return found;
}
