import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipFile, zipMembers } from '../../../finder/test/model/zip-file.js';
import { readTree, writeTree } from './hdf5-tree.js';
import { mutatedBytes, mutatedText } from './mutate.js';

/** A model of Keras as it lies on the disk: the main file, and that of its weights if it has one. @typedef {{ name: string, model: Buffer, weights: Buffer | undefined }} KerasFile */

const fixtures = fileURLToPath(new URL('../../../../fixtures/keras-files', import.meta.url));

/**
 * The models of the fixtures, and those of LRFIND_KERAS_ZOO, a folder of the same form.
 *
 * @returns {KerasFile[]}
 */
export function kerasFiles() {
  const parents = [fixtures, process.env.LRFIND_KERAS_ZOO].filter((each) => each !== undefined);
  return parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((each) => each.isDirectory())
      .flatMap((each) => filesIn(join(parent, each.name), each.name)),
  );
}

/** @param {string} folder @param {string} of @returns {KerasFile[]} */
function filesIn(folder, of) {
  const read = (/** @type {string} */ name) => readFileSync(join(folder, name));
  const weights = ['model.weights.h5', 'legacy_weights.h5'].find((name) => existsSync(join(folder, name)));
  return ['model.keras', 'model.h5', 'model.json']
    .filter((name) => existsSync(join(folder, name)))
    .map((name) => ({
      name: `${of}/${name}`,
      model: read(name),
      weights: name.endsWith('.json') && weights ? read(weights) : undefined,
    }));
}

/**
 * A model file with changes in its container, its configuration, its weights, or in several of them.
 *
 * @param {KerasFile} file
 * @param {() => number} random
 * @returns {KerasFile}
 */
export function damagedKerasFile({ name, model, weights }, random) {
  const kind = random();
  const [json, numbers] = [kind < 0.5 || kind > 0.9, kind >= 0.45 && kind < 0.95];
  if (kind > 0.98) return { name, model: mutatedBytes(model, random), weights };
  if (name.endsWith('.json')) {
    const text = json ? mutatedText(JSON.parse(model.toString()), random) : model;
    return { name, model: Buffer.from(text), weights: weights && numbers ? damagedHdf5(weights, random) : weights };
  }
  if (name.endsWith('.h5')) {
    let changed = model;
    if (json) {
      const tree = readTree(model);
      for (const each of ['model_config', 'training_config']) {
        const attribute = tree.attributes[each];
        if (attribute && random() < 0.8) attribute.data = mutatedText(JSON.parse(attribute.data), random);
      }
      changed = writeTree(tree);
    }
    return { name, model: numbers ? damagedHdf5(changed, random) : changed, weights };
  }
  const members = zipMembers(model).map(([member, content]) => {
    if (member === 'model.weights.h5') return at(member, numbers ? damagedHdf5(content, random) : content);
    const hit = json && (member === 'config.json' || random() < 0.2);
    return at(member, hit ? Buffer.from(mutatedText(JSON.parse(content.toString()), random)) : content);
  });
  if (random() < 0.05) members.splice(Math.floor(random() * members.length), 1);
  const zip = zipFile(members);
  return { name, model: random() < 0.1 ? damagedDirectory(zip, random) : zip, weights };
}

/** @param {string} name @param {Buffer} content @returns {readonly [string, Buffer]} */
const at = (name, content) => [name, content];

/** The headers of a zip file lie before its members and at its end. @param {Buffer} zip @param {() => number} random */
function damagedDirectory(zip, random) {
  const copy = Buffer.from(zip);
  for (let i = 1 + Math.floor(random() * 3); i > 0; i--) {
    const position = random() < 0.3 ? Math.floor(random() * 60) : copy.length - 1 - Math.floor(random() * 260);
    copy[Math.max(0, position)] = odd(random, [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)]);
  }
  return copy;
}

/** @param {Buffer} bytes @param {() => number} random @returns {Buffer} */
function damagedHdf5(bytes, random) {
  if (random() < 0.6) {
    const tree = readTree(bytes);
    for (let i = 1 + Math.floor(random() * 2); i > 0; i--) damagedTree(tree, random);
    return writeTree(tree);
  }
  if (random() < 0.1) return mutatedBytes(bytes, random);
  // Bytes in their places; most of those of a small file are headers, trees and heaps.
  const copy = Buffer.from(bytes);
  const near = random() < 0.4 ? 2048 : copy.length;
  for (let i = 1 + Math.floor(random() * 4); i > 0; i--) {
    const position = Math.floor(random() * near);
    const values = [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256), (copy[position] ?? 0) ^ 1];
    copy.fill(odd(random, values), position, Math.min(copy.length, position + 1 + Math.floor(random() ** 3 * 8)));
  }
  return copy;
}

/** Changes one thing that a writer of another model, or of nonsense, would have written. @param {import('./hdf5-tree.js').Tree} tree @param {() => number} random */
function damagedTree(tree, random) {
  const places = [...placesIn(tree)];
  const datasets = places.filter(({ group, key }) => 'data' in /** @type {any} */ (group.children[key]));
  const attributes = [...attributesIn(tree)];
  const what = Math.floor(random() * 12);
  if (what < 8 && datasets.length > 0) {
    const { group, key } = odd(random, datasets);
    const numbers = /** @type {import('./hdf5-tree.js').Numbers} */ (group.children[key]);
    const other = odd(random, datasets);
    switch (what) {
      case 0:
        delete group.children[key];
        break;
      case 1:
        group.children[odd(random, [String(Number(key) + 1), '99', `${key}_1`, 'x'])] = structuredClone(numbers);
        break;
      case 2:
        [group.children[key], other.group.children[other.key]] = [other.group.children[other.key] ?? numbers, numbers];
        break;
      case 3:
        numbers.shape = odd(random, [
          [...numbers.shape].reverse(),
          [...numbers.shape, 1],
          [1, ...numbers.shape],
          [numbers.data.length ?? 1],
        ]);
        break;
      case 4: {
        const length = odd(random, [0, 1, 7, 1000]);
        group.children[key] = { data: new Float32Array(length), shape: [length], dtype: '<f4' };
        break;
      }
      case 5:
        if (numbers.dtype === '<f4') {
          const [type, dtype] = odd(
            random,
            /** @type {const} */ ([
              [Float64Array, '<f8'],
              [Int32Array, '<i4'],
              [Int8Array, '<b'],
              [Uint8Array, '<B'],
            ]),
          );
          group.children[key] = {
            data: type.from(numbers.data.length === undefined ? [numbers.data] : numbers.data),
            shape: numbers.shape,
            dtype,
          };
        }
        break;
      case 6:
        if (numbers.data.length > 0)
          numbers.data[Math.floor(random() * numbers.data.length)] = odd(random, [
            Number.NaN,
            Number.POSITIVE_INFINITY,
            1e38,
          ]);
        break;
      default:
        group.children[key] = { link: odd(random, ['/', '/layers', '/nowhere', `/${other.key}`]) };
    }
  } else if (what < 10 && places.length > 0) {
    const { group, key } = odd(random, places);
    const value = /** @type {any} */ (group.children[key]);
    if (random() < 0.4) delete group.children[key];
    else if (random() < 0.5)
      group.children[odd(random, [`${key}_1`, 'dense_9', '__proto__x', 'constructor'])] = structuredClone(value);
    else {
      delete group.children[key];
      group.children[odd(random, [`${key}_1`, key.toUpperCase(), 'toString'])] = value;
    }
  } else if (attributes.length > 0) {
    const { group, key } = odd(random, attributes);
    const attribute = /** @type {any} */ (group.attributes[key]);
    const list = attribute.data;
    if (random() < 0.2) delete group.attributes[key];
    else if (Array.isArray(list) && list.length > 0) {
      const how = random();
      if (how < 0.3) list.sort(() => random() - 0.5);
      else if (how < 0.5) list.pop();
      else if (how < 0.7) list.push(odd(random, list));
      else
        list[Math.floor(random() * list.length)] = odd(random, ['', '/', '../x', 'x', '.', `${list[0]}/..`, '/layers']);
      attribute.shape = [list.length];
    } else attribute.data = odd(random, ['', '{}', '3.0.0', '2', 'x'.repeat(1000)]);
  }
}

/** @param {import('./hdf5-tree.js').Tree} tree @returns {Generator<{ group: import('./hdf5-tree.js').Tree, key: string }>} */
function* placesIn(tree) {
  for (const [key, child] of Object.entries(tree.children)) {
    yield { group: tree, key };
    if ('children' in child) yield* placesIn(child);
  }
}

/** @param {import('./hdf5-tree.js').Tree} tree @returns {Generator<{ group: import('./hdf5-tree.js').Tree, key: string }>} */
function* attributesIn(tree) {
  for (const key of Object.keys(tree.attributes)) yield { group: tree, key };
  for (const child of Object.values(tree.children)) if ('children' in child) yield* attributesIn(child);
}

/** @template T @param {() => number} random @param {readonly T[]} list @returns {T} */
function odd(random, list) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}
