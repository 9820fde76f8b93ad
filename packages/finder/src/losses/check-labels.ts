import { InputError } from '@lrfind/core';
import type { DatasetColumn } from '@lrfind/data';

/**
 * Checks that class numbers are whole and within the head.
 *
 * @param classes how many classes the head has
 * @throws InputError naming the first row with another value
 */
export function checkLabels({ values, columns }: DatasetColumn, classes: number): void {
  const row = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= classes);
  if (row < 0) return;
  const column = columns?.[0] ? ` in column ${columns[0]}` : '';
  throw new InputError(
    `label ${values[row]} of row ${row + 1}${column} is no class of the model: its head has classes 0 to ${classes - 1}`,
  );
}
