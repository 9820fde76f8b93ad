import { counted, InputError } from '@lrfind/core';
import type { DatasetColumn, TargetScaling } from '../dataset.js';
import { type OutputShape, partition, rowSize } from '../shapes.js';
import { type LabelClasses, labelClasses, labelCodes, shownLabel } from './class-labels.js';
import { type DenseKind, denseMapping, denseTarget } from './dense-target.js';
import type { TargetColumn } from './target-column.js';
import type { ChooseTarget, ChosenTarget, TargetKind } from './target-kind.js';
import { fitTargetScaling, scaledColumn, targetScaleNotes } from './target-scaling.js';

/** What one output of a model is trained for. */
export interface Task {
  readonly kind: 'classification' | 'regression';
  /** The name of the loss. */
  readonly loss: string;
  /** The label of each class; left out if labels were class numbers already. */
  readonly classes?: readonly string[];
}

/** How columns become one output's target. */
interface OutputEncoding {
  readonly output: OutputShape;
  /** Number of columns. */
  readonly width: number;
  readonly task: Task;
  /** Why this loss, where it was inferred. */
  readonly why?: string;
  /**
   * A number for each unit (`dense`), or class numbers from labels. `oneHot` expands a class number to a row with 1 at
   * the class and `off` everywhere else.
   */
  readonly form:
    | { readonly dense: DenseKind }
    | { readonly labels: LabelClasses; readonly oneHot?: { readonly off: number } };
}

/** How columns become the targets of a model, fitted on one table. It applies to every table with the same columns. */
export interface TargetEncoding {
  readonly outputs: readonly OutputEncoding[];
  /** How the only target is scaled, if it is. */
  readonly scaling?: TargetScaling | undefined;
  /** Losses that were inferred and why, and labels that were mapped, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Fits an encoding of targets. Outputs take the columns in order: one column each, or one for each of their units.
 *
 * @param columns the target columns
 * @param rows the number of usable rows
 * @param outputs the model's outputs
 * @param chooseTarget chooses the loss of each output
 * @param scales whether the target is scaled to mean 0 and standard deviation 1
 * @throws InputError when the columns cannot be assigned to outputs or do not fit the loss
 */
export function fitTargets(
  columns: readonly TargetColumn[],
  rows: number,
  outputs: readonly OutputShape[],
  chooseTarget: ChooseTarget,
  scales = false,
): TargetEncoding {
  const parts = partition(columns, columnsPerOutput(columns.length, outputs));
  const notes: string[] = [];
  const losses: ChosenTarget[] = [];
  const encoded = outputs.map((output, o) => {
    const own = parts[o] as TargetColumn[];
    const chosen = chooseTarget(output, { count: own.length, text: own.some(({ categories }) => categories) }, o);
    losses.push(chosen);
    if (chosen.why !== undefined) notes.push(chosen.why);
    const encoding = outputEncoding(own, rows, output, chosen, notes);
    notes.push(...constantNotes(own, rows));
    return chosen.why === undefined ? encoding : { ...encoding, why: chosen.why };
  });
  const target = { columns, rows, outputs, chosen: losses[0] };
  const scaling = scales ? fitTargetScaling(target) : undefined;
  notes.push(...targetScaleNotes(target, scaling));
  return { outputs: encoded, ...(scaling && { scaling }), notes };
}

/** Names the columns that are the same in every row: a model learns nothing from them but that value. */
function constantNotes(columns: readonly TargetColumn[], rows: number): string[] {
  const constant = columns.filter(({ at, labels }) => {
    if (labels && labels.length > 1) return false;
    for (let i = 1; i < rows; i++) if (at(i) !== at(0)) return false;
    return rows > 1;
  });
  return constant.map(
    (column) =>
      `target "${column.name}" never changes: ${shownLabel(column, 0)} in each of the ${counted(rows, 'row')}`,
  );
}

/**
 * Turns columns into the targets of a model.
 *
 * @param encoding fitted on these columns or on those of another table
 * @param columns the target columns, as many as the encoding was fitted on
 * @param rows the number of usable rows
 * @returns one column for each output
 * @throws InputError for a label without a class, and a value that the loss does not allow
 */
export function encodeTargets(
  { outputs, scaling }: TargetEncoding,
  columns: readonly TargetColumn[],
  rows: number,
): DatasetColumn[] {
  const parts = partition(
    scaling ? columns.map((column) => scaledColumn(column, scaling)) : columns,
    outputs.map(({ width }) => width),
  );
  return outputs.map((output, o) => ({
    ...encodeOutput(output, parts[o] as TargetColumn[], rows),
    ...(scaling && { scaling }),
  }));
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
  if (units < 2 && labels)
    throw new InputError(
      `output "${output.name}" must have a unit for each class for the loss ${loss}; got ${counted(units, 'unit')}`,
    );
  const needed = labels ? '1 column of labels' : `1 or ${units} columns`;
  throw new InputError(
    `the target of output "${output.name}" (${counted(units, 'unit')}) must be ${needed} for the loss ${loss}; got ${columns.length}`,
  );
}

function encodeOutput(
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
  const unitNames = Array.from({ length: units }, (_, code) => `${names[0]}=${task.classes?.[code] ?? code}`);
  return { shape: output.shape, values, columns: unitNames };
}
