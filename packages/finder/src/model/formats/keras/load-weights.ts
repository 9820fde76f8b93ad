import { counted, InputError } from '@lrfind/core';
import { dispose, tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { KerasWeight } from '../../layers/keras-layer.js';
import { assertFinite, assignTo } from '../../weights.js';
import { builtLayers, doesNotFit, onlyFirst, weightsOf } from './built-layers.js';
import { entryTitle, isModel, type KerasEntry } from './entry.js';
import type { Hdf5File } from './hdf5.js';

/** Where the weights of a file lie: below a group of `.weights.h5`, or of the older layout. */
export interface WeightSource {
  /** What messages call it. */
  readonly name: string;
  readonly file: Hdf5File;
  readonly layout: 'objects' | 'legacy';
  /** The group that holds the layers; empty for the whole file. */
  readonly root: string;
}

/** A weight, and the dataset that holds its numbers. */
interface Place {
  readonly weight: KerasWeight['weight'];
  readonly path: string;
  readonly entry: KerasEntry;
}

/**
 * Puts the weights of a file into a model that was built of its configuration.
 *
 * @param entry the model as its file has it
 * @throws InputError for a weight that is missing, left over, of another shape, no number or not finite; some weights may have been
 *   written by then
 */
export function loadKerasWeights(entry: KerasEntry, model: LayersModel, source: WeightSource): void {
  const { name, file } = source;
  const places =
    source.layout === 'objects' ? placesOfObjects(entry, model, source) : placesOfLegacy(entry, model, source);
  // All shapes before any number is read, since a file may declare any size.
  for (const { weight, path, entry: owner } of places) {
    const [wanted, got] = [`[${weight.shape.join(', ')}]`, `[${file.shape(path).join(', ')}]`];
    if (wanted !== got) throw doesNotFit(name, owner, `must have the shape ${wanted} for "${path}"; got ${got}`);
  }
  for (const { weight, path } of places) {
    const numbers = file.numbers(path);
    const values = tensor(numbers, weight.shape as number[]);
    try {
      assertFinite(name, [[path, numbers]]);
      // Weights are what the file says, as in Keras: TensorFlow.js's own `write` would apply constraints.
      assignTo([weight.read() as Variable], [values]);
    } finally {
      dispose(values);
    }
  }
}

/** `layers/dense/vars/0`: a tree of objects. */
function placesOfObjects(entry: KerasEntry, model: LayersModel, { name, file, root }: WeightSource): Place[] {
  const seen = new Set<unknown>();
  const base = root ? `${root}/` : '';
  // Some files of Keras 2 have the layers under another name.
  const old = !file.has(`${base}layers`) && file.has(`${base}_layer_checkpoint_dependencies`);
  const places: Place[] = [];
  const visit = (owner: KerasEntry, layer: Parameters<typeof builtLayers>[1], at: string) => {
    const children = builtLayers(owner, layer);
    const pathOf = (path: string) =>
      `${at}${old ? path.replace(/^layers\//, '_layer_checkpoint_dependencies/') : path}`;
    for (const each of children) {
      if (isModel(each.entry)) {
        if (!seen.has(each.layer)) visit(each.entry, each.layer, `${pathOf(each.path)}/`);
        seen.add(each.layer);
        continue;
      }
      const own = onlyFirst(weightsOf(each)).filter(({ weight }) => !seen.has(weight));
      for (const { weight } of own) seen.add(weight);
      places.push(...placesOfLayer(each.entry, own, pathOf(each.path), file, name));
    }
    const known = new Set(children.map(({ path }) => pathOf(path).slice(at.length).split('/')[1]));
    const group = `${at}${old ? '_layer_checkpoint_dependencies' : 'layers'}`;
    const other = file.names(group).find((child) => !known.has(child) && holdsNumbers(file, `${group}/${child}`));
    if (other !== undefined)
      throw new InputError(
        `the weights of ${name} do not fit its layers: ${entryTitle(owner)} must have a layer for "${group}/${other}"; got none`,
      );
  };
  visit(entry, model, base);
  return places;
}

/** Whether an object of the file, or its cell, has variables. */
function holdsNumbers(file: Hdf5File, path: string): boolean {
  return [`${path}/vars`, `${path}/cell/vars`].some((group) => file.names(group).length > 0);
}

/** Variables that Keras stores and that are not needed: how many rows a normalisation has seen. */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = { Normalization: ['2'] };

function placesOfLayer(
  entry: KerasEntry,
  weights: readonly KerasWeight[],
  base: string,
  file: Hdf5File,
  name: string,
): Place[] {
  const groups = new Map<string, string[]>();
  const places = weights.map(({ path, weight }) => {
    const parts = path.split('/');
    const number = parts.pop() as string;
    const group = groupOf(file, base, parts);
    groups.set(group, [...(groups.get(group) ?? []), number]);
    if (!file.has(`${group}/${number}`))
      throw doesNotFit(name, entry, `must have ${counted(weights.length, 'weight')}; got no "${group}/${number}"`);
    return { weight, path: `${group}/${number}`, entry };
  });
  if (weights.length === 0) groups.set(`${base}/vars`, []);
  for (const [group, numbers] of groups) {
    const unneeded = UNNEEDED[entry.class_name] ?? [];
    const other = file.names(group).find((each) => !numbers.includes(each) && !unneeded.includes(each));
    if (other !== undefined)
      throw doesNotFit(name, entry, `must have ${counted(numbers.length, 'weight')}; got "${group}/${other}" too`);
  }
  return places;
}

/** A group below a layer; Keras 2 puts an underscore before the names of some parts, such as `_query_dense`. */
function groupOf(file: Hdf5File, base: string, parts: readonly string[]): string {
  let path = base;
  for (const part of parts)
    path = !file.has(`${path}/${part}`) && file.has(`${path}/_${part}`) ? `${path}/_${part}` : `${path}/${part}`;
  return path;
}

/** `dense/dense/kernel:0`: lists of layers and of their weights, in the order of the model. */
function placesOfLegacy(entry: KerasEntry, model: LayersModel, { name, file, root }: WeightSource): Place[] {
  const base = root ? `${root}/` : '';
  const groups = (listOf(file, root, 'layer_names') ?? []).flatMap((layer) => {
    const names = listOf(file, `${base}${layer}`, 'weight_names') ?? [];
    return names.length > 0 ? [{ layer, paths: names.map((each) => `${base}${layer}/${each}`) }] : [];
  });
  const owners = builtLayers(entry, model).flatMap((built) => {
    const weights = legacyOrder(built, onlyFirst(weightsOf(built)));
    return weights.length > 0 ? [{ ...built, weights }] : [];
  });
  if (owners.length !== groups.length)
    throw new InputError(
      `the weights of ${name} do not fit its layers: the model must have ${counted(groups.length, 'layer')} with weights, as the file has; got ${owners.length}`,
    );
  return owners.flatMap(({ entry: owner, weights }, i) => {
    const { paths, layer } = groups[i] as (typeof groups)[0];
    const needed =
      paths.length - (UNNEEDED[owner.class_name]?.length ?? 0) === weights.length ? weights.length : paths.length;
    if (needed !== weights.length)
      throw doesNotFit(
        name,
        owner,
        `must have ${counted(weights.length, 'weight')}; got ${paths.length} of "${layer}"`,
      );
    return weights.map((weight, j) => ({ weight, path: paths[j] as string, entry: owner }));
  });
}

/** Within a layer or model of the older layout, trained weights come before all others. */
function legacyOrder({ layer }: { readonly layer: LayersModel['layers'][number] }, weights: readonly KerasWeight[]) {
  const trained = new Set(layer.trainableWeights);
  const all = weights.map(({ weight }) => weight);
  return [...all.filter((each) => trained.has(each)), ...all.filter((each) => !trained.has(each))];
}

/** An attribute that lists names; HDF5 holds 64 KB in one, so that long lists have several, with a number behind their name. */
export function listOf(file: Hdf5File, path: string, attribute: string): string[] | undefined {
  const whole = file.texts(path, attribute);
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = file.texts(path, `${attribute}${i}`);
    if (!part) return i > 0 ? parts : undefined;
    parts.push(...part);
  }
}
