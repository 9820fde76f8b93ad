import { counted, InputError, isObject, notAllowed, shownValue, suggestion } from '@lrfind/core';
import { callMasks, isCallMasksKey } from '../../call-masks.js';
import { kerasLayer } from '../../layers/translate-keras-layer.js';

import { layerParameters } from './layer-parameters.js';
import { isModelClass, type LayerConfig, layerTitle } from './topology.js';

/** TensorFlow.js visits a graph by recursion, and a longer chain of layers would overflow the stack. */
const MOST_LAYERS_DEEP = 3000;

/** A layer's call: its number among the calls of that layer, and the calls that it takes tensors from. */
interface Call {
  readonly layer: string;
  readonly index: number;
  readonly from: readonly Place[];
  /** Whether it is there without being named: of an input, and of a model on its own inputs. */
  readonly own?: boolean;
}

/** A tensor: the layer, which of its calls, and which of that call's outputs. */
type Place = readonly [layer: string, index: number, output: number];

/**
 * Checks the graph of a model, because TensorFlow.js's loader waits for ever for a call that never comes: of a layer that is
 * not there, or of one that waits for itself. Models within the model are checked by themselves.
 *
 * @param model a Sequential or functional model in Keras's spelling; its layers may be put into another order
 * @throws InputError naming the model and the layer
 */
export function checkGraph({ class_name, config }: LayerConfig): void {
  const title = `model "${config.name}"`;
  const layers = config.layers as LayerConfig[];
  const names = new Set<string>();
  for (const { config: own } of layers) {
    if (typeof own.name !== 'string') continue;
    if (names.has(own.name))
      throw new InputError(`${title}: each layer must have its own name; got "${own.name}" twice`);
    names.add(own.name);
  }
  const depth = class_name === 'Sequential' ? layers.length : depthOf(title, config as Record<string, unknown>);
  if (depth > MOST_LAYERS_DEEP)
    throw new InputError(`${title} must be at most ${MOST_LAYERS_DEEP} layers deep; got ${depth}`);
}

/**
 * Checks a functional model and counts the layers on its longest path. Also puts the layers into an order in which
 * TensorFlow.js makes the calls of a shared layer one after the other: it numbers them as it makes them, and would connect
 * others than the file says.
 */
function depthOf(title: string, config: Record<string, unknown>): number {
  const layers = config.layers as (LayerConfig & { readonly name?: unknown; inbound_nodes?: unknown })[];
  const calls = new Map<string, Call[]>();
  for (const layer of layers) {
    if (typeof layer.name !== 'string' || layer.name in Object.prototype)
      throw notAllowed(`${title}: the name of ${layerTitle(layer)}`, 'a text of its own', layer.name);
    if (layer.config.name !== layer.name)
      throw notAllowed(
        `${layerTitle(layer)}: config.name`,
        `"${layer.name}", as the name beside it`,
        layer.config.name,
      );
    calls.set(layer.name, callsOf(layer, layer.name));
  }
  const known = [...calls.keys()];
  const check = (place: string, [layer, index, output]: Place) => {
    const found = calls.get(layer);
    if (!found)
      throw new InputError(
        `${place} must name a layer of ${title}; got ${shownValue(layer)}${suggestion(layer, known)}`,
      );
    if (found.length === 0) throw new InputError(`${place}: "${layer}" must have inbound_nodes, its calls; got none`);
    if (index >= found.length)
      throw notAllowed(`${place}: the call of "${layer}"`, `at most ${found.length - 1}, its last`, index);
    const described = layers.find(({ name }) => name === layer) as LayerConfig;
    // The first call of a model within the model connects its own inputs and outputs.
    if (index === 0 && isModelClass(described.class_name))
      throw notAllowed(`${place}: the call of "${layer}"`, 'at least 1, since a model has its own call before', index);
    const outputs = outputsOf(described);
    if (output >= outputs) throw notAllowed(`${place}: the tensor of "${layer}"`, `at most ${outputs - 1}`, output);
  };
  for (const layer of layers) {
    for (const call of calls.get(layer.name as string) as Call[])
      for (const from of call.from) check(`${layerTitle(layer)}: inbound_nodes`, from);
  }
  for (const ends of ['input_layers', 'output_layers'] as const) {
    const seen = new Set<string>();
    for (const [layer, index, output] of endsOf(title, config, ends)) {
      check(`${title}: ${ends}`, [layer, index, output]);
      const { class_name } = layers.find(({ name }) => name === layer) as LayerConfig;
      if (ends === 'input_layers' && class_name !== 'InputLayer')
        throw new InputError(
          `${title}: input_layers must name layers of the class InputLayer; got "${layer}" (${class_name})`,
        );
      const name = JSON.stringify([layer, index, output]);
      if (seen.has(name)) throw new InputError(`${title}: ${ends} must name each tensor once; got ${name} twice`);
      seen.add(name);
    }
  }
  checkInputs(title, config, calls);
  const depths = callDepths(title, calls);
  config.layers = [known, [...new Set([...depths.keys()].map(({ layer }) => layer))]]
    .find((order) => keepsOrder(order, calls))
    ?.map((name) => layers.find((layer) => layer.name === name));
  if (!config.layers)
    throw new InputError(`${title}: TensorFlow.js cannot make the calls of its shared layers in their order`);
  return Math.max(0, ...depths.values());
}

/** How many tensors a call of a layer gives; not known for a layer that returns its state, and for the caller's own. */
function outputsOf({ class_name, config }: LayerConfig): number {
  if (isModelClass(class_name)) return Array.isArray(config.output_layers) ? config.output_layers.length : 1;
  const {
    return_state: own,
    merge_mode: mode,
    layer,
  } = config as {
    return_state?: unknown;
    merge_mode?: unknown;
    layer?: { config?: { return_state?: unknown } };
  };
  const known = Object.hasOwn(layerParameters, class_name) && !own && !layer?.config?.return_state && mode !== null;
  return known ? 1 : Number.POSITIVE_INFINITY;
}

/** @throws InputError for an input that is needed and is not among the inputs of the model */
function checkInputs(
  title: string,
  config: Record<string, unknown>,
  calls: ReadonlyMap<string, readonly Call[]>,
): void {
  const named = new Set(endsOf(title, config, 'input_layers').map(([layer]) => layer));
  const needed = new Set(endsOf(title, config, 'output_layers').map(([layer]) => layer));
  const layers = config.layers as readonly (LayerConfig & { readonly name?: unknown })[];
  const inputs = new Set(layers.filter(({ class_name }) => class_name === 'InputLayer').map(({ name }) => name));
  // The loop also visits what is added meanwhile.
  for (const layer of needed) {
    if (inputs.has(layer) && !named.has(layer))
      throw new InputError(`${title}: input_layers must name "${layer}", which its outputs need`);
    for (const { from } of calls.get(layer) ?? []) for (const [other] of from) needed.add(other);
  }
}

/** Whether TensorFlow.js, which goes through the layers until all calls are made, makes those of each layer in their order. */
function keepsOrder(order: readonly string[], calls: ReadonlyMap<string, readonly Call[]>): boolean {
  // The calls that no list names are there from the start.
  const made = new Map([...calls].map(([layer, each]) => [layer, each.filter(({ own }) => own).length]));
  const waiting = new Map([...calls].map(([layer, each]) => [layer, each.filter(({ own }) => !own)]));
  const canBeMade = ({ from }: Call) => from.every(([layer, index]) => (made.get(layer) as number) > index);
  while (waiting.size > 0) {
    for (const layer of order) {
      const left: Call[] = [];
      for (const call of waiting.get(layer) ?? []) {
        if (!canBeMade(call)) left.push(call);
        else if (call.index !== made.get(layer)) return false;
        else made.set(layer, call.index + 1);
      }
      if (left.length > 0) waiting.set(layer, left);
      else waiting.delete(layer);
    }
  }
  return true;
}

function callsOf(layer: LayerConfig & { inbound_nodes?: unknown }, name: string): Call[] {
  const { inbound_nodes: nodes = [] } = layer;
  const place = `${layerTitle(layer)}: inbound_nodes`;
  if (!Array.isArray(nodes)) throw notAllowed(place, 'a list of calls', nodes);
  const made: Call[] = nodes.map((node: unknown, i) => {
    // TensorFlow.js does not make a call that takes nothing, and waits for it.
    if (!Array.isArray(node) || node.length === 0)
      throw notAllowed(`${place}/${i}`, 'a list of [layer, call, tensor, options]', node);
    checkTensorCount(layer, `${place}/${i}`, node.length);
    return { layer: name, index: i, from: node.map((tensor, j) => tensorIn(`${place}/${i}/${j}`, tensor)) };
  });
  // An input has one call, which no list names; a model within the model has one for its own inputs, before the others.
  if (layer.class_name !== 'InputLayer' && !isModelClass(layer.class_name)) return made;
  return [{ layer: name, index: 0, from: [], own: true }, ...made.map((call) => ({ ...call, index: call.index + 1 }))];
}

/** Most layers would compute with the first of several tensors and leave out the others. */
function checkTensorCount({ class_name }: LayerConfig, place: string, count: number): void {
  const row = kerasLayer(class_name.replace(/^Keras/, ''));
  if (!row || row.severalInputs) return;
  const most = row.inputs?.length ?? 1;
  if (count > most) throw notAllowed(place, `a call with at most ${counted(most, 'tensor')}`, count);
}

function endsOf(title: string, config: Readonly<Record<string, unknown>>, ends: string): Place[] {
  const list = config[ends];
  if (!Array.isArray(list) || list.length === 0)
    throw notAllowed(`${title}: ${ends}`, 'a list of [layer, call, tensor]', list);
  return list.map((tensor, i) => tensorIn(`${title}: ${ends}/${i}`, tensor));
}

function tensorIn(place: string, tensor: unknown): Place {
  const [layer, index, output, options = null] = Array.isArray(tensor) ? tensor : [];
  const counts = [index, output].every((number) => Number.isInteger(number) && number >= 0);
  if (typeof layer !== 'string' || !counts || (options !== null && !isObject(options)))
    throw notAllowed(place, '[layer, call, tensor], the last two counted from 0', tensor);
  checkCallOptions(place, options ?? {});
  return [layer, index as number, output as number];
}

/** Options of a call, which TensorFlow.js ignores. That `training` has no effect is a note of each training. */
function checkCallOptions(place: string, options: Readonly<Record<string, unknown>>): void {
  const masks = callMasks(options);
  for (const [name, value] of Object.entries(options)) {
    if (masks && isCallMasksKey(name)) continue;
    if (value === null || value === undefined || (name === 'training' && typeof value === 'boolean')) continue;
    // How lrfind writes that a call of Keras 2 is followed.
    if (name === 'keras' && value === 2) continue;
    const allowed = name === 'training' ? 'true, false or null' : 'null, since TensorFlow.js does not have it';
    throw notAllowed(`${place}: the option ${name} of the call`, allowed, value);
  }
}

/** Takes each call once all that it needs are taken, and the calls of one layer in their order: how many lie before it. */
function callDepths(title: string, calls: ReadonlyMap<string, readonly Call[]>): Map<Call, number> {
  const depths = new Map<Call, number>();
  const waiting = new Map<Call, Call[]>();
  const needs = new Map<Call, number>();
  for (const each of calls.values()) {
    for (const call of each) {
      const before = call.from.map(([layer, index]) => calls.get(layer)?.[index] as Call);
      if (call.index > 0) before.push(each[call.index - 1] as Call);
      needs.set(call, before.length);
      for (const other of before) waiting.set(other, [...(waiting.get(other) ?? []), call]);
    }
  }
  const ready = [...needs].filter(([, count]) => count === 0).map(([call]) => call);
  // The loop also visits what is added meanwhile.
  for (const call of ready) {
    const before = call.from.map(([layer, index]) => depths.get(calls.get(layer)?.[index] as Call) as number);
    depths.set(call, 1 + Math.max(0, ...before));
    for (const next of waiting.get(call) ?? []) {
      const count = (needs.get(next) as number) - 1;
      needs.set(next, count);
      if (count === 0) ready.push(next);
    }
  }
  const stuck = [...needs.keys()].find((call) => !depths.has(call));
  if (stuck) throw new InputError(`${title} must have no cycle; got ${cycleFrom(stuck, calls, depths)}`);
  return depths;
}

/** The layers of a cycle: `"a" → "b" → "a"`. */
function cycleFrom(start: Call, calls: ReadonlyMap<string, readonly Call[]>, done: ReadonlyMap<Call, number>): string {
  const path: Call[] = [];
  let call = start;
  while (!path.includes(call)) {
    path.push(call);
    const blocked = call.from
      .map(([layer, index]) => calls.get(layer)?.[index] as Call)
      .find((each) => !done.has(each));
    call = blocked ?? (calls.get(call.layer)?.[call.index - 1] as Call);
  }
  // Each waits for the next in the path; data flows the other way.
  const names = [...path.slice(path.indexOf(call)), call].map(({ layer }) => `"${layer}"`).reverse();
  return names.length > 10 ? `${names.slice(0, 10).join(' → ')} → …` : names.join(' → ');
}
