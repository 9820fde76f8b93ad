import { InputError, notAllowed, notOneOf } from '@lrfind/core';
import type { DatasetColumn, DatasetRows, SplitDataset } from '@lrfind/data';

/**
 * What rows of each class weigh in the loss of training steps: a number for each class by its number, 1 for those that
 * are left out, or `balanced`: rows / (classes · rows of the class), as in scikit-learn.
 */
export type ClassWeights = 'balanced' | Readonly<Record<string | number, number>>;

/** The weights of all rows, and a sentence about those of the classes. */
export interface ResolvedClassWeights {
  readonly perRow: Float32Array;
  /** The weights of other rows of the same classes. */
  readonly of: (rows: Pick<DatasetRows, 'rows' | 'targets'>) => Float32Array;
  readonly note: string;
}

/**
 * Resolves class weights. As in Keras, evaluations do not have them.
 *
 * @param data its training rows decide what is balanced
 * @param units of the model's outputs
 * @throws InputError for a model with several outputs, targets that are no classes, a class that does not exist, and a
 *   weight that is negative or not finite
 */
export function resolveClassWeights(
  option: ClassWeights | undefined,
  { dataset, train }: SplitDataset,
  units: readonly number[],
): ResolvedClassWeights | undefined {
  if (option === undefined) return undefined;
  if (units.length !== 1)
    throw new InputError(`classWeight needs a model with one output, as in Keras; got ${units.length} outputs`);
  const classes = classesOf(dataset.targets[0] as DatasetColumn, dataset.rows);
  const count = Math.max(2, units[0] as number);
  const weights =
    option === 'balanced'
      ? balanced(
          train.map((row) => classes[row] as number),
          count,
        )
      : Object.assign(new Array<number>(count).fill(1), numbersOf(option, count));
  const shown = weights.map((weight, i) => `${i} → ${Number(weight.toPrecision(4))}`).join(', ');
  const weightsOf = (labels: Int32Array) => Float32Array.from(labels, (label) => weights[label] as number);
  return {
    perRow: weightsOf(classes),
    of: ({ rows, targets }) => weightsOf(classesOf(targets[0] as DatasetColumn, rows)),
    note: `class weights: ${shown}`,
  };
}

/** The class of each row: its number, or the largest of its values. */
function classesOf({ shape, values }: DatasetColumn, rows: number): Int32Array {
  const size = values.length / rows;
  if (shape.length > 1 || (size > 1 && shape.length === 0))
    throw new InputError(`classWeight needs one class for each row; got targets of shape [${shape.join(', ')}]`);
  return Int32Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * size, (row + 1) * size);
    const label = size === 1 ? (own[0] as number) : own.indexOf(Math.max(...own) as never);
    if (Number.isInteger(label) && label >= 0) return label;
    throw new InputError(`classWeight needs targets that are classes; got ${label} in row ${row + 1}`);
  });
}

function balanced(labels: Int32Array, count: number): number[] {
  const rows = new Array<number>(count).fill(0);
  for (const label of labels) rows[label] = (rows[label] as number) + 1;
  const present = rows.filter((number) => number > 0).length;
  return rows.map((number) => (number === 0 ? 1 : labels.length / (present * number)));
}

function numbersOf(option: unknown, count: number): Record<string, number> {
  if (typeof option !== 'object' || option === null || Array.isArray(option))
    throw notAllowed('classWeight', '"balanced" or a number for each class, such as { 0: 1, 1: 5 }', option);
  const classes = Array.from({ length: count }, (_, label) => String(label));
  for (const [label, weight] of Object.entries(option)) {
    if (!classes.includes(label)) throw notOneOf('a class in classWeight', classes, label);
    if (!(Number.isFinite(weight) && weight >= 0))
      throw notAllowed(`classWeight of class ${label}`, 'a number at least 0', weight);
  }
  return option as Record<string, number>;
}
