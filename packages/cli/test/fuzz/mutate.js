/** Values that a damaged or hostile document may hold in place of any other. */
const ODD_VALUES = [
  ...[null, true, false, '', 'NaN', 'abc', '1', '__proto__', 'constructor', '../x', 'é'.repeat(300)],
  ...[0, -1, 1, 2, 1.5, -0.5, 1e9, 99999999, 2 ** 31, 2 ** 53, 1e39, -1e308, 1e-320],
  ...[[], {}, [[]], [null], [1, 2], { a: 1 }, { class_name: 'Dense', config: {} }],
];

/**
 * A document with one to three random changes.
 *
 * @param {unknown} document JSON
 * @param {() => number} random uniform numbers in [0, 1); nothing else decides the changes
 * @returns {string} the changed document as text, which may not be JSON any more
 */
export function mutatedText(document, random) {
  const root = { document: structuredClone(document) };
  const changes = 1 + Math.floor(random() * 3);
  for (let i = 0; i < changes; i++) changed(root, random);
  const text = JSON.stringify(root.document) ?? '';
  return random() < 0.1 ? mutatedBytes(Buffer.from(text), random).toString() : text;
}

/**
 * Bytes with one random change: bits flipped, some overwritten, cut off, repeated or put in.
 *
 * @param {Buffer} bytes
 * @param {() => number} random
 */
export function mutatedBytes(bytes, random) {
  const at = Math.floor(random() * (bytes.length + 1));
  const length = Math.floor(random() ** 3 * 40);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  const junk = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const copy = Buffer.from(bytes);
  switch (Math.floor(random() * 7)) {
    case 0:
      return head;
    case 1:
      return Buffer.concat([head, junk, tail]);
    case 2:
      return Buffer.concat([head, tail.subarray(length)]);
    case 3:
      return Buffer.concat([head, tail.subarray(0, length), tail]);
    case 4:
      return Buffer.concat([
        head,
        Buffer.alloc(length, pick(['"', ',', '\n', '\r', '\0', '[', '9', '\xff'], random), 'latin1'),
        tail,
      ]);
    case 5:
      // Infinity and NaN as float32.
      if (bytes.length < 4) return head;
      copy.set(Buffer.from(pick(['0000807f', '0000c07f'], random), 'hex'), Math.min(at & ~3, bytes.length - 4));
      return copy;
    default:
      if (bytes.length > 0)
        copy.writeUInt8(copy.readUInt8(at % bytes.length) ^ (1 << Math.floor(random() * 8)), at % bytes.length);
      return copy;
  }
}

/**
 * Changes one place of a document in place.
 *
 * @param {{ document: unknown }} root
 * @param {() => number} random
 */
function changed(root, random) {
  const places = placesIn(root);
  const { parent, key } = pick(places, random);
  const value = parent[key];
  const other = pick(places, random);
  switch (Math.floor(random() * 10)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(key, 1);
      else if (parent !== root) delete parent[key];
      break;
    case 1:
      if (Array.isArray(parent)) parent.splice(key, 0, structuredClone(value));
      else if (Array.isArray(value) && value.length > 0) value.push(structuredClone(pick(value, random)));
      break;
    case 2:
      if (Array.isArray(value)) value.sort(() => random() - 0.5);
      else if (typeof value === 'number') parent[key] = -value;
      break;
    case 3:
      parent[key] = structuredClone(other.parent[other.key]);
      break;
    case 4:
      if (!Array.isArray(parent) && parent !== root) {
        delete parent[key];
        parent[pick([`${key}x`, String(key).toUpperCase(), String(other.key)], random)] = value;
      }
      break;
    case 5: {
      let nested = value;
      for (let depth = Math.floor(random() * 300); depth > 0; depth--)
        nested = random() < 0.5 ? [nested] : { config: nested };
      parent[key] = nested;
      break;
    }
    case 6:
      if (typeof value === 'number') parent[key] = value * pick([0, -1, 1e3, 1e6, 1e12, 1e300, 0.5], random);
      else if (typeof value === 'string')
        parent[key] = pick([value.toUpperCase(), `${value}_`, value.slice(1), value + value], random);
      break;
    default:
      parent[key] = structuredClone(pick(ODD_VALUES, random));
  }
}

/**
 * Every place of a document: what holds a value, and its key there.
 *
 * @param {object} root
 */
function placesIn(root) {
  /** @type {{ parent: any, key: any }[]} */
  const places = [];
  const visit = (/** @type {any} */ parent) => {
    for (const key of Object.keys(parent)) {
      places.push({ parent, key: Array.isArray(parent) ? Number(key) : key });
      if (typeof parent[key] === 'object' && parent[key] !== null) visit(parent[key]);
    }
  };
  visit(root);
  return places;
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {() => number} random
 * @returns {T}
 */
function pick(list, random) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}
