import { isObject, notAllowed } from '@lrfind/core';
import { entryTitle, isModel, type KerasEntry } from './entry.js';

/** A tensor of the graph: the layer, which of its calls, and which of that call's outputs. */
export class TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;

  constructor(layer: string, call: number, tensor: number) {
    this.layer = layer;
    this.call = call;
    this.tensor = tensor;
  }
}

/** A call of a layer: its arguments, in which tensors are references, also within lists and objects. */
export interface KerasCall {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** What Keras 2 writes for a constant in the place of a tensor's layer. */
const CONSTANT = '_CONSTANT_VALUE';

/**
 * The calls of a layer of a functional model, as Keras 2 or Keras 3 writes them.
 *
 * @returns calls are counted as TensorFlow.js does: a model's first call is 1, because its own is 0
 * @throws InputError for anything else than a list of calls
 */
export function callsOf(entry: KerasEntry, modelNames: ReadonlySet<string>): KerasCall[] {
  const { inbound_nodes: nodes = [] } = entry;
  const place = `${entryTitle(entry)}: inbound_nodes`;
  if (!Array.isArray(nodes)) throw notAllowed(place, 'a list of calls', nodes);
  return nodes.map((node: unknown, i) => {
    if (Array.isArray(node)) return callOfKeras2(node, `${place}/${i}`);
    const { args, kwargs = {} } = isObject(node) ? node : {};
    if (!Array.isArray(args) || !isObject(kwargs)) throw notAllowed(`${place}/${i}`, 'args and kwargs', node);
    const read = (value: unknown) => withRefs(value, modelNames, `${place}/${i}`);
    return {
      args: args.map(read),
      kwargs: Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, read(value)])),
    };
  });
}

/** References in place of what Keras 3 writes for tensors, within lists and objects too. */
function withRefs(value: unknown, modelNames: ReadonlySet<string>, place: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withRefs(each, modelNames, place));
  if (!isObject(value)) return value;
  if (value.class_name === '__keras_tensor__') {
    const history = isObject(value.config) ? value.config.keras_history : undefined;
    const ref = refOf(history);
    if (!ref)
      throw notAllowed(
        `${place}: keras_history`,
        '[layer, call, tensor], the last two counted from 0',
        history ?? null,
      );
    return modelNames.has(ref.layer) ? new TensorRef(ref.layer, ref.call + 1, ref.tensor) : ref;
  }
  if ('class_name' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withRefs(each, modelNames, place)]));
}

/** Keras 2: `[[layer, call, tensor, kwargs], …]`, or for an operation one of these without the list around it. */
function callOfKeras2(node: readonly unknown[], place: string): KerasCall {
  const list = node.length > 0 && !Array.isArray(node[0]) ? [node] : (node as unknown[][]);
  const kwargs: Record<string, unknown> = {};
  const refs = list.map((each) => {
    const [layer, call, tensor, options] = Array.isArray(each) ? each : [];
    for (const [key, value] of Object.entries(isObject(options) ? options : {}))
      kwargs[key] = refOf(value) ?? (Array.isArray(value) ? value.map((inner) => refOf(inner) ?? inner) : value);
    if (layer === CONSTANT) return tensor;
    const ref = refOf([layer, call, tensor]);
    if (!ref) throw notAllowed(place, '[layer, call, tensor], the last two counted from 0', each);
    return ref;
  });
  return { args: refs.length > 1 ? [refs] : refs, kwargs };
}

function refOf(value: unknown): TensorRef | undefined {
  const [layer, call, tensor] = Array.isArray(value) ? value : [];
  const counts = [call, tensor].every((number) => Number.isInteger(number) && number >= 0);
  return typeof layer === 'string' && counts ? new TensorRef(layer, call, tensor) : undefined;
}

/** The tensors among arguments, in order; those of an object by its sorted keys, as Python's libraries flatten it. */
export function refsIn(value: unknown): TensorRef[] {
  if (value instanceof TensorRef) return [value];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isObject(value) || 'class_name' in value) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => refsIn(value[key]));
}

/** The inputs or outputs of a model: tensors in order, and their keys where the model has them in an object. */
export interface Ends {
  readonly refs: readonly (readonly [layer: string, call: number, tensor: number])[];
  /** Names for data, in the same order; null where the layers' names are. */
  readonly keys: readonly string[] | null;
}

/**
 * Reads `input_layers` or `output_layers`: a list of tensors, a single one, or an object of them, within which lists may be.
 *
 * @throws InputError for anything else
 */
export function endsOf(
  model: KerasEntry,
  ends: 'input_layers' | 'output_layers',
  modelNames: ReadonlySet<string>,
): Ends {
  const given = model.config[ends];
  const place = `${entryTitle(model)}: ${ends}`;
  const read = (value: unknown, path: string): [path: string, ref: TensorRef][] => {
    const ref = refOf(value);
    if (ref) return [[path, ref]];
    if (Array.isArray(value)) return value.flatMap((each) => read(each, path));
    if (!isObject(value)) throw notAllowed(place, 'tensors, each [layer, call, tensor]', value);
    return Object.keys(value)
      .sort()
      .flatMap((key) => read(value[key], path ? `${path}/${key}` : key));
  };
  const found = read(given, '');
  // Keras 3 counts the calls of a model from 0, TensorFlow.js from 1.
  const shifted = (ref: TensorRef) => (modelNames.has(ref.layer) ? ref.call + 1 : ref.call);
  const keys = found.map(([path]) => path);
  return {
    refs: found.map(([, ref]) => [ref.layer, shifted(ref), ref.tensor] as const),
    keys: isObject(given) && new Set(keys).size === keys.length ? keys : null,
  };
}

/** The names of the models among layers, whose calls Keras 3 counts from 0; none for Keras 2. */
export function modelNamesOf(entries: readonly KerasEntry[], keras: number): ReadonlySet<string> {
  return new Set(keras < 3 ? [] : entries.filter(isModel).map(({ name }) => String(name)));
}
