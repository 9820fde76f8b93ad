import { InputError } from '../../errors.js';
import { targetKind } from '../../losses/loss-table.js';
import type { DataBlock } from '../data-source.js';
import { inferLoss } from '../infer-loss.js';
import { dealOut, type OutputShape, rowSize } from '../model-shape.js';
import { counted } from '../word-list.js';
import { classLabels, type TargetColumn } from './class-labels.js';
import { denseTarget } from './dense-target.js';

/** What one output of a model is trained for. */
export interface Task {
  readonly kind: 'classification' | 'regression';
  /** The loss, named by the caller or inferred. */
  readonly loss: string;
  /** What each class stands for, in order, where labels were mapped to classes. */
  readonly classes?: readonly string[];
}

/** The targets of a model. */
export interface EncodedTargets {
  /** One for each output. */
  readonly blocks: readonly DataBlock[];
  /** One for each output. */
  readonly tasks: readonly Task[];
  /** Losses that were inferred and why, labels that were mapped. */
  readonly notes: readonly string[];
}

/**
 * Turns columns into the targets of a model: one column for each output, or as many as each has units, in order.
 *
 * @param columns the target columns
 * @param rows the number of usable rows
 * @param outputs the model's outputs
 * @param loss the loss, or one for each output; inferred where left out
 * @throws InputError when the columns cannot be dealt out, do not fit the loss, or hold a value that it cannot take
 */
export function encodeTargets(
  columns: readonly TargetColumn[],
  rows: number,
  outputs: readonly OutputShape[],
  loss?: string | readonly string[],
): EncodedTargets {
  const losses = typeof loss === 'string' ? outputs.map(() => loss) : loss;
  if (losses && losses.length !== outputs.length)
    throw new InputError(`loss: ${losses.length} named for the model's ${counted(outputs.length, 'output')}`);
  const parts = dealOut(columns, columnsPerOutput(columns.length, outputs));
  const notes: string[] = [];
  const encoded = outputs.map((output, o) => {
    const own = parts[o] as TargetColumn[];
    let name = losses?.[o];
    if (name === undefined) {
      const choice = inferLoss(output, { count: own.length, text: own.some(({ categories }) => categories) });
      notes.push(choice.why);
      name = choice.loss;
    }
    return encodeTarget(own, rows, output, name, notes);
  });
  return { blocks: encoded.map(({ block }) => block), tasks: encoded.map(({ task }) => task), notes };
}

function columnsPerOutput(columns: number, outputs: readonly OutputShape[]): number[] {
  if (columns === outputs.length) return outputs.map(() => 1);
  if (outputs.length === 1) return [columns];
  const widths = outputs.map(({ shape }) => rowSize(shape));
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (columns === units) return widths;
  throw new InputError(
    `target: the model has ${outputs.length} outputs (${outputs.map(({ name }) => name).join(', ')}) and needs ` +
      `${outputs.length} target columns, one for each, or ${units}, one for each unit; ${columns} given`,
  );
}

function encodeTarget(
  columns: readonly TargetColumn[],
  rows: number,
  output: OutputShape,
  loss: string,
  notes: string[],
): { block: DataBlock; task: Task } {
  const units = rowSize(output.shape);
  const wanted = targetKind(loss);
  const single = columns.length === 1 ? columns[0] : undefined;
  const labels = wanted === 'label' || (wanted === 'label-or-distribution' && columns.length !== units);
  if (!labels && columns.length === units) {
    const kind = wanted === 'label-or-distribution' ? 'distribution' : wanted;
    const { values, classes } = denseTarget(columns, rows, kind, loss, notes);
    const regression = (wanted === 'number' || wanted === 'non-negative') && !classes;
    return {
      block: { shape: output.shape, values, columns: columns.map(({ name }) => name) },
      task: { kind: regression ? 'regression' : 'classification', loss, ...(classes && { classes }) },
    };
  }
  if (!single || units < 2) {
    const needed =
      units < 2 && labels
        ? 'a head with a unit for each class'
        : labels
          ? '1 column of labels'
          : `1 or ${units} columns`;
    throw new InputError(
      `loss ${loss} at output "${output.name}" with ${counted(units, 'unit')} needs ${needed}; ${counted(columns.length, 'target column')} given`,
    );
  }
  const { codes, classes, notes: mapping } = classLabels(single, rows, units, output.name);
  notes.push(...mapping);
  const task = { kind: 'classification', loss, ...(classes && { classes }) } as const;
  if (labels) return { block: { shape: [1], values: codes, columns: [single.name] }, task };
  notes.push(`target "${single.name}" one-hot encoded over ${units} classes for ${loss}`);
  const values = new Float32Array(rows * units).fill(wanted === 'sign' ? -1 : 0);
  for (const [i, code] of codes.entries()) values[i * units + code] = 1;
  const names = Array.from({ length: units }, (_, code) => `${single.name}=${classes?.[code] ?? code}`);
  return { block: { shape: output.shape, values, columns: names }, task };
}
