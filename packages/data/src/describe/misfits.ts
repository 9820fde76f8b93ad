import { flagList, InputError } from '@lrfind/core';
import type { ColumnDescription, Misfit } from '@lrfind/core/results';
import type { ColumnRoles } from '../encode/column-roles.js';
import { encodeFeatures, fitFeatures } from '../encode/encode-features.js';
import { encodeTargets, fitTargets, type TargetEncoding } from '../encode/encode-targets.js';
import { encodeWindows } from '../encode/encode-windows.js';
import type { Scale } from '../encode/feature-scaling.js';
import type { MissingPolicy } from '../encode/missing-values.js';
import type { OneHotOptions } from '../encode/one-hot-limit.js';
import { rowWeights } from '../encode/row-weights.js';
import { targetColumn } from '../encode/target-column.js';
import type { ChooseTarget } from '../encode/target-kind.js';
import type { ResolvedSeries } from '../encode/windows.js';
import { type ModelShape, rowSize } from '../shapes.js';
import type { Table } from '../table.js';

/** What a table is tried with. */
export interface Trial {
  readonly model: ModelShape;
  readonly chooseTarget: ChooseTarget;
  readonly roles: ColumnRoles;
  /** Indices of the usable rows. */
  readonly rows: Int32Array;
  readonly scale: Scale;
  readonly missing: MissingPolicy;
  readonly sampleWeight?: string | undefined;
  readonly oneHot: OneHotOptions & { readonly scaleTarget?: boolean | undefined };
  /** Of windows. */
  readonly series?: ResolvedSeries | undefined;
  readonly columns: readonly ColumnDescription[];
}

/** How a table fits a model. */
export interface Fit {
  /** What is done to the table, in sentences. */
  readonly notes: readonly string[];
  readonly outputs: TargetEncoding | undefined;
  readonly misfits: readonly Misfit[];
}

/** What helps where a column has too many categories that repeat. */
const ONE_HOT = '--one-hot-limit, with its number of categories, or --ignore';

/** What always helps: a model that is made for the table. */
const OTHER_MODEL = '--init-model model.json, which writes a model for this table';

/**
 * Encodes a table for a model as far as it goes, features, targets and weights each by itself, and collects what is refused.
 */
export function fitTable(table: Table, trial: Trial): Fit {
  const { model, chooseTarget, roles, rows, scale, missing, sampleWeight, series, oneHot } = trial;
  const misfits: Misfit[] = [];
  const attempt = <Result>(fit: () => Result, answer: () => string): Result | undefined => {
    try {
      return fit();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      misfits.push({ problem: error.message, answer: answer() });
      return undefined;
    }
  };
  const attemptTargets = () =>
    attempt(
      () => {
        const columns = roles.targets.map((column) => targetColumn(table, column, rows));
        const encoding = fitTargets(columns, rows.length, model.outputs, chooseTarget, oneHot.scaleTarget);
        encodeTargets(encoding, columns, rows.length);
        return encoding;
      },
      () => answerForTargets(trial),
    );
  if (series) {
    const encoded = attempt(
      () => encodeWindows(table, model, chooseTarget, roles, { series, missing, scale, ...oneHot }),
      () => answerForWindows(trial, series),
    );
    const outputs = encoded?.outputs ?? attemptTargets();
    return { notes: encoded?.dataset.notes ?? [], outputs, misfits };
  }
  const inputs = attempt(
    () => {
      const encoding = fitFeatures(table, roles.features, rows, model.inputs, scale, oneHot);
      encodeFeatures(encoding, table, rows);
      return encoding;
    },
    () => answerForFeatures(trial),
  );
  const outputs = attemptTargets();
  if (sampleWeight !== undefined)
    attempt(
      () => rowWeights(table, sampleWeight, rows),
      () => '--sample-weight, with a column of numbers at least 0',
    );
  return { notes: [...(inputs?.notes ?? []), ...(outputs?.notes ?? [])], outputs, misfits };
}

/** Other windows, where the model takes others; else what helps in general. */
function answerForWindows({ model }: Trial, { window }: ResolvedSeries): string {
  const [wanted] = model.inputs[0]?.shape ?? [];
  if (model.inputs[0]?.shape.length === 2 && wanted !== window) return `--window ${wanted}`;
  return `--ignore or --exclude-target, for other features, or ${OTHER_MODEL}`;
}

/** The change of one column with which the features are as many as the model takes, else what helps in general. */
function answerForFeatures({ model, columns }: Trial): string {
  const wanted = model.inputs.reduce((sum, { shape }) => sum + rowSize(shape), 0);
  const features = columns.filter(({ role }) => role === 'feature');
  const surplus = features.reduce((sum, each) => sum + each.features, 0) - wanted;
  const fitting = features.filter((each) => surplus > 0 && each.features === surplus);
  // What no model learns from is the likelier surplus.
  const ignored = fitting.find(({ kind }) => kind !== 'number' && kind !== 'boolean') ?? fitting[0];
  if (ignored) return `--ignore ${flagList([ignored.name])}`;
  const spread = features.find(
    ({ kind, distinct, numbers }) => kind === 'number' && numbers?.whole && distinct === 1 - surplus,
  );
  if (spread && surplus < 0) return `--categorical ${flagList([spread.name])}`;
  const useless = features.filter(({ kind, categories }) => categories && (kind === 'date' || kind === 'text'));
  // A plain model takes any number of features, so that what is in its way are words that are too many.
  if (useless.length === 0) return surplus === 0 ? ONE_HOT : OTHER_MODEL;
  const dates = useless.some(({ kind }) => kind === 'date') ? '--dates number, or ' : '';
  return `${dates}--ignore ${flagList(useless.map(({ name }) => name))}`;
}

/** The column that the model's output was made for, where only one can be, else what helps in general. */
function answerForTargets({ model, roles, columns }: Trial): string {
  const [output] = model.outputs;
  if (model.outputs.length > 1)
    return `--target, with a column for each of ${model.outputs.map(({ name }) => name).join(', ')}`;
  if (!output || roles.targets.length > 1) return `--target, with another column, or ${OTHER_MODEL}`;
  const units = rowSize(output.shape);
  const ofClasses = output.activation === 'softmax' || output.activation === 'sigmoid';
  const classes = units === 1 ? 2 : units;
  const fitting = columns.filter(({ role, kind, distinct, numbers }) =>
    role === 'target' || kind === 'constant'
      ? false
      : ofClasses
        ? distinct === classes && numbers?.whole !== false
        : kind === 'number',
  );
  const [only] = fitting;
  return fitting.length === 1 && only
    ? `--target ${flagList([only.name])}`
    : `--target, with another column, or ${OTHER_MODEL}`;
}
