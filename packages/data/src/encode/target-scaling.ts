import { InputError, square } from '@lrfind/core';
import type { TargetScaling } from '../dataset.js';
import type { OutputShape } from '../shapes.js';
import type { TargetColumn } from './target-column.js';
import type { ChosenTarget } from './target-kind.js';

/** A target with a standard deviation or a mean beyond this is far from what a new model predicts. */
const FAR = 10;

/** What the target columns are, and for what. */
export interface ScalableTarget {
  readonly columns: readonly TargetColumn[];
  /** The number of usable rows. */
  readonly rows: number;
  readonly outputs: readonly OutputShape[];
  /** The loss of the first output. */
  readonly chosen: ChosenTarget | undefined;
}

/**
 * Fits the scaling of a regression target to mean 0 and standard deviation 1.
 *
 * @throws InputError for several targets, one of classes, one that never changes, and a loss whose value in the target's units
 *   does not follow from its value on the scaled target
 */
export function fitTargetScaling({ columns, rows, outputs, chosen }: ScalableTarget): TargetScaling {
  const [column] = columns;
  if (!column || columns.length > 1 || outputs.length > 1)
    throw new InputError(`scaleTarget must be used with one target column for one output; got ${columns.length}`);
  if (chosen?.scaleDegree === undefined || column.categories)
    throw new InputError(
      `scaleTarget must be used with a target of numbers and the loss meanSquaredError or meanAbsoluteError; got ${column.categories ? 'words' : chosen?.loss}`,
    );
  const { mean, deviation } = momentsOf(column, rows);
  if (!(deviation > 0))
    throw new InputError(`scaleTarget must be left out where target "${column.name}" never changes; got ${mean}`);
  return { shift: mean, spread: deviation };
}

/** The scaling in a sentence, or the scale of a target that is not scaled and is far from 0. */
export function targetScaleNotes(target: ScalableTarget, scaling: TargetScaling | undefined): string[] {
  const { columns, rows, outputs, chosen } = target;
  const [column] = columns;
  if (!column || columns.length > 1 || outputs.length > 1) return [];
  const { name, categories } = column;
  if (scaling)
    return [
      `target "${name}" scaled to mean 0 and standard deviation 1 (from mean ${digits(scaling.shift)} and standard deviation ${digits(scaling.spread)}); losses and metrics are in its own units`,
    ];
  if (chosen?.scaleDegree === undefined || categories) return [];
  const { mean, deviation } = momentsOf(column, rows);
  if (!(deviation > 0) || (deviation <= FAR && Math.abs(mean) <= FAR)) return [];
  return [
    `target "${name}" has mean ${digits(mean)} and standard deviation ${digits(deviation)}, and is not scaled: --scale-target trains on it scaled, and reports it in its own units`,
  ];
}

function momentsOf({ at, moments }: TargetColumn, rows: number): { readonly mean: number; readonly deviation: number } {
  if (moments) return moments;
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += at(i);
  const mean = sum / rows;
  let squares = 0;
  for (let i = 0; i < rows; i++) squares += square(at(i) - mean);
  return { mean, deviation: Math.sqrt(squares / rows) };
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}

/** The column, scaled. */
export function scaledColumn(column: TargetColumn, { shift, spread }: TargetScaling): TargetColumn {
  return { ...column, at: (i) => (column.at(i) - shift) / spread };
}
