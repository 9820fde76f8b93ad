import { InputError } from '@lrfind/core';
import { type KerasCall, refsIn, type TensorRef } from './calls.js';
import { entryName, isModel, type KerasEntry } from './entry.js';

/**
 * In which order Keras 3 runs the calls of a functional model: by their distance from the outputs, those of a shared layer together, and
 * the operations that compute masks among them. The order matters where a layer takes the mask from a tensor that others use too.
 *
 * @param outputs of the model, in order
 * @returns a number for each call, by `callKey`; none for calls that no output needs
 * @throws InputError for calls that wait for each other
 */
export function runOrder(
  entries: readonly KerasEntry[],
  calls: ReadonlyMap<string, readonly KerasCall[]>,
  outputs: readonly TensorRef[],
): ReadonlyMap<string, number> {
  const models = new Set(entries.filter(isModel).map(entryName));
  const keyOf = ({ layer, call }: TensorRef) => callKey(layer, models.has(layer) ? call - 1 : call);
  const known = new Map<string, { readonly layer: string; readonly from: readonly string[] }>();
  for (const [layer, own] of calls)
    for (const [i, { args, kwargs }] of own.entries())
      known.set(callKey(layer, i), { layer, from: refsIn([args, kwargs]).map(keyOf) });
  const depths = new Map<string, number>();
  const layerDepths = new Map<string, number>();
  for (const key of inOrder(known, outputs.map(keyOf)).reverse()) {
    const { layer, from } = known.get(key) as { layer: string; from: readonly string[] };
    const depth = Math.max(depths.get(key) ?? 0, layerDepths.get(layer) ?? 0);
    layerDepths.set(layer, depth);
    depths.set(key, depth);
    for (const each of from) if (known.has(each)) depths.set(each, Math.max(depth + 1, depths.get(each) ?? 0));
  }
  // Equal depths stay in the order in which they were met.
  const sorted = [...depths].sort(([, a], [, b]) => b - a);
  return new Map(sorted.map(([key], i) => [key, i]));
}

/** A call among those of a model: the layer's name, and which of its calls, from 0. */
export function callKey(layer: string, call: number): string {
  return JSON.stringify([layer, call]);
}

/** The calls that outputs need, each behind those that it needs; without recursion, because a chain may be long. */
function inOrder(
  known: ReadonlyMap<string, { readonly from: readonly string[] }>,
  outputs: readonly string[],
): string[] {
  const finished = new Set<string>();
  const begun = new Set<string>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const key = stack.at(-1) as string;
    const from = known.get(key)?.from ?? [];
    if (!known.has(key) || finished.has(key) || begun.has(key)) {
      stack.pop();
      if (begun.delete(key)) finished.add(key);
      continue;
    }
    begun.add(key);
    for (const each of [...from].reverse()) {
      if (begun.has(each)) throw new InputError(`the calls of a model must not wait for each other; ${each} does`);
      if (!finished.has(each)) stack.push(each);
    }
  }
  return [...finished];
}
