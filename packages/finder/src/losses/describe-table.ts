import { assertOptions } from '@lrfind/core';
import type { TableDescription } from '@lrfind/core/results';
import { type DescribeOptions, describeTable as describeColumns, type NamedLoss, type Table } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertModel, modelShape } from '../model/describe.js';
import { assertTable, targetChooser } from './encode-table.js';
import type { LossKind } from './loss.js';
import { lossNamed } from './registry.js';
import type { LossOption } from './resolve.js';

/** How to describe a table, and the model that it should fit. */
export interface DescribeForModelOptions extends Omit<DescribeOptions, 'model' | 'loss'> {
  /** Any layers model with fixed shapes. Default: a plain model that fits the table. */
  readonly model?: LayersModel | undefined;
  /** A loss, or one for each output of the model. Default: the compiled model's, else inferred from the target. */
  readonly loss?: LossOption | undefined;
}

/** Every option. The compiler checks that none is missing. */
const optionNames = Object.keys({
  target: true,
  ignore: true,
  sampleWeight: true,
  scale: true,
  missing: true,
  oneHotLimit: true,
  scaleTarget: true,
  categorical: true,
  series: true,
  model: true,
  loss: true,
  examples: true,
  seed: true,
} satisfies Record<keyof DescribeForModelOptions, true>);

/**
 * Describes a table as it is understood, before anything is trained: kinds, ranges and missing values of its columns, its classes
 * and their balance, the loss that would be chosen, the shape that the model gets, and what does not fit, with the option that
 * answers it.
 *
 * @param table from `readTable`
 * @returns everything that can be said, also where the table does not fit the model
 * @throws InputError for an unknown column or loss, for a column that is named for two uses, and where none is left as a feature
 *
 * @example
 * const { columns, misfits } = describeTable(await readTable('data.csv'), { target: 'price', model });
 */
export function describeTable(table: Table, options: DescribeForModelOptions = {}): TableDescription {
  assertTable(table);
  assertOptions(options, optionNames);
  const { model, loss, ...others } = options;
  if (!model) return describeColumns(table, { ...others, loss: loss === undefined ? undefined : plainLoss(loss) });
  assertModel(model);
  const { choose } = targetChooser(loss, model);
  return describeColumns(table, { ...others, model: { ...modelShape(model), name: model.name, chooseTarget: choose } });
}

/** A loss for an output that is still to be made. Of several, or of a function, only a model's outputs can tell. */
function plainLoss(loss: LossOption): NamedLoss | undefined {
  const kind =
    typeof loss === 'string'
      ? lossNamed(loss)
      : 'name' in loss && 'target' in loss
        ? (loss as unknown as LossKind)
        : undefined;
  return kind && { loss: kind.name, kind: kind.target, activation: activationFor(kind) };
}

/** The activation with which an output gives what a loss compares. */
function activationFor({ onLogits, target, name }: LossKind): string {
  if (onLogits) return onLogits.activation;
  if (target === 'non-negative') return 'softplus';
  return name === 'kullbackLeiblerDivergence' ? 'softmax' : 'linear';
}
