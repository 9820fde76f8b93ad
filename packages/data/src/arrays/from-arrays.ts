import { counted, InputError } from '@lrfind/core';
import type { Dataset, DatasetColumn } from '../dataset.js';
import { rowSize } from '../shapes.js';
import { flatten, isShaped, type NumberArray } from './number-array.js';

/** An input or output of a model that takes one array. */
export interface ArraySlot {
  /** The model's name for it. */
  readonly name: string;
  /** Shape of one row, without the batch dimension; null is a length that may vary. */
  readonly shape: readonly (number | null)[];
}

/** One array, or several: as a list in the order of the model's inputs or outputs, or as an object by their names. */
export type ArrayOrArrays = NumberArray | readonly NumberArray[] | Readonly<Record<string, NumberArray>>;

/**
 * Turns arrays, as `model.fit` takes them, into a dataset. An array takes the model's shape if its rows have as many
 * values as that shape. So flat rows may stand for images, and a plain list of numbers for rows of a single value. A
 * target may instead hold one class number per row when the output has one unit per class.
 *
 * @param data inputs `xs` and targets `ys`; the first dimension of each array is the rows. `sampleWeight` is what each row
 *   weighs in the loss, at least 0; 1 by default
 * @param model its inputs and outputs
 * @throws InputError naming the array and the position in it: for unequal numbers of rows, a ragged array, a value that
 *   is not a finite number, a shape that does not fit, and for names or numbers of arrays that differ from the model's
 *
 * @example
 * const slot = { name: 'x', shape: [2] };
 * fromArrays({ xs: [[1, 2], [3, 4]], ys: [0, 1] }, { inputs: [slot], outputs: [{ name: 'y', shape: [1] }] });
 */
export function fromArrays(
  data: {
    readonly xs: ArrayOrArrays;
    readonly ys: ArrayOrArrays;
    readonly sampleWeight?: NumberArray | undefined;
  },
  model: { readonly inputs: readonly ArraySlot[]; readonly outputs: readonly ArraySlot[] },
): Dataset {
  const xs = pairWithSlots('xs', 'inputs', data.xs, model.inputs).map(({ name, array, slot }) => {
    const { shape, values } = flatten(name, array);
    return { name, rows: shape[0] as number, column: toColumn(name, shape.slice(1), values, [slot.shape]) };
  });
  const ys = pairWithSlots('ys', 'outputs', data.ys, model.outputs).map(({ name, array, slot }) => {
    const { shape, values } = flatten(name, array);
    const labels = slot.shape.length > 0 ? [...slot.shape.slice(0, -1), 1] : [];
    return { name, rows: shape[0] as number, column: toColumn(name, shape.slice(1), values, [slot.shape, labels]) };
  });
  const [first] = xs;
  const rows = first?.rows ?? 0;
  const other = [...xs, ...ys].find((array) => array.rows !== rows);
  if (other)
    throw new InputError(`${other.name} must have ${counted(rows, 'row')}, as ${first?.name} has; got ${other.rows}`);
  return {
    rows,
    inputs: xs.map(({ column }) => column),
    targets: ys.map(({ column }) => column),
    ...(data.sampleWeight !== undefined && { weights: weightsOf(data.sampleWeight, rows) }),
    notes: [],
  };
}

function weightsOf(given: NumberArray, rows: number): Float32Array {
  const { values } = flatten('sampleWeight', given);
  if (values.length !== rows)
    throw new InputError(
      `sampleWeight must have a number for each of the ${counted(rows, 'row')}; got ${values.length}`,
    );
  const wrong = values.findIndex((weight) => !(weight >= 0));
  if (wrong >= 0) throw new InputError(`sampleWeight[${wrong}] must be a number at least 0; got ${values[wrong]}`);
  return Float32Array.from(values);
}

/** Pairs arrays with the model's inputs or outputs. */
function pairWithSlots(side: 'xs' | 'ys', kind: string, given: ArrayOrArrays, slots: readonly ArraySlot[]) {
  const [only] = slots;
  const wanted =
    slots.length === 1
      ? `1 array for the model's ${kind.slice(0, -1)} ${namesOf(slots)}`
      : `${slots.length} arrays, one for each of the model's ${kind} (${namesOf(slots)})`;
  if (isNumberArray(given, slots.length)) {
    if (slots.length === 1 && only) return [{ name: side, array: given, slot: only }];
    throw new InputError(`${side} must be ${wanted}; got 1`);
  }
  if (typeof given !== 'object' || given === null)
    throw new InputError(`${side} must be an array, or several; got ${String(given)}`);
  if (Array.isArray(given)) {
    if (given.length !== slots.length) throw new InputError(`${side} must be ${wanted}; got ${given.length}`);
    return slots.map((slot, i) => ({ name: `${side}[${i}]`, array: given[i] as NumberArray, slot }));
  }
  const named = given as Readonly<Record<string, NumberArray>>;
  const unknown = Object.keys(named).find((name) => !slots.some((slot) => slot.name === name));
  if (unknown !== undefined)
    throw new InputError(`${side} must have the names of the model's ${kind} (${namesOf(slots)}); got "${unknown}"`);
  return slots.map((slot) => {
    const array = Object.hasOwn(named, slot.name) ? named[slot.name] : undefined;
    if (array === undefined)
      throw new InputError(
        `${side} must have an array named "${slot.name}"; got ${Object.keys(named).join(', ') || 'none'}`,
      );
    return { name: `${side}.${slot.name}`, array, slot };
  });
}

/** Whether this is one array and not a list or object of several. A nested list is one array if the model takes one. */
function isNumberArray(given: ArrayOrArrays, wanted: number): given is NumberArray {
  if (isShaped(given) || ArrayBuffer.isView(given)) return true;
  return Array.isArray(given) && wanted === 1 && !isShaped(given[0]);
}

/** Takes the first of the allowed shapes that the rows have, whether they are flat or lack dimensions of 1. */
function toColumn(
  name: string,
  shape: readonly number[],
  values: DatasetColumn['values'],
  allowed: readonly (readonly (number | null)[])[],
): DatasetColumn {
  for (const slot of allowed) {
    for (const own of [shape, [...shape, 1]])
      if (own.length === slot.length && own.every((length, i) => slot[i] === null || slot[i] === length))
        return { shape: own, values };
    if (slot.includes(null)) continue;
    const fixed = slot as readonly number[];
    const flat = shape.length <= 1 && rowSize(shape) === rowSize(fixed);
    if (flat || withoutOnes(shape) === withoutOnes(fixed)) return { shape: fixed, values };
  }
  const shapes = allowed.map((slot) => `[${slot.map((length) => length ?? 'any').join(', ')}]`);
  throw new InputError(
    `${name} must have rows of shape ${[...new Set(shapes)].join(' or ')}; got [${shape.join(', ')}]`,
  );
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join();
}

function namesOf(slots: readonly ArraySlot[]): string {
  return slots.map(({ name }) => name).join(', ');
}
