import { type KerasCall, refsIn, type TensorRef } from './calls.js';
import { entryName, entryTitle, isOperation, type KerasEntry } from './entry.js';
import { callKey } from './run-order.js';
import { MASK_ARGUMENTS } from './written-masks.js';

/**
 * The layers that Keras 3 runs without the mask of a tensor because `MultiHeadAttention` took it before (seen in 3.15): those that use the
 * same tensor later, and to which the file gives no mask.
 *
 * @param order when each call runs, by `callKey`
 * @returns their titles for messages
 */
export function forgettingLayers(
  entries: readonly KerasEntry[],
  calls: ReadonlyMap<string, readonly KerasCall[]>,
  order: ReadonlyMap<string, number>,
): string[] {
  const uses = entries.flatMap((entry) =>
    (calls.get(entryName(entry)) ?? []).map((call, i) => ({
      entry,
      call,
      at: order.get(callKey(entryName(entry), i)) ?? Number.POSITIVE_INFINITY,
      keys: new Set(tensorsOf(call).map(keyOf)),
    })),
  );
  const taking = new Map<string, number>();
  for (const { entry, at, keys } of uses) {
    if (entry.class_name !== 'MultiHeadAttention') continue;
    for (const key of keys) taking.set(key, Math.min(at, taking.get(key) ?? at));
  }
  const later = uses.filter(
    ({ entry, call, at, keys }) =>
      !isOperation(entry) && call.kwargs.mask == null && [...keys].some((key) => at > (taking.get(key) ?? at)),
  );
  return [...new Set(later.map(({ entry }) => entryTitle(entry)))];
}

function tensorsOf({ args, kwargs }: KerasCall): TensorRef[] {
  const others = Object.entries(kwargs).filter(([name]) => !MASK_ARGUMENTS.includes(name) && name !== 'attention_mask');
  return refsIn([args, others.map(([, value]) => value)]);
}

function keyOf({ layer, call, tensor }: TensorRef): string {
  return JSON.stringify([layer, call, tensor]);
}
