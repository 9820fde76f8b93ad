import { InputError, isObject } from '@lrfind/core';
import { type CallMasks, type GivenMask, type MaskStep, type TensorPlace, withCallMasks } from '../../call-masks.js';
import { type KerasCall, refsIn, TensorRef } from './calls.js';
import { entryName, entryTitle, isOperation, type KerasEntry } from './entry.js';
import { operationConfig, operationOfKeras2 } from './operation.js';
import { callKey } from './run-order.js';

/** Arguments of calls that are masks of the tensors. */
export const MASK_ARGUMENTS: readonly string[] = ['mask', 'query_mask', 'value_mask', 'key_mask'];

/** Keras 3 also writes into functional models how masks are computed; what is not an argument of this kind computes the outputs. */
function withoutMasks(kwargs: KerasCall['kwargs']): unknown[] {
  return Object.entries(kwargs).flatMap(([name, value]) => (MASK_ARGUMENTS.includes(name) ? [] : [value]));
}

/**
 * The layers and operations that compute a model's outputs, without those that compute masks alone.
 *
 * @param outputs of the model
 * @returns names
 */
export function computingOutputs(
  entries: readonly KerasEntry[],
  calls: ReadonlyMap<string, readonly KerasCall[]>,
  outputs: readonly string[],
): ReadonlySet<string> {
  const needed = new Set(outputs);
  // The loop also visits what is added meanwhile.
  for (const name of needed) {
    for (const { args, kwargs } of calls.get(name) ?? [])
      for (const { layer } of refsIn([args, withoutMasks(kwargs)])) needed.add(layer);
  }
  const names = new Set(entries.map(entryName));
  return new Set([...needed].filter((name) => names.has(name)));
}

/** Whether a file gives a mask to a call. */
export function givesMasks(calls: Iterable<readonly KerasCall[]>): boolean {
  return [...calls].flat().some(({ kwargs }) => MASK_ARGUMENTS.some((name) => kwargs[name] != null));
}

/** A functional model of a file, as far as its masks go. */
export interface MaskedGraph {
  readonly keras: 2 | 3;
  readonly entries: readonly KerasEntry[];
  readonly calls: ReadonlyMap<string, readonly KerasCall[]>;
  /** What computes the outputs, by name. */
  readonly needed: ReadonlySet<string>;
  /** When each call runs, by `callKey`. */
  readonly order: ReadonlyMap<string, number>;
  /** The keys of the inputs of a model within the model that takes an object; null for other layers. */
  readonly inputOrder: (entry: KerasEntry) => readonly string[] | null;
}

/**
 * What is said of the masks of each call, as options of the call: the masks that the file gives, how they are computed, and when the
 * call runs.
 *
 * @returns options by `callKey`
 * @throws InputError naming the layer, for a mask that comes from what does not compute the outputs
 */
export function callOptionsOfMasks(graph: MaskedGraph): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const { keras, entries, calls, needed, order } = graph;
  const computing = entries.filter((entry) => needed.has(entryName(entry)) || !isOperation(entry));
  const all = computing.flatMap((entry) =>
    (calls.get(entryName(entry)) ?? []).map((call, i) => ({ entry, call, key: callKey(entryName(entry), i) })),
  );
  const at = (key: string) => order.get(key) ?? order.size;
  all.sort((a, b) => at(a.key) - at(b.key));
  const steps = new StepsOf(graph);
  return new Map(
    all.map(({ entry, call, key }) => {
      const masks: Record<string, CallMasks['masks'][string]> = {};
      for (const name of MASK_ARGUMENTS) {
        const value = call.kwargs[name];
        if (value != null) masks[name] = maskGiven(value, graph.inputOrder(entry), (ref) => steps.giving(ref, entry));
      }
      return [key, withCallMasks({ keras, order: at(key), steps: steps.taken(), masks })] as const;
    }),
  );
}

function maskGiven(
  value: unknown,
  keys: readonly string[] | null,
  giving: (ref: TensorRef) => GivenMask,
): CallMasks['masks'][string] {
  if (value instanceof TensorRef) return giving(value);
  const list = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : inOrderOf(value, keys);
  return list.map((each) => (each instanceof TensorRef ? giving(each) : null));
}

function inOrderOf(value: unknown, keys: readonly string[] | null): unknown[] {
  return isObject(value) ? (keys ?? Object.keys(value).sort()).map((key) => value[key]) : [];
}

/** The steps of a graph's masks, each of which the first call that needs it has. */
class StepsOf {
  readonly #graph: MaskedGraph;
  readonly #byName: ReadonlyMap<string, KerasEntry>;
  readonly #known = new Set<string>();
  #taken: MaskStep[] = [];

  constructor(graph: MaskedGraph) {
    this.#graph = graph;
    this.#byName = new Map(graph.entries.map((entry) => [entryName(entry), entry]));
  }

  /** The steps since the last time. */
  taken(): MaskStep[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }

  /** A tensor of the graph, or the step that gives it. */
  giving(mask: TensorRef, taking: KerasEntry): TensorPlace | string {
    // Without recursion, because a chain may be long: what a step takes goes before it.
    const stack = [mask];
    const begun = new Set<string>();
    while (stack.length > 0) {
      const ref = stack.at(-1) as TensorRef;
      const found = this.#found(ref);
      if (found !== undefined) {
        stack.pop();
        continue;
      }
      const entry = this.#byName.get(ref.layer);
      const [call] = this.#graph.calls.get(ref.layer) ?? [];
      const isStep = entry && (isOperation(entry) || operationOfKeras2(entry) !== undefined);
      if (!entry || !isStep || !call)
        throw new InputError(
          `${entryTitle(taking)}: its mask must be computed from inputs and from layers that the outputs need, by operations; got one from "${ref.layer}": let a layer pass the mask on, or make it an input of the model`,
        );
      const config = operationConfig(entry, this.#graph.calls.get(ref.layer) ?? []);
      const from = refsIn([call.args, call.kwargs]);
      const missing = from.filter((each) => this.#found(each) === undefined);
      if (missing.length > 0 && begun.has(ref.layer))
        throw new InputError(`${entryTitle(entry)} must not wait for itself, as a step of a mask; it does`);
      begun.add(ref.layer);
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      this.#known.add(ref.layer);
      const { class_name, module, config: own } = entry;
      const written = {
        class_name,
        module,
        config: own,
        args: this.#plain(call.args),
        kwargs: this.#plain(call.kwargs),
      };
      const of = from.map((each) => this.#found(each) as TensorPlace | string);
      this.#taken.push({ name: ref.layer, operation: config as never, of, written });
    }
    return this.#found(mask) as TensorPlace | string;
  }

  #found({ layer, call, tensor }: TensorRef): TensorPlace | string | undefined {
    const entry = this.#byName.get(layer);
    if (this.#graph.needed.has(layer) || entry?.class_name === 'InputLayer') return [layer, call, tensor];
    return this.#known.has(layer) ? layer : undefined;
  }

  #plain(value: unknown): unknown {
    if (value instanceof TensorRef) return { ref: this.#found(value) };
    if (Array.isArray(value)) return value.map((each) => this.#plain(each));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#plain(each)]));
  }
}
