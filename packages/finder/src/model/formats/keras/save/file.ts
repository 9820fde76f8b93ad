import { InputError } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { assertModel } from '../../../describe.js';
import type { KerasWeight } from '../../../layers/keras-layer.js';
import { kerasClassName, kerasWeights } from '../../../layers/translate-keras-layer.js';
import { snakeClass } from '../entry.js';
import { describeForKeras, isOperation } from './describe.js';

/** The formats of Keras that a model can be saved in. */
export type KerasFileFormat = 'keras' | 'h5';

/** The version that a file says that it is of. The older format is as Keras 2 writes it, which Keras 3 reads too. */
const versions = { keras: '3.15.1', h5: '2.15.0' } as const;

/**
 * Checks before any training that a model can be saved for Keras.
 *
 * @throws InputError naming the layer, for one that Keras does not have, or has with other numbers
 */
export function checkSavableForKeras(model: LayersModel, format: KerasFileFormat): void {
  assertModel(model);
  describeForKeras(model, format === 'keras' ? 3 : 2);
}

/**
 * A model as a file that Keras loads: `.keras` for Keras 3, `.h5` for Keras 2 and 3. The optimizer and the states of stateful layers
 * are left out, as is what it was compiled with.
 *
 * @throws InputError as `checkSavableForKeras`
 */
export async function serializeForKeras(model: LayersModel, format: KerasFileFormat): Promise<Uint8Array> {
  checkSavableForKeras(model, format);
  const description = JSON.stringify(describeForKeras(model, format === 'keras' ? 3 : 2));
  const read = await readVariables(model);
  if (format === 'h5') return hdf5File((file) => writeLegacy(file, model, description, read));
  const weights = await hdf5File((file) => writeObjects(file, model, read));
  return zipFile({
    'metadata.json': JSON.stringify({ keras_version: versions.keras, date_saved: date() }),
    'config.json': description,
    'model.weights.h5': weights,
  });
}

/** The numbers of each variable of a model. */
type Numbers = ReadonlyMap<Tensor, Float32Array>;

/** Read before the file is written, which cannot wait: some backends read later only. */
async function readVariables(model: LayersModel): Promise<Numbers> {
  const variables = [...new Set(allWeights(model).map(({ weight }) => weight.read()))];
  const numbers = await Promise.all(variables.map((variable) => variable.data<'float32'>()));
  return new Map(variables.map((variable, i) => [variable, numbers[i] as Float32Array]));
}

/** `2025-01-31@12:00:00`. */
function date(): string {
  return new Date().toISOString().slice(0, 19).replace('T', '@');
}

/** A zip file whose members are stored as they are, since weights hardly shrink. */
async function zipFile(members: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js');
  const zip = new ZipWriter(new Uint8ArrayWriter(), { level: 0, useWebWorkers: false, extendedTimestamp: false });
  for (const [name, content] of Object.entries(members))
    await zip.add(name, typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content));
  return zip.close();
}

/** A group of an HDF5 file that is written. */
interface Group {
  create_group(name: string): Group;
  create_dataset(given: { name: string; data: Float32Array; shape: number[]; dtype: string }): unknown;
  create_attribute(name: string, data: unknown, shape?: number[] | null, dtype?: string): void;
}

let files = 0;

/** Writes an HDF5 file in memory. */
async function hdf5File(write: (file: Group) => void): Promise<Uint8Array> {
  const { default: h5wasm, File } = await import('h5wasm');
  const { FS } = (await h5wasm.ready) as unknown as {
    FS: { readFile(path: string): Uint8Array; unlink(path: string): void };
  };
  files += 1;
  const path = `saved-${files}.h5`;
  const file = new File(path, 'w');
  try {
    write(file as unknown as Group);
    file.flush();
    file.close();
    return FS.readFile(path).slice();
  } finally {
    FS.unlink(path);
  }
}

function writeDataset(group: Group, name: string, { weight }: KerasWeight, numbers: Numbers): void {
  const value = weight.read();
  group.create_dataset({ name, data: numbers.get(value) as Float32Array, shape: value.shape, dtype: '<f4' });
}

/** `layers/dense/vars/0`: a tree of objects, named by their classes. */
function writeObjects(group: Group, model: layers.Layer, numbers: Numbers, seen = new Set<unknown>()): void {
  const counts = new Map<string, number>();
  const children = layersOf(model).filter((layer) => !isOperation(layer));
  const all = group.create_group('layers');
  for (const layer of children) {
    const kind = snakeClass(classOf(layer));
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    if (seen.has(layer)) continue;
    seen.add(layer);
    const own = all.create_group(count > 0 ? `${kind}_${count}` : kind);
    if ('layers' in layer) writeObjects(own, layer, numbers, seen);
    else writeTree(own, allWeights(layer), numbers);
  }
}

/** Weights below a layer, each at its path: `cell/vars/0`. */
function writeTree(group: Group, weights: readonly KerasWeight[], numbers: Numbers): void {
  const groups = new Map<string, Group>([['', group]]);
  const groupAt = (parts: readonly string[]): Group => {
    const path = parts.join('/');
    const made = groups.get(path) ?? groupAt(parts.slice(0, -1)).create_group(parts.at(-1) as string);
    groups.set(path, made);
    return made;
  };
  if (weights.length === 0) groupAt(['vars']);
  for (const each of weights) {
    const parts = each.path.split('/');
    writeDataset(groupAt(parts.slice(0, -1)), parts.at(-1) as string, each, numbers);
  }
}

/** The layout of `.h5`: lists of layers and of their weights, the trained ones of a layer before all others. */
function writeLegacy(file: Group, model: LayersModel, description: string, numbers: Numbers): void {
  text(file, 'keras_version', versions.h5);
  text(file, 'backend', 'tensorflow');
  text(file, 'model_config', description);
  const root = file.create_group('model_weights');
  text(root, 'keras_version', versions.h5);
  text(root, 'backend', 'tensorflow');
  const list = layersOf(model as never);
  const input = model instanceof Object && model.getClassName() === 'Sequential' ? [`${model.name}_input`] : [];
  texts(root, 'layer_names', [...input, ...list.map(({ name }) => name)]);
  for (const name of input) texts(root.create_group(name), 'weight_names', []);
  for (const layer of list) {
    const group = root.create_group(layer.name);
    const trained = new Set(layer.trainableWeights);
    const weights = allWeights(layer);
    const ordered = [
      ...weights.filter(({ weight }) => trained.has(weight)),
      ...weights.filter(({ weight }) => !trained.has(weight)),
    ];
    const names = ordered.map(({ weight }, i) => `${weight.originalName.replaceAll('/', '_')}_${i}`);
    texts(group, 'weight_names', names);
    for (const [i, each] of ordered.entries()) writeDataset(group, names[i] as string, each, numbers);
  }
}

/** The weights of a layer, or of all layers of a model, in Keras's order, each once, and their paths below it. */
function allWeights(layer: layers.Layer): KerasWeight[] {
  if (!('layers' in layer)) return kerasWeights(layer, (inner) => allWeights(inner));
  const counts = new Map<string, number>();
  const seen = new Set<unknown>();
  const weights = layersOf(layer).flatMap((each) => {
    const kind = snakeClass(classOf(each));
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const place = `layers/${count > 0 ? `${kind}_${count}` : kind}`;
    return allWeights(each).map((one) => ({ ...one, path: `${place}/${one.path}` }));
  });
  return weights.filter(({ weight }) => !seen.has(weight) && seen.add(weight));
}

function layersOf(model: layers.Layer): layers.Layer[] {
  return [...(model as unknown as { layers: readonly layers.Layer[] }).layers];
}

function classOf(layer: layers.Layer): string {
  if (!('layers' in layer)) return kerasClassName(layer);
  return layer.getClassName() === 'Sequential' ? 'Sequential' : 'Functional';
}

/** An attribute of HDF5 must have less than 64 KB; what is longer has a number behind its name, as in Keras. */
const MOST_ATTRIBUTE_BYTES = 60_000;

function texts(group: Group, name: string, list: readonly string[]): void {
  const width = Math.max(1, ...list.map((each) => new TextEncoder().encode(each).length));
  const perPart = Math.floor(MOST_ATTRIBUTE_BYTES / width);
  if (perPart < 1)
    throw new InputError(`the name of a layer must have at most ${MOST_ATTRIBUTE_BYTES} bytes; got ${width}`);
  if (list.length === 0) {
    group.create_attribute(name, new Float64Array(), [0], '<d');
    return;
  }
  const parts = Array.from({ length: Math.ceil(list.length / perPart) }, (_, i) =>
    list.slice(i * perPart, (i + 1) * perPart),
  );
  for (const [i, part] of parts.entries())
    group.create_attribute(parts.length > 1 ? `${name}${i}` : name, part, [part.length], `S${width}`);
}

/** A text of any length: HDF5 keeps those of variable length elsewhere. */
function text(group: Group, name: string, value: string): void {
  group.create_attribute(name, value, null, 'S');
}
