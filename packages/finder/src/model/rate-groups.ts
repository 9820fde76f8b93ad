import { counted, countText, InputError, nearest, quotedList, wordList } from '@lrfind/core';
import type { RateGroups } from '@lrfind/core/sweep';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { isLayersModel } from './described.js';
import { partsOf } from './layers-within.js';

/** Trainable weights of a model that share a learning rate. */
export interface RateGroup {
  /** Its pattern; `others` for the weights that no pattern matches. */
  readonly name: string;
  /** Null for the weights that no pattern matches. */
  readonly pattern: string | null;
  /** What the learning rate is multiplied with; 1 for the others. */
  readonly multiplier: number;
  /** Names of its layers in the model's order; a model within stands for its layers if all of them belong to the group. */
  readonly layers: readonly string[];
  readonly weights: ReadonlySet<Variable>;
  /** The number of trainable parameters. */
  readonly parameters: number;
}

/** A layer with trainable weights, at any depth. */
interface WeightedLayer {
  readonly name: string;
  readonly weights: readonly Variable[];
}

/** The name of the weights that no pattern matches. */
const OTHERS = 'others';

/**
 * Resolves patterns of layer names to the trainable weights of a model. A pattern matches whole names, in which `*` stands for any
 * letters. A weight belongs to a group if the pattern matches its layer or a layer around that, such as a model within the model;
 * the name of the model itself says nothing. Where several patterns with equal multipliers match, the first has the weight.
 *
 * @param model built
 * @param groups multipliers by pattern
 * @returns the groups in the order given, then the others if there are any; empty where no groups are given
 * @throws InputError for a pattern that matches no layer with trainable weights, and for a layer that has two multipliers
 */
export function resolveGroups(model: LayersModel, groups: RateGroups | undefined): RateGroup[] {
  const given = Object.entries(groups ?? {});
  if (given.length === 0) return [];
  const trained = new Set(model.trainableWeights.map((weight) => weight.read() as Variable));
  const parts = namedLayers(model);
  const weighted = parts
    .map((part) => ({ name: part.name, weights: trainedWeights(part, trained) }))
    .filter(({ weights }) => weights.length > 0);
  const groupOf = new Map<Variable, string>();
  for (const [pattern, multiplier] of given) {
    const matching = matched(pattern, model.name, weighted, parts);
    for (const { name, weights } of matching) {
      const [other] = weights.flatMap((weight) => groupOf.get(weight) ?? []);
      if (other !== undefined && groups?.[other] !== multiplier)
        throw new InputError(
          `model "${model.name}": layer "${name}" must be in one group; got "${other}:${groups?.[other]}" and "${pattern}:${multiplier}"`,
        );
      for (const weight of weights) groupOf.set(weight, groupOf.get(weight) ?? pattern);
    }
  }
  const others = OTHERS in (groups as RateGroups) ? 'other layers' : OTHERS;
  const nameOf = (weight: Variable) => groupOf.get(weight) ?? others;
  return [...given.map(([pattern, multiplier]) => [pattern, multiplier, pattern] as const), [others, 1, null] as const]
    .map(([name, multiplier, pattern]): RateGroup => {
      const weights = new Set([...trained].filter((weight) => nameOf(weight) === name));
      const parameters = [...weights].reduce((sum, { size }) => sum + size, 0);
      return {
        name,
        pattern,
        multiplier,
        layers: [...new Set(layersOf(model, trained, weights))],
        weights,
        parameters,
      };
    })
    .filter(({ weights }) => weights.size > 0);
}

/** What is multiplied where, in a sentence for a result. */
export function groupsNote(groups: readonly RateGroup[]): string {
  const each = groups.map(
    ({ name, multiplier, layers, parameters }) =>
      `${name} × ${multiplier} (${wordList(layers)}; ${countText(parameters)} ${parameters === 1 ? 'parameter' : 'parameters'})`,
  );
  return `learning rate by ${counted(groups.length, 'group')}: ${each.join(', ')}`;
}

/** Every layer of a model but itself, to any depth, in the model's order. */
function namedLayers(model: LayersModel): layers.Layer[] {
  const found = new Set(childrenOf(model));
  // The loop also visits what is added to the set meanwhile.
  for (const layer of found) for (const part of childrenOf(layer)) found.add(part);
  found.delete(model);
  return [...found];
}

/** The parts of a model are its layers alone: a `sequential` has another model inside, whose name nobody gave. */
function childrenOf(layer: layers.Layer): layers.Layer[] {
  return isLayersModel(layer) ? (layer as LayersModel).layers : partsOf(layer);
}

function trainedWeights(layer: layers.Layer, trained: ReadonlySet<Variable>): Variable[] {
  return layer.weights.map((weight) => weight.read() as Variable).filter((weight) => trained.has(weight));
}

/** The layers with trainable weights that a pattern matches, at least one. */
function matched(
  pattern: string,
  model: string,
  weighted: readonly WeightedLayer[],
  parts: readonly layers.Layer[],
): WeightedLayer[] {
  const found = weighted.filter(({ name }) => matches(name, pattern));
  if (found.length > 0) return found;
  const frozen = parts.filter(({ name }) => matches(name, pattern)).map(({ name }) => name);
  const what = `model "${model}": group "${pattern}" must match a layer with trainable weights`;
  if (frozen.length > 0) throw new InputError(`${what}; got ${quotedList([...new Set(frozen)])} without any`);
  const names = [...new Set(weighted.map(({ name }) => name))];
  const near = nearest(pattern.replaceAll('*', ''), names);
  throw new InputError(`${what}; there are ${quotedList(names)}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

/** Whether a pattern matches a whole name. */
function matches(name: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let end = first.length;
  for (const part of others) {
    const at = name.indexOf(part, end);
    if (at < 0) return false;
    end = at + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= end;
}

/** The outermost layers within a layer whose trainable weights are all among some. */
function layersOf(
  layer: layers.Layer,
  trained: ReadonlySet<Variable>,
  wanted: ReadonlySet<Variable>,
  seen = new Set([layer]),
): string[] {
  return childrenOf(layer).flatMap((part) => {
    const weights = trainedWeights(part, trained);
    const inside = weights.filter((weight) => wanted.has(weight));
    if (inside.length === 0 || seen.has(part)) return [];
    seen.add(part);
    return inside.length === weights.length ? [part.name] : layersOf(part, trained, wanted, seen);
  });
}
