import { checksumOfText, InputError, notAllowed, notOneOf } from '@lrfind/core';
import { type Dataset, type DatasetColumn, rowSize } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { activationOf, outputNames } from '../model/describe.js';
import { inferLoss } from './infer.js';
import { type LogitsOutput, logitsOutputs } from './logits.js';
import type { LossFunction, LossKind } from './loss.js';
import { lossFunction, lossNamed } from './registry.js';

/** A loss for each output in order, each by its name, as a function, or as an entry of the table of losses. */
export type LossList = readonly (string | LossFunction | LossKind)[];

/** A loss as a caller names it, or one for each output, in order or by the output's name (as in `model.compile`). */
export type LossOption = string | LossFunction | LossList | Readonly<Record<string, string | LossFunction>>;

/**
 * What the loss of each output counts in the sum that is trained: one number for each output, in order, or by the output's
 * name (then 1 for outputs that are left out, as in Keras), or a number for the only output.
 */
export type LossWeights = number | readonly number[] | Readonly<Record<string, number>>;

/** The losses of all outputs of a model. */
export interface ResolvedLosses {
  /** For reports: the name that all outputs share, or the names of all, separated by commas. */
  readonly name: string;
  /** For each output its entry in the table; null for the caller's own function. */
  readonly kinds: readonly (LossKind | null)[];
  readonly functions: readonly LossFunction[];
}

/** Losses, and how to train with them. */
export interface TrainableLosses extends ResolvedLosses {
  /** For each output: how to compute its loss from logits; `undefined` where it is computed from the predictions. */
  readonly logits: readonly (LogitsOutput | undefined)[];
  /** For each output: what its loss counts in the sum. */
  readonly weights: readonly number[];
  /** One for each loss that was inferred. */
  readonly notes: readonly string[];
}

/**
 * The losses to train a model with: the caller's, else the compiled model's, else inferred from outputs and targets.
 *
 * @param lossWeights default: 1 for each output
 * @returns with weights other than 1, the name has them: `1·meanSquaredError, 0.5·hinge`
 * @throws InputError when none follows, labels lie outside an output's classes, or the weights do not fit the outputs
 */
export function resolveLosses(
  option: LossOption | undefined,
  model: LayersModel,
  dataset: Dataset,
  lossWeights?: LossWeights,
): TrainableLosses {
  const weights = resolveWeights(lossWeights, outputNames(model));
  const named = namedLosses(option, model);
  const inferred = named ? [] : inferLosses(model, dataset.targets);
  const losses =
    named ??
    lossesOf(
      inferred.map(({ loss }) => loss),
      model,
    );
  for (const [i, kind] of losses.kinds.entries()) {
    const target = dataset.targets[i];
    const classes = model.outputs[i]?.shape.at(-1);
    if (target && classes && comparesLabels(kind, target, classes)) checkLabels(target, classes);
  }
  return {
    ...losses,
    name: weightedName(losses.name, weights),
    weights,
    logits: logitsOutputs(losses.kinds, model, dataset),
    notes: inferred.map(({ why }) => why),
  };
}

/**
 * What tells losses from others, for a journal: their names, and of functions of the caller's own the text too, so that a loss
 * that was changed is not gone on with.
 */
export function lossSignature({ name, kinds, functions }: ResolvedLosses): string {
  const own = functions.filter((_, i) => kinds[i] === null);
  return own.length === 0 ? name : `${name} ${checksumOfText(own.join('\n')).toString(16)}`;
}

function weightedName(name: string, weights: readonly number[]): string {
  if (weights.every((weight) => weight === 1)) return name;
  const names = name.split(', ');
  return weights.map((weight, i) => `${weight}·${names[i] ?? names[0]}`).join(', ');
}

function resolveWeights(given: LossWeights | undefined, outputs: readonly string[]): number[] {
  if (given === undefined) return outputs.map(() => 1);
  const wanted = `one number for each output (${outputs.join(', ')})`;
  if (typeof given === 'number' && outputs.length > 1) throw notAllowed('lossWeights', wanted, given);
  const byName =
    typeof given === 'object' && !Array.isArray(given) ? (given as Readonly<Record<string, number>>) : null;
  const unknown = Object.keys(byName ?? {}).find((name) => !outputs.includes(name));
  if (unknown !== undefined) throw notOneOf('an output in lossWeights', outputs, unknown);
  const list = byName ? outputs.map((name) => (Object.hasOwn(byName, name) ? byName[name] : 1)) : [given].flat();
  if (list.length !== outputs.length) throw notAllowed('lossWeights', wanted, given);
  for (const weight of list)
    if (!Number.isFinite(weight)) throw notAllowed('each of lossWeights', 'a finite number', weight);
  return list as number[];
}

/**
 * The losses that the caller or the compiled model names.
 *
 * @param option what the caller gave; the compiled model's loss when undefined
 * @returns undefined when neither names one
 * @throws InputError for an unknown name, a missing or unknown output, or a wrong number of losses
 */
export function namedLosses(option: LossOption | undefined, model: LayersModel): ResolvedLosses | undefined {
  const given = option ?? (model.loss as LossOption | undefined);
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return undefined;
  return lossesOf(given, model);
}

function lossesOf(given: LossOption, model: LayersModel): ResolvedLosses {
  const each = perOutput(given, outputNames(model));
  const kinds = each.map((loss) =>
    typeof loss === 'string' ? lossNamed(loss) : typeof loss === 'object' ? loss : null,
  );
  const functions = each.map((loss, i) => (kinds[i] ? lossFunction(kinds[i]) : (loss as LossFunction)));
  const names = kinds.map((kind, i) => kind?.name ?? ((each[i] as LossFunction).name || 'custom'));
  return { name: new Set(names).size === 1 ? (names[0] as string) : names.join(', '), kinds, functions };
}

function perOutput(given: LossOption, outputs: readonly string[]): LossList {
  if (typeof given === 'string' || typeof given === 'function') return outputs.map(() => given);
  if (isList(given)) {
    if (given.length === outputs.length) return given;
    throw new InputError(`loss must have one entry for each output (${outputs.join(', ')}); got ${given.length}`);
  }
  const unknown = Object.keys(given).find((name) => !outputs.includes(name));
  if (unknown !== undefined)
    throw new InputError(`loss must name outputs of the model (${outputs.join(', ')}); got "${unknown}"`);
  return outputs.map((name) => {
    const loss = given[name];
    if (loss === undefined) throw new InputError(`loss must have an entry for the output "${name}"; got none`);
    return loss;
  });
}

function isList(given: LossOption): given is LossList {
  return Array.isArray(given);
}

/** A length that the model leaves open is the data's. */
function inferLosses(model: LayersModel, targets: Dataset['targets']) {
  return model.outputs.map((output, i) => {
    const target = targets[i]?.shape ?? [];
    const shape = output.shape.slice(1).map((length, axis) => length ?? target[axis] ?? 1);
    const described = { name: outputNames(model)[i] as string, shape, activation: activationOf(output) };
    return inferLoss(described, { count: rowSize(target), text: false });
  });
}

function comparesLabels(kind: LossKind | null, target: DatasetColumn, classes: number): boolean {
  return kind?.target === 'label' || (kind?.target === 'label-or-distribution' && target.shape.at(-1) !== classes);
}

/** Checks that class numbers are whole and below the number of classes. */
function checkLabels({ values, columns }: DatasetColumn, classes: number): void {
  const row = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= classes);
  if (row < 0) return;
  const column = columns?.[0] ? ` in column ${columns[0]}` : '';
  throw new InputError(
    `labels must be classes of the model, 0 to ${classes - 1}; got ${values[row]} in row ${row + 1}${column}`,
  );
}
