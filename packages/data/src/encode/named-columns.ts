import { InputError } from '@lrfind/core';
import type { ModelShape } from '../shapes.js';
import { columnHint, type NamedLayout } from '../table.js';

/**
 * The columns that a name stands for: one column, or all of an array of the file.
 *
 * @param option the option that names it, for messages
 * @returns their indices
 * @throws InputError when there is neither, with the nearest name
 */
export function columnsNamed(table: NamedLayout, name: string, option: string): number[] {
  const group = table.groups?.find((each) => each.name === name);
  if (group) return Array.from({ length: group.to - group.from }, (_, i) => group.from + i);
  const index = table.columns.findIndex((column) => column.name === name);
  if (index >= 0) return [index];
  const known = table.groups ? namesOf(table) : table.columns.map((column) => column.name);
  throw new InputError(`${option}: ${table.source} has no column "${name}"; ${columnHint(known, name)}`);
}

/** The names that stand for columns: those of arrays, and those of columns that belong to none. */
function namesOf({ columns, groups = [] }: NamedLayout): string[] {
  const isAlone = (_: unknown, i: number) => !groups.some(({ from, to }) => i >= from && i < to);
  return [...groups.map(({ name }) => name), ...columns.filter(isAlone).map(({ name }) => name)];
}

/**
 * The target where no option names it.
 *
 * @returns the names of its columns or arrays, and why these
 */
export function defaultTarget(
  table: NamedLayout,
  model: ModelShape,
): { readonly names: readonly string[]; readonly why: string } {
  const arrays = table.groups?.map(({ name }) => name) ?? [];
  const outputs = model.outputs.map(({ name }) => name);
  if (outputs.every((name) => arrays.includes(name)))
    return { names: outputs, why: ', as the model calls its outputs' };
  if (table.defaultTarget !== undefined) return { names: [table.defaultTarget], why: ', by its name or place' };
  return { names: [table.columns.at(-1)?.name ?? ''], why: ', the last column' };
}

/**
 * Puts features in the order of the model's inputs, where the file has an array for each of them by its name.
 *
 * @param features indices of columns
 * @returns the same indices otherwise
 */
export function inInputOrder(table: NamedLayout, features: readonly number[], model: ModelShape): readonly number[] {
  const groups = model.inputs.map(({ name }) => table.groups?.find((group) => group.name === name));
  if (groups.some((group) => !group)) return features;
  const own = groups.flatMap((group) =>
    features.filter((column) => group && column >= group.from && column < group.to),
  );
  return own.length === features.length ? own : features;
}
