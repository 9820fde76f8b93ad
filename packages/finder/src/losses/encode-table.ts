import { assertOptions, InputError, isObject } from '@lrfind/core';
import {
  type ChooseTarget,
  type EncodedTable,
  type EncodeOptions,
  encodeTable as encodeColumns,
  type Table,
} from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertModel, modelShape } from '../model/describe.js';
import { described } from '../model/described.js';
import { inferLoss } from './infer.js';
import type { LossFunction, LossKind } from './loss.js';
import { lossNamed } from './registry.js';
import { type LossList, type LossOption, namedLosses } from './resolve.js';

/** How a table becomes inputs and targets for a model, and the loss that decides what the target may be. */
export interface EncodeForModelOptions extends EncodeOptions {
  /** A loss, or one for each output. Default: the compiled model's, else inferred from the target column. */
  readonly loss?: LossOption;
}

/** Every option. The compiler checks that none is missing. */
const optionNames = Object.keys({
  scale: true,
  missing: true,
  target: true,
  ignore: true,
  sampleWeight: true,
  oneHotLimit: true,
  scaleTarget: true,
  categorical: true,
  series: true,
  sharesMemory: true,
  loss: true,
} satisfies Record<keyof EncodeForModelOptions, true>);

/** Data ready for a model, and the losses that it was encoded for. */
export interface EncodedModelTable extends EncodedTable {
  /** The loss of each output, as `findLearningRate`, `train` and `compare` take it. */
  readonly losses: LossList;
}

/**
 * Turns a table into the inputs and targets of a model. Every column that is not ignored is a target or a feature.
 *
 * @param table from `readTable`
 * @param model any layers model with fixed shapes
 * @returns `dataset` for `findLearningRate`, `train` and `compare`; `transform` encodes other tables, such as test rows,
 *   in the same way
 * @throws InputError for an unknown target column, a number of features that does not fit, a label outside the output's
 *   classes, a value that the loss cannot take, and when no row or no feature is left
 *
 * @example
 * const table = await readTable('data.csv');
 * const { dataset } = encodeTable(table, model, { target: 'price', scale: 'standard', missing: 'mean' });
 * const { suggestion } = await findLearningRate(model, dataset);
 */
export function encodeTable(table: Table, model: LayersModel, options: EncodeForModelOptions): EncodedModelTable {
  assertTable(table);
  assertModel(model);
  assertOptions(options, optionNames);
  for (const required of ['scale', 'missing'] as const)
    if (options[required] === undefined) throw new InputError(`${required} must be given`);
  const { loss, ...encoding } = options;
  const { choose, kinds } = targetChooser(loss, model);
  return { ...encodeColumns(table, modelShape(model), choose, encoding), losses: kinds };
}

/**
 * Chooses the loss of each output of a model.
 *
 * @param loss a loss, or one for each output; by default the compiled model's, else inferred from the target
 * @returns `kinds` is filled as `choose` is called
 * @throws InputError for a loss that is unknown or does not fit the outputs
 */
export function targetChooser(
  loss: LossOption | undefined,
  model: LayersModel,
): { readonly choose: ChooseTarget; readonly kinds: (LossKind | LossFunction)[] } {
  const named = namedLosses(loss, model);
  const kinds: (LossKind | LossFunction)[] = [];
  const choose: ChooseTarget = (output, target, index) => {
    const kind = named?.kinds[index];
    if (kind) {
      kinds[index] = kind;
      return { loss: kind.name, kind: kind.target, scaleDegree: kind.scaleDegree };
    }
    // The caller's own function is taken to need the target that an inferred loss would need.
    const inferred = inferLoss(output, target);
    const inferredKind = lossNamed(inferred.loss);
    const own = named?.functions[index];
    kinds[index] = own ?? inferredKind;
    const why = own && `loss ${own.name || 'custom'}: a function; the target is taken as ${inferred.loss} takes it`;
    return {
      ...inferred,
      ...(why && { why }),
      kind: inferredKind.target,
      scaleDegree: own ? undefined : inferredKind.scaleDegree,
    };
  };
  return { choose, kinds };
}

/** @throws InputError for what is no table */
export function assertTable(table: unknown): void {
  if (isObject(table) && Array.isArray(table.columns) && 'values' in table) return;
  throw new InputError(`table must be a table of readTable; got ${described(table)}`);
}
