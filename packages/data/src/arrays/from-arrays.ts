import { InputError } from '@lrfind/core';
import type { DatasetColumn, Dataset } from '../dataset.js';
import { rowSize } from '../shapes.js';
import { flatten, isShaped, type NumberArray } from './number-array.js';

/** A place where data goes in or is compared; `null` is a length that may differ from call to call. */
export interface ArraySlot {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/** One array, or several: in the order of the model's inputs or outputs where they are in a list, else by their names. */
export type ArrayOrArrays = NumberArray | readonly NumberArray[] | Readonly<Record<string, NumberArray>>;

/**
 * Turns arrays as `model.fit` takes them into a data source. An array whose rows have as many values as the model's
 * shape takes that shape, so that flat rows fill an image and a plain list of numbers a single unit. A target may
 * instead hold one class number where the output has a number for each class.
 *
 * @param data inputs `xs` and targets `ys`; rows come first in each array
 * @param model inputs and outputs with their shapes, less the batch
 * @throws InputError naming the array, and the position in it, for unequal rows, a ragged array, a value that is no
 *   finite number, a shape that does not fit, and for names or numbers of arrays that are not the model's
 */
export function fromArrays(
  data: { readonly xs: ArrayOrArrays; readonly ys: ArrayOrArrays },
  model: { readonly inputs: readonly ArraySlot[]; readonly outputs: readonly ArraySlot[] },
): Dataset {
  const xs = assigned('xs', data.xs, model.inputs).map(({ name, array, slot }) => {
    const { shape, values } = flatten(name, array);
    return { name, rows: shape[0] as number, block: fitted(name, shape.slice(1), values, [slot.shape]) };
  });
  const ys = assigned('ys', data.ys, model.outputs).map(({ name, array, slot }) => {
    const { shape, values } = flatten(name, array);
    const labels = slot.shape.length > 0 ? [...slot.shape.slice(0, -1), 1] : [];
    return { name, rows: shape[0] as number, block: fitted(name, shape.slice(1), values, [slot.shape, labels]) };
  });
  const [first] = xs;
  const rows = first?.rows ?? 0;
  const other = [...xs, ...ys].find((array) => array.rows !== rows);
  if (other) throw new InputError(`${other.name} has ${other.rows} rows, but ${first?.name} has ${rows}`);
  return { rows, inputs: xs.map(({ block }) => block), targets: ys.map(({ block }) => block), notes: [] };
}

/** Pairs arrays with the model's inputs or outputs. */
function assigned(side: string, given: ArrayOrArrays, slots: readonly ArraySlot[]) {
  const [only] = slots;
  if (isNumberArray(given, slots.length)) {
    if (slots.length === 1 && only) return [{ name: side, array: given, slot: only }];
    throw new InputError(`${side}: one array came, but the model has ${slots.length}: ${namesOf(slots)}`);
  }
  if (typeof given !== 'object' || given === null)
    throw new InputError(`${side} is ${String(given)}; an array, or several, are expected`);
  if (Array.isArray(given)) {
    if (given.length !== slots.length)
      throw new InputError(
        `${side}: ${given.length} arrays came, but the model has ${slots.length}: ${namesOf(slots)}`,
      );
    return slots.map((slot, i) => ({ name: `${side}[${i}]`, array: given[i] as NumberArray, slot }));
  }
  const named = given as Readonly<Record<string, NumberArray>>;
  const unknown = Object.keys(named).find((name) => !slots.some((slot) => slot.name === name));
  if (unknown !== undefined) throw new InputError(`${side}: the model has no "${unknown}"; it has ${namesOf(slots)}`);
  return slots.map((slot) => {
    const array = Object.hasOwn(named, slot.name) ? named[slot.name] : undefined;
    if (array === undefined) throw new InputError(`${side}: "${slot.name}" is missing`);
    return { name: `${side}.${slot.name}`, array, slot };
  });
}

/** Whether this is one array and not a list or record of several. A list in a list is one array where one is wanted. */
function isNumberArray(given: ArrayOrArrays, wanted: number): given is NumberArray {
  if (isShaped(given) || ArrayBuffer.isView(given)) return true;
  return Array.isArray(given) && wanted === 1 && !isShaped(given[0]);
}

/** Gives a block the first of the model's shapes that its rows have, whether they lie flat or lack dimensions of 1. */
function fitted(
  name: string,
  shape: readonly number[],
  values: DatasetColumn['values'],
  wanted: readonly (readonly (number | null)[])[],
): DatasetColumn {
  for (const slot of wanted) {
    for (const own of [shape, [...shape, 1]])
      if (own.length === slot.length && own.every((length, i) => slot[i] === null || slot[i] === length))
        return { shape: own, values };
    if (slot.includes(null)) continue;
    const fixed = slot as readonly number[];
    const flat = shape.length <= 1 && rowSize(shape) === rowSize(fixed);
    if (flat || withoutOnes(shape) === withoutOnes(fixed)) return { shape: fixed, values };
  }
  const allowed = wanted.map((slot) => `[${slot.map((length) => length ?? 'any').join(', ')}]`);
  throw new InputError(
    `${name} has rows of shape [${shape.join(', ')}], but the model needs ${[...new Set(allowed)].join(' or ')}`,
  );
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join();
}

function namesOf(slots: readonly ArraySlot[]): string {
  return slots.map(({ name }) => name).join(', ');
}
