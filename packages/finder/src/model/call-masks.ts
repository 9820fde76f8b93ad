import { InputError, isObject } from '@lrfind/core';
import type { OperationConfig } from './formats/keras/operation-layer.js';

/** A tensor of a graph: the layer, which of its calls, and which of that call's outputs. */
export type TensorPlace = readonly [layer: string, call: number, tensor: number];

/** A step of the arithmetic with which a file computes a mask. */
export interface MaskStep {
  readonly name: string;
  readonly operation: OperationConfig;
  /** The tensors that it takes, in order: of the graph, or what an earlier step gave, by its name. */
  readonly of: readonly (TensorPlace | string)[];
  /** How Keras writes it: the operation, and its call, in which a tensor is `{ ref: … }` as in `of`. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** A mask that a call is given: a tensor of the graph, or what a step gave, by its name. */
export type GivenMask = TensorPlace | string | null;

/** What a file of Keras says of a call of a layer, as far as masks go. */
export interface CallMasks {
  /** The version of Keras whose rules hold. */
  readonly keras: 2 | 3;
  /** When Keras runs the call, among those of its model: in Keras 3 some calls take the masks from tensors. */
  readonly order: number;
  /** Steps that this call needs and no earlier one did. */
  readonly steps: readonly MaskStep[];
  /** The masks by the name of their argument, such as `mask` or `value_mask`; a list has one for each input. */
  readonly masks: Readonly<Record<string, GivenMask | readonly GivenMask[]>>;
}

/** The options of a call in which TensorFlow.js keeps what is said of its masks, also in its files. */
const KEY = 'kerasCall';
/** The same as a file of TensorFlow.js has it. */
const KEY_IN_FILES = 'keras_call';

/** Whether an option of a call is the one that `withCallMasks` gives. */
export function isCallMasksKey(name: string): boolean {
  return name === KEY || name === KEY_IN_FILES;
}

/**
 * Options of a call that say how masks go there. As a text under `name`, because TensorFlow.js's loader writes all other texts in
 * another case.
 */
export function withCallMasks(masks: CallMasks): Readonly<Record<string, unknown>> {
  return { [KEY]: { name: JSON.stringify(masks) } };
}

const read = new WeakMap<object, CallMasks>();

/**
 * What the options of a call say of its masks; undefined where they say nothing.
 *
 * @param options as TensorFlow.js keeps them, or writes them into its files
 * @throws InputError for anything else than `withCallMasks` gives
 */
export function callMasks(options: unknown): CallMasks | undefined {
  if (!isObject(options)) return undefined;
  const given = options[KEY] ?? options[KEY_IN_FILES];
  if (given === undefined || given === null) return undefined;
  const { name } = isObject(given) ? given : {};
  const found = isObject(given) ? read.get(given) : undefined;
  if (found) return found;
  let masks: unknown;
  try {
    masks = JSON.parse(String(name));
  } catch {
    masks = undefined;
  }
  if (!isCallMasks(masks)) throw new InputError(`${KEY} of a call must be what lrfind writes there; got ${name}`);
  read.set(given as object, masks);
  return masks;
}

/**
 * The masks of an argument that has one for each input; undefined where it is a single mask. The place of a tensor is a list too,
 * of a name and two numbers.
 */
export function maskList(given: CallMasks['masks'][string]): readonly GivenMask[] | undefined {
  return Array.isArray(given) && !isPlace(given) ? (given as readonly GivenMask[]) : undefined;
}

function isCallMasks(given: unknown): given is CallMasks {
  if (!isObject(given) || !isObject(given.masks) || !Array.isArray(given.steps)) return false;
  const { keras, order, steps, masks } = given;
  const isMask = (mask: unknown) => mask === null || isPlace(mask);
  return (
    (keras === 2 || keras === 3) &&
    Number.isInteger(order) &&
    steps.every((step: unknown) => isObject(step) && typeof step.name === 'string' && isStep(step)) &&
    Object.values(masks).every((mask) => isMask(mask) || (Array.isArray(mask) && mask.every(isMask)))
  );
}

function isStep({ operation, of }: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(operation) || typeof operation.operation !== 'string' || !Array.isArray(of)) return false;
  return Array.isArray(operation.constants) && isObject(operation.options) && of.every(isPlace);
}

function isPlace(given: unknown): boolean {
  if (typeof given === 'string') return true;
  if (!Array.isArray(given) || given.length !== 3) return false;
  const [layer, call, tensor] = given;
  return typeof layer === 'string' && Number.isInteger(call) && Number.isInteger(tensor);
}
