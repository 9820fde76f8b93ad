import h5wasm, { Dataset, File, Group } from 'h5wasm';

/**
 * A group of an HDF5 file as plain objects: attributes, groups and datasets by name, links as texts.
 *
 * @typedef {object} Tree
 * @property {Record<string, { data: any, shape: number[] | null, dtype: any }>} attributes
 * @property {Record<string, Tree | Numbers | { link: string }>} children
 *
 * @typedef {object} Numbers
 * @property {any} data
 * @property {number[]} shape
 * @property {any} dtype
 */

const { FS } = /** @type {any} */ (await h5wasm.ready);
let files = 0;

/**
 * Reads a whole HDF5 file.
 *
 * @param {Uint8Array} bytes
 * @returns {Tree}
 */
export function readTree(bytes) {
  const path = `fuzz-${files++}`;
  FS.writeFile(path, bytes);
  const file = new File(path, 'r');
  try {
    return treeOf(file);
  } finally {
    file.close();
    FS.unlink(path);
  }
}

/** @param {any} group @returns {Tree} */
function treeOf(group) {
  const children = Object.fromEntries(
    group.keys().flatMap((/** @type {string} */ name) => {
      const child = group.get(name);
      if (child instanceof Group) return [[name, treeOf(child)]];
      // Node 20 has no array of float16, nor of bfloat16.
      const { size } = child.metadata;
      const data = size === 2 ? new Float32Array(child.metadata.total_size) : child.value;
      const dtype = size === 2 ? '<f4' : child.dtype;
      return child instanceof Dataset ? [[name, { data, shape: child.shape ?? [], dtype }]] : [];
    }),
  );
  const attributes = Object.fromEntries(
    Object.entries(group.attrs).map(([name, each]) => {
      const { value, shape, dtype } = /** @type {any} */ (each);
      return [name, { data: value, shape, dtype }];
    }),
  );
  return { attributes, children };
}

/**
 * Writes an HDF5 file.
 *
 * @param {Tree} tree
 * @returns {Buffer}
 */
export function writeTree(tree) {
  const path = `fuzz-${files++}`;
  const file = new File(path, 'w');
  try {
    put(file, tree);
    file.flush();
    file.close();
    return Buffer.from(FS.readFile(path));
  } finally {
    FS.unlink(path);
  }
}

/** @param {any} group @param {Tree} tree */
function put(group, { attributes, children }) {
  for (const [name, { data, shape, dtype }] of Object.entries(attributes)) {
    // An empty list of names, as Keras writes it.
    if (data === null || data.length === 0) group.create_attribute(name, new Float64Array(), [0], '<d');
    else if (typeof data === 'string') group.create_attribute(name, data, null, 'S');
    else group.create_attribute(name, data, shape, typeof data[0] === 'string' ? `S${widest(data)}` : dtype);
  }
  for (const [name, child] of Object.entries(children)) {
    if ('children' in child) put(group.create_group(name), child);
    else if ('link' in child) group.create_soft_link(child.link, name);
    else group.create_dataset({ name, data: child.data, shape: child.shape, dtype: child.dtype });
  }
}

/** @param {string[]} texts */
function widest(texts) {
  return Math.max(1, ...texts.map((each) => Buffer.byteLength(each)));
}
