import { InputError } from '@lrfind/core';
import { type KerasCall, refsIn, type TensorRef } from './calls.js';
import { entryName, entryTitle, isOperation, type KerasEntry } from './entry.js';

/** Operations with which Keras writes how a mask follows from others. */
const MASK_OPERATIONS: ReadonlySet<string> = new Set([
  ...['NotEqual', 'Any', 'All', 'LogicalOr', 'LogicalAnd', 'Concatenate', 'ExpandDims', 'Squeeze', 'Reshape'],
  ...['BroadcastTo', 'OnesLike', 'ZerosLike', 'Cast', 'ConvertToTensor', 'Flip'],
]);

/** Arguments of calls that are masks of the tensors. */
export const MASK_ARGUMENTS: readonly string[] = ['mask', 'query_mask', 'value_mask', 'key_mask'];

function split(kwargs: KerasCall['kwargs']): { masks: unknown[]; others: unknown[] } {
  const isMask = ([name]: [string, unknown]) => MASK_ARGUMENTS.includes(name);
  const given = Object.entries(kwargs);
  const values = (entries: [string, unknown][]) => entries.map(([, value]) => value);
  return { masks: values(given.filter(isMask)), others: values(given.filter((each) => !isMask(each))) };
}

/**
 * The layers and operations that compute a model's outputs. Keras 3 also writes into functional models how masks are computed, and
 * hands them on as `mask`; the layers' own rules give the same masks, so that these operations are left out.
 *
 * @param outputs of the model
 * @returns names
 * @throws InputError for a mask of another origin than `Embedding` and `Masking`, which would be lost
 */
export function computingOutputs(
  entries: readonly KerasEntry[],
  calls: ReadonlyMap<string, readonly KerasCall[]>,
  outputs: readonly string[],
): ReadonlySet<string> {
  const needed = new Set(outputs);
  // The loop also visits what is added meanwhile.
  for (const name of needed) {
    for (const { args, kwargs } of calls.get(name) ?? []) {
      for (const { layer } of refsIn([args, split(kwargs).others])) needed.add(layer);
    }
  }
  const byName = new Map(entries.map((entry) => [entryName(entry), entry]));
  const masked = maskedTensors(entries, calls);
  for (const name of needed) {
    for (const { kwargs } of calls.get(name) ?? []) {
      for (const ref of refsIn(split(kwargs).masks)) {
        if (followsFromLayers(ref, byName, calls, masked)) continue;
        throw new InputError(
          `${entryTitle(byName.get(name) as KerasEntry)}: its mask must come from Embedding (mask_zero) or Masking; got one that "${ref.layer}" gives: leave the argument mask out where the layers pass the mask on themselves`,
        );
      }
    }
  }
  return new Set([...needed].filter((name) => byName.has(name)));
}

/** The tensors that a layer makes a mask of. */
function maskedTensors(
  entries: readonly KerasEntry[],
  calls: ReadonlyMap<string, readonly KerasCall[]>,
): ReadonlySet<string> {
  const making = entries.filter(
    ({ class_name, config }) => class_name === 'Masking' || (class_name === 'Embedding' && config.mask_zero === true),
  );
  return new Set(
    making.flatMap((entry) =>
      (calls.get(entryName(entry)) ?? []).flatMap(({ args, kwargs }) => refsIn([args, kwargs]).map(keyOf)),
    ),
  );
}

function keyOf({ layer, call, tensor }: TensorRef): string {
  return JSON.stringify([layer, call, tensor]);
}

/** Whether a mask is computed from the inputs of layers that make masks, by operations that only pass masks on. */
function followsFromLayers(
  mask: TensorRef,
  byName: ReadonlyMap<string, KerasEntry>,
  calls: ReadonlyMap<string, readonly KerasCall[]>,
  masked: ReadonlySet<string>,
): boolean {
  const names = new Set([mask.layer]);
  for (const name of names) {
    const entry = byName.get(name);
    if (!entry || !isOperation(entry) || !MASK_OPERATIONS.has(entry.class_name)) return false;
    const refs = (calls.get(name) ?? []).flatMap(({ args, kwargs }) => refsIn([args, kwargs]));
    if (entry.class_name === 'NotEqual') {
      if (!refs.every((ref) => masked.has(keyOf(ref)))) return false;
    } else if (entry.class_name !== 'OnesLike' && entry.class_name !== 'ZerosLike') {
      for (const { layer } of refs) names.add(layer);
    }
  }
  return true;
}
