import { counted } from '@lrfind/core';
import type { TargetColumn } from '../encode/target-column.js';
import type { ChosenTarget, TargetKind } from '../encode/target-kind.js';

/** The output of a plain model for a target, and its loss. */
export interface PlainOutput extends ChosenTarget {
  readonly units: number;
  readonly activation: string;
}

/** A loss that the caller named, and the activation that a plain model needs before it. */
export interface NamedLoss {
  readonly loss: string;
  readonly kind: TargetKind;
  readonly activation: string;
}

/** Whole numbers are classes if there are at most so many different ones. */
const MOST_CLASSES = 20;

/**
 * The output of a plain model for target columns:
 *
 * | target | output | loss |
 * | --- | --- | --- |
 * | one column of two words, or of 0 and 1 | 1 sigmoid unit | binaryCrossentropy |
 * | one column of other words | a softmax unit for each | sparseCategoricalCrossentropy |
 * | one column of at most 20 different whole numbers, for two rows each | a softmax unit for each class | sparseCategoricalCrossentropy |
 * | several columns of two words, or of 0 and 1 | a sigmoid unit for each | binaryCrossentropy |
 * | any other | a linear unit for each column | meanSquaredError |
 *
 * @param columns the target columns
 * @param rows the number of usable rows
 * @param named the loss, where the caller names it; it then decides
 */
export function plainOutput(columns: readonly TargetColumn[], rows: number, named?: NamedLoss): PlainOutput {
  const [only] = columns.length === 1 ? columns : [];
  const classes = only ? classCount(only, rows) : undefined;
  if (named) return { ...named, units: unitsFor(named, columns.length, classes) };
  const twoValued = rows > 0 && columns.every((column) => isTwoValued(column, rows));
  if (twoValued) {
    const what = only ? `target "${only.name}" has two values` : `each of the ${columns.length} targets has two values`;
    return {
      units: columns.length,
      activation: 'sigmoid',
      loss: 'binaryCrossentropy',
      kind: 'probability',
      why: `loss binaryCrossentropy: ${what}`,
    };
  }
  if (only && classes && classes.count > 0 && (only.categories || classes.few)) {
    const words = only.categories ? 'words' : 'whole numbers';
    const other = only.categories ? '' : '; with --loss meanSquaredError they are numbers to predict';
    return {
      units: Math.max(2, classes.units),
      activation: 'softmax',
      loss: 'sparseCategoricalCrossentropy',
      kind: 'label',
      why: `loss sparseCategoricalCrossentropy: the ${counted(classes.count, 'different value')} of target "${only.name}", ${words}, are taken for classes${other}`,
    };
  }
  return {
    units: columns.length,
    activation: 'linear',
    loss: 'meanSquaredError',
    kind: 'number',
    why: `loss meanSquaredError: ${only ? `target "${only.name}" has` : 'the targets have'} numbers to predict`,
  };
}

function unitsFor({ kind }: NamedLoss, columns: number, classes: Classes | undefined): number {
  const labels = kind === 'label' || kind === 'label-or-distribution' || kind === 'distribution';
  return labels && columns === 1 ? Math.max(2, classes?.units ?? 2) : columns;
}

interface Classes {
  /** Different labels. */
  readonly count: number;
  /** Units that have a class for each. */
  readonly units: number;
  /** Whether there are few enough for whole numbers to be labels. */
  readonly few: boolean;
}

/** The labels of a column; undefined where some are no whole numbers, or there are too many to be labels. */
function classCount({ categories, at }: TargetColumn, rows: number): Classes | undefined {
  const seen = new Set<number>();
  for (let i = 0; i < rows; i++) {
    const value = categories ? Number.NaN : at(i);
    if (!categories && !Number.isSafeInteger(value)) return undefined;
    seen.add(categories ? at(i) : value);
    if (!categories && seen.size > MOST_LABELS) return undefined;
  }
  const count = seen.size;
  const few = count <= MOST_CLASSES && rows >= 2 * count;
  const numbers = categories
    ? categories.every((word) => /^\d+$/.test(word))
      ? categories.map(Number)
      : []
    : [...seen];
  if (numbers.length === 0) return { count, units: categories?.length ?? count, few };
  const most = Math.max(...numbers);
  // Labels from 0 are class numbers already, unless most of them would be missing.
  const isClassNumber = Math.min(...numbers) === 0 && most < 2 * count;
  return { count, units: isClassNumber ? most + 1 : count, few };
}

/** Labels that a named loss may have. */
const MOST_LABELS = 10_000;

function isTwoValued({ categories, at }: TargetColumn, rows: number): boolean {
  if (categories) return categories.length === 2;
  let [hasNo, hasYes] = [false, false];
  for (let i = 0; i < rows; i++) {
    if (at(i) === 0) hasNo = true;
    else if (at(i) === 1) hasYes = true;
    else return false;
  }
  return hasNo && hasYes;
}
