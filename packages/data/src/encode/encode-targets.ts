import { InputError, counted } from '@lrfind/core';
import type { DatasetColumn } from '../dataset.js';
import { partition, type OutputShape, rowSize } from '../shapes.js';
import { type LabelClasses, labelClasses, labelCodes } from './class-labels.js';
import { type DenseKind, denseMapping, denseTarget } from './dense-target.js';
import type { TargetColumn } from './target-column.js';
import type { ChosenTarget, ChooseTarget, TargetKind } from './target-kind.js';

/** What one output of a model is trained for. */
export interface Task {
  readonly kind: 'classification' | 'regression';
  /** The loss, named by the caller or inferred. */
  readonly loss: string;
  /** What each class stands for, in order, where labels were mapped to classes. */
  readonly classes?: readonly string[];
}

/** How columns become one output's target. */
interface OutputEncoding {
  readonly output: OutputShape;
  /** How many columns there are. */
  readonly width: number;
  readonly task: Task;
  /** A number for each unit, or the classes of labels: as such, or as a one-hot row with this number where the class is not. */
  readonly form:
    | { readonly dense: DenseKind }
    | { readonly labels: LabelClasses; readonly oneHot?: { readonly off: number } };
}

/** How columns become the targets of a model: worked out from one table, applied to it and to those laid out like it. */
export interface TargetEncoding {
  readonly outputs: readonly OutputEncoding[];
  /** Losses that were inferred and why, labels that were mapped. */
  readonly notes: readonly string[];
}

/**
 * Works out how columns become the targets of a model: one column for each output, or as many as each has units, in order.
 *
 * @param columns the target columns
 * @param rows the number of usable rows
 * @param outputs the model's outputs
 * @param choose chooses the loss of each output
 * @throws InputError when the columns cannot be assigned to outputs or do not fit the loss
 */
export function targetEncoding(
  columns: readonly TargetColumn[],
  rows: number,
  outputs: readonly OutputShape[],
  choose: ChooseTarget,
): TargetEncoding {
  const parts = partition(columns, columnsPerOutput(columns.length, outputs));
  const notes: string[] = [];
  const encoded = outputs.map((output, o) => {
    const own = parts[o] as TargetColumn[];
    const chosen = choose(output, { count: own.length, text: own.some(({ categories }) => categories) }, o);
    if (chosen.why !== undefined) notes.push(chosen.why);
    return outputEncoding(own, rows, output, chosen, notes);
  });
  return { outputs: encoded, notes };
}

/**
 * Turns columns into the targets of a model.
 *
 * @param encoding how
 * @param columns the target columns, as many as it was worked out from
 * @param rows the number of usable rows
 * @returns one block for each output
 * @throws InputError for a label that has no class, and a value that the loss cannot take
 */
export function encodeTargets(
  { outputs }: TargetEncoding,
  columns: readonly TargetColumn[],
  rows: number,
): DatasetColumn[] {
  const parts = partition(
    columns,
    outputs.map(({ width }) => width),
  );
  return outputs.map((output, o) => outputBlock(output, parts[o] as TargetColumn[], rows));
}

function columnsPerOutput(columns: number, outputs: readonly OutputShape[]): number[] {
  if (columns === outputs.length) return outputs.map(() => 1);
  if (outputs.length === 1) return [columns];
  const widths = outputs.map(({ shape }) => rowSize(shape));
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (columns === units) return widths;
  throw new InputError(
    `target must name ${outputs.length} columns, one for each output of the model (${outputs.map(({ name }) => name).join(', ')}), ` +
      `or ${units}, one for each unit; got ${columns}`,
  );
}

function outputEncoding(
  columns: readonly TargetColumn[],
  rows: number,
  output: OutputShape,
  { loss, kind: wanted }: ChosenTarget,
  notes: string[],
): OutputEncoding {
  const units = rowSize(output.shape);
  const width = columns.length;
  const single = width === 1 ? columns[0] : undefined;
  const labels = wanted === 'label' || (wanted === 'label-or-distribution' && width !== units);
  if (wanted !== 'label' && !labels && width === units) {
    const dense = wanted === 'label-or-distribution' ? 'distribution' : wanted;
    const { notes: mapping, classes } = denseMapping(columns, rows, dense);
    notes.push(...mapping);
    const regression = (wanted === 'number' || wanted === 'non-negative') && !classes;
    const task = { kind: regression ? 'regression' : 'classification', loss, ...(classes && { classes }) } as const;
    return { output, width, task, form: { dense } };
  }
  if (!single || units < 2) failWidth(columns, output, loss, wanted);
  const mapping = labelClasses(single, rows, units, output.name);
  notes.push(...mapping.notes);
  const { classes } = mapping;
  const task = { kind: 'classification', loss, ...(classes && { classes }) } as const;
  if (labels) return { output, width, task, form: { labels: mapping } };
  notes.push(`target "${single.name}" one-hot encoded over ${units} classes for ${loss}`);
  return { output, width, task, form: { labels: mapping, oneHot: { off: wanted === 'sign' ? -1 : 0 } } };
}

function failWidth(columns: readonly TargetColumn[], output: OutputShape, loss: string, wanted: TargetKind): never {
  const units = rowSize(output.shape);
  const labels = wanted === 'label' || wanted === 'label-or-distribution';
  const several = labels ? '1 column of labels' : `1 or ${units} columns`;
  const needed = units < 2 && labels ? 'a head with a unit for each class' : several;
  throw new InputError(
    `loss ${loss} at output "${output.name}" with ${counted(units, 'unit')} needs ${needed}; ${counted(columns.length, 'target column')} given`,
  );
}

function outputBlock(
  { output, task, form }: OutputEncoding,
  columns: readonly TargetColumn[],
  rows: number,
): DatasetColumn {
  const names = columns.map(({ name }) => name);
  if ('dense' in form) {
    return { shape: output.shape, values: denseTarget(columns, rows, form.dense, task.loss), columns: names };
  }
  const codes = labelCodes(columns[0] as TargetColumn, rows, form.labels);
  if (!form.oneHot) return { shape: [1], values: codes, columns: names };
  const units = rowSize(output.shape);
  const values = new Float32Array(rows * units).fill(form.oneHot.off);
  for (const [i, code] of codes.entries()) values[i * units + code] = 1;
  const titles = Array.from({ length: units }, (_, code) => `${names[0]}=${task.classes?.[code] ?? code}`);
  return { shape: output.shape, values, columns: titles };
}
