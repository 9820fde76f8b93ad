import type { Context } from './context.js';

// Field numbers of TensorFlow's protocol buffer `OpDef`, and of its `ArgDef`.
const INPUT_ARG = 2;
const NUMBER_ATTR = 5;
const TYPE_LIST_ATTR = 6;

const limits = new Map<string, number>();

/**
 * The number of inputs that an operation accepts: unlimited where one of them is a list, and for functions. The library
 * does not check it, and ends the process when there is one too many.
 */
export function inputLimit(context: Context, name: string): number {
  const cached = limits.get(name);
  if (cached !== undefined) return cached;
  const definition = definitionOf(context, name);
  // Not cached, because a function of this name may be added or replaced.
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
    // A TF_Buffer begins with the address and the length of its data.
    const header = new BigUint64Array(2);
    c.memcpy(header, buffer, header.byteLength);
    const [data = 0n, length = 0n] = header;
    const bytes = new Uint8Array(Number(length));
    c.memcpy(bytes, data, bytes.length);
    return bytes;
  } finally {
    c.DeleteBuffer(buffer);
    c.DeleteGraph(graph);
  }
}

type Field = readonly [field: number, bytes: Uint8Array];

/** The fields of a serialized message that are messages or strings. */
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
