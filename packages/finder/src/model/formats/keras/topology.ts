import { InputError, isObject, notAllowed, shownValue } from '@lrfind/core';
import { batchShape, text } from '../../layers/parameter-kinds.js';
import { kerasLayer, translateKerasLayer } from '../../layers/translate-keras-layer.js';
import { checkParameters } from '../../layers/translate-part.js';
import { checkGraph } from '../tfjs/graph.js';
import { isModelClass, type LayerConfig } from '../tfjs/topology.js';
import { callsOf, endsOf, type KerasCall, modelNamesOf, refsIn, TensorRef } from './calls.js';
import { entriesOf, entryName, entryTitle, innerEntries, isModel, isOperation, type KerasEntry } from './entry.js';
import { forgettingLayers } from './forgotten-masks.js';
import { operationConfig, operationOfKeras2 } from './operation.js';
import { dtypeName } from './refusals.js';
import { callKey, runOrder } from './run-order.js';
import { callOptionsOfMasks, computingOutputs, givesMasks, MASK_ARGUMENTS } from './written-masks.js';

/** A model in the words that TensorFlow.js has, in the spelling of Keras 2. */
export interface Converted {
  readonly topology: LayerConfig;
  /** Names for data, in the order of inputs and of outputs, where the model has them in an object; null where it has not. */
  readonly inputKeys: readonly string[] | null;
  readonly outputKeys: readonly string[] | null;
  /** What is computed otherwise than in Keras, in sentences. */
  readonly notes: readonly string[];
}

/** What is the same for all of a model. */
interface Context {
  /** The version of Keras that wrote the file: 2 or 3. */
  readonly keras: 2 | 3;
  /** The layers by the policy of narrower numbers that they have in the file. */
  readonly narrow: Map<string, string[]>;
  /** What layers do that their user must know. */
  readonly notes: Set<string>;
  /** The layers that run without a mask because another one took it before. */
  readonly forgetting: Set<string>;
  /** Whether a layer of it makes masks. */
  readonly masks: boolean;
}

/**
 * Writes a model of Keras as TensorFlow.js builds it, with Keras's numbers.
 *
 * @param model checked by `refuseUnreadable`
 * @param keras the version that wrote it
 * @throws InputError naming the layer, for a class, a parameter and an argument of a call that cannot be had, and for a graph that
 *   cannot be built
 */
export function convertModel(model: KerasEntry, keras: 2 | 3): Converted {
  const context: Context = {
    keras,
    narrow: new Map(),
    notes: new Set(),
    forgetting: new Set(),
    masks: makesMasks(model),
  };
  const { topology, inputKeys, outputKeys } = modelOf(model, context);
  const notes = [...context.narrow].map(([policy, layers]) => {
    const [first] = layers;
    const which = layers.length > 1 ? `${first} and ${layers.length - 1} more` : first;
    return `computed in float32, not as the policy ${policy} of ${which} says: results differ by Keras's rounding`;
  });
  const [first, ...others] = context.forgetting;
  if (first !== undefined)
    notes.push(
      `without a mask, as in Keras 3: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}, because MultiHeadAttention before takes the mask from the tensor that both use`,
    );
  return { topology, inputKeys, outputKeys, notes: [...notes, ...context.notes] };
}

/** Whether a layer makes masks, in any of a model's models and wrappers. */
function makesMasks(model: KerasEntry): boolean {
  const entries = [model];
  // The loop also visits what is added meanwhile.
  for (const entry of entries) {
    if (entry.class_name === 'Masking' || entry.config.mask_zero === true) return true;
    entries.push(...innerEntries(entry));
  }
  return false;
}

function modelOf(model: KerasEntry, context: Context): Omit<Converted, 'notes'> {
  const { name, trainable, build_input_shape: shape } = model.config;
  const common = {
    name: name ?? 'model',
    ...(trainable === false && { trainable }),
    ...(shape != null && { build_input_shape: shape }),
  };
  checkParameters(`model ${shownValue(common.name)}`, { name: text, build_input_shape: batchShape }, common);
  if (model.class_name !== 'Sequential') return functionalOf(model, common, context);
  const layers = entriesOf(model).map((entry) => layerOf(entry, context));
  if (layers.length === 0) throw new InputError(`model "${common.name}" must have layers; got none`);
  const topology = { class_name: 'Sequential', config: { ...common, layers } };
  checkGraph(topology);
  return { topology, inputKeys: null, outputKeys: null };
}

function functionalOf(
  model: KerasEntry,
  common: Readonly<Record<string, unknown>>,
  context: Context,
): Omit<Converted, 'notes'> {
  const entries = entriesOf(model);
  const modelNames = modelNamesOf(entries, context.keras);
  const calls = new Map(entries.map((entry) => [entryName(entry), callsOf(entry, modelNames)]));
  const inputs = endsOf(model, 'input_layers', modelNames);
  const outputs = endsOf(model, 'output_layers', modelNames);
  const refs = outputs.refs.map((ref) => new TensorRef(...ref));
  const needed = computingOutputs(
    entries,
    calls,
    refs.map(({ layer }) => layer),
  );
  const order = context.keras === 3 ? runOrder(entries, calls, refs) : new Map<string, number>();
  if (context.keras === 3 && context.masks)
    for (const title of forgettingLayers(entries, calls, order)) context.forgetting.add(title);
  const masks =
    context.masks || givesMasks(calls.values())
      ? callOptionsOfMasks({
          keras: context.keras,
          entries,
          calls,
          needed,
          order,
          inputOrder: (entry) => inputOrder(entry, context),
        })
      : undefined;
  const layers = entries
    .filter((entry) => needed.has(entryName(entry)) || !isOperation(entry))
    .map((entry) => {
      const name = entryName(entry);
      const own = calls.get(name) ?? [];
      const operation = isOperation(entry) || operationOfKeras2(entry) !== undefined;
      const { class_name, config } = operation
        ? { class_name: 'KerasOperation', config: operationConfig(entry, own) }
        : layerOf(withRoles(withCallOptions(entry, own), own), context);
      const inbound = own.map((call, i) =>
        inboundNode(entry, call, inputOrder(entry, context), operation, context, masks?.get(callKey(name, i))),
      );
      return { class_name, config, name, inbound_nodes: inbound };
    });
  const topology = {
    class_name: 'Functional',
    config: { ...common, layers, input_layers: inputs.refs, output_layers: outputs.refs },
  };
  checkGraph(topology);
  return { topology, inputKeys: inputs.keys, outputKeys: outputs.keys };
}

/** The order in which a model within the model takes the tensors of an object; null for another layer. */
function inputOrder(entry: KerasEntry, { keras }: Context): readonly string[] | null {
  if (!isModel(entry) || entry.class_name === 'Sequential') return null;
  return endsOf(entry, 'input_layers', modelNamesOf(entriesOf(entry), keras)).keys;
}

/** Names of the tensors of a call, in order, where the table of layers names none. */
const TENSOR_ARGUMENTS: readonly string[] = [
  'inputs',
  'sequences',
  'sequence',
  'query',
  'value',
  'key',
  'initial_state',
];

/** Arguments of a call that are options of the layer here, such as `use_causal_mask`. */
function callOptionsOf({ class_name }: KerasEntry): readonly string[] {
  return kerasLayer(class_name)?.callOptions ?? [];
}

/** A layer whose options have what its calls say, where TensorFlow.js has it there. */
function withCallOptions(entry: KerasEntry, calls: readonly KerasCall[]): KerasEntry {
  const found = callOptionsOf(entry).filter((option) => calls.some(({ kwargs }) => kwargs[option] === true));
  if (found.length === 0) return entry;
  for (const option of found) {
    if (!calls.every(({ kwargs }) => kwargs[option] === true))
      throw new InputError(`${entryTitle(entry)} must be called with ${option} always, or never; got both`);
  }
  const options = Object.fromEntries(found.map((option) => [option, true]));
  return { ...entry, config: { ...entry.config, ...options } };
}

/** An attention layer that knows which of its tensors is the query, the value … where its calls do not give the first ones in order. */
function withRoles(entry: KerasEntry, calls: readonly KerasCall[]): KerasEntry {
  const roles = kerasLayer(entry.class_name)?.inputs;
  if (!roles) return entry;
  const given = calls.map(({ args, kwargs }) => {
    const named = roles.filter((role) => refsIn(kwargs[role]).length > 0);
    return [...roles.slice(0, refsIn(args).length), ...named];
  });
  const [first = [], ...others] = given;
  if (first.every((role, i) => role === roles[i]) && others.every((each) => each.length === first.length)) return entry;
  if (others.some((each) => each.join() !== first.join()))
    throw new InputError(
      `${entryTitle(entry)} must be called with the same arguments always; got ${given.map((each) => each.join(' and ')).join(', then ')}`,
    );
  return { ...entry, config: { ...entry.config, inputs: first } };
}

/** A call as Keras 2 writes it: `[[layer, call, tensor, options], …]`. */
function inboundNode(
  entry: KerasEntry,
  { args, kwargs }: KerasCall,
  order: readonly string[] | null,
  operation: boolean,
  { keras }: Context,
  masks: Readonly<Record<string, unknown>> = {},
) {
  const options: Record<string, unknown> = { ...masks };
  // In Keras 2 a call's own word holds; Keras 3 trains every layer as it does the model.
  const { training } = kwargs;
  if (keras === 2 && typeof training === 'boolean') Object.assign(options, { training, keras });
  const refs = ordered(args, order);
  const names = Object.keys(kwargs);
  // In the order of the call, not of the file: Keras sorts nothing here.
  const tensors = kerasLayer(entry.class_name)?.inputs ?? TENSOR_ARGUMENTS;
  const rank = (name: string) => tensors.indexOf(name);
  for (const name of operation ? names : names.sort((a, b) => rank(a) - rank(b))) {
    const value = kwargs[name];
    const found = refsIn(value);
    // Masks are in what `callOptionsOfMasks` says.
    if (value == null || value === false || name === 'training' || MASK_ARGUMENTS.includes(name)) continue;
    if (operation) refs.push(...found);
    else if (found.length > 0 && tensors.includes(name)) refs.push(...ordered(value, order));
    else if (!callOptionsOf(entry).includes(name))
      throw notAllowed(`${entryTitle(entry)}: the argument ${name} of its call`, 'left out', plain(value));
  }
  const others = args.filter((arg) => refsIn(arg).length === 0 && arg != null && arg !== false);
  if (!operation && others.length > 0)
    throw notAllowed(`${entryTitle(entry)}: the arguments of its call`, 'tensors', plain(others[0]));
  // TensorFlow.js takes those of the last tensor.
  return refs.map(({ layer, call, tensor }) => [layer, call, tensor, options]);
}

function plain(value: unknown): unknown {
  return value instanceof TensorRef ? `a tensor of "${value.layer}"` : refsIn(value).length > 0 ? 'tensors' : value;
}

/** The tensors of arguments, those of an object in the order of the keys that a model names. */
function ordered(value: unknown, order: readonly string[] | null): TensorRef[] {
  if (!order) return refsIn(value);
  if (Array.isArray(value)) return value.flatMap((each) => ordered(each, order));
  if (!isObject(value) || value instanceof TensorRef) return refsIn(value);
  const missing = order.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined)
    throw new InputError(
      `a call must give the input "${missing}"; got ${Object.keys(value).map(shownValue).join(', ')}`,
    );
  return order.flatMap((key) => refsIn(value[key]));
}

function layerOf(entry: KerasEntry, context: Context): LayerConfig {
  if (isModel(entry)) return modelOf(entry, context).topology;
  if (isModelClass(entry.class_name))
    throw notAllowed(`${entryTitle(entry)}: layers`, 'a list of layers', entry.config.layers ?? null);
  const { quantization_config: _, ...given } = entry.config;
  const config = withPlainValues(given) as Record<string, unknown>;
  if (given.dtype != null) config.dtype = typeOf(entry, context);
  if (entry.class_name === 'InputLayer') return inputOf(entry, config);
  const { build_config } = entry as { build_config?: unknown };
  const layer = { class_name: entry.class_name, config, build_config };
  const note = kerasLayer(entry.class_name)?.note?.(config);
  if (note) context.notes.add(`${entryTitle(entry)} ${note}`);
  return translateKerasLayer(layer, context.keras, 'a layer', (inner) => layerOf(inner, context));
}

/** The type in which TensorFlow.js computes a layer. */
function typeOf(entry: KerasEntry, context: Context): string {
  const name = dtypeName(entry.config.dtype);
  if (name === undefined)
    throw notAllowed(`${entryTitle(entry)}: dtype`, 'the name of a type, or a policy with one', entry.config.dtype);
  if (/^u?int(8|16|32|64)$/.test(name)) return 'int32';
  if (!/float(16|64)/.test(name)) return name;
  if (entry.class_name !== 'InputLayer')
    context.narrow.set(name, [...(context.narrow.get(name) ?? []), entryTitle(entry)]);
  return 'float32';
}

function inputOf(entry: KerasEntry, given: Readonly<Record<string, unknown>>): LayerConfig {
  const shape = given.batch_shape ?? given.batch_input_shape;
  const config = {
    ...(given.name != null && { name: given.name }),
    batch_input_shape: shape,
    ...(given.dtype != null && { dtype: given.dtype }),
  };
  checkParameters(entryTitle(entry), { name: text, batch_input_shape: batchShape }, config);
  if (shape == null) throw new InputError(`${entryTitle(entry)} must have a shape (batch_shape); got none`);
  return { class_name: 'InputLayer', config };
}

/** A configuration with numbers and lists in place of what Keras writes for arrays, and without generators of seeds. */
function withPlainValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainValues);
  if (!isObject(value)) return value;
  if ((value.class_name === '__numpy__' || value.class_name === '__tensor__') && isObject(value.config))
    return value.config.value;
  if (value.class_name === 'SeedGenerator') return null;
  if (value.class_name === '__tuple__' && Array.isArray(value.items)) return withPlainValues(value.items);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPlainValues(each)]));
}
