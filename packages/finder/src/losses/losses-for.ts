import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkLabels } from './check-labels.js';
import { type Dataset, rowSize } from '@lrfind/data';
import { inferLoss } from './infer.js';
import { activationOf, outputNames } from '../model/describe.js';
import { type LogitsOutput, logitsOutputs } from './logits.js';
import { type LossOption, type ResolvedLosses, resolveLosses } from './resolve.js';

/** The losses of all outputs, ready to train with. */
export interface ChosenLosses extends ResolvedLosses {
  /** For each output, whether and how its loss is computed from logits. */
  readonly heads: readonly (LogitsOutput | undefined)[];
  /** One for each that was inferred. */
  readonly notes: readonly string[];
}

/**
 * The losses to train a model with: the caller's, else the compiled model's, else inferred from heads and targets.
 *
 * @returns the losses, with a note for each that was inferred
 * @throws InputError when none follows, or labels lie outside a head's classes
 */
export function lossesFor(option: LossOption | undefined, model: LayersModel, data: Dataset): ChosenLosses {
  const { targets } = data;
  const given = resolveLosses(option, model);
  const choices = given ? [] : inferred(model, targets);
  const losses =
    given ??
    (resolveLosses(
      choices.map(({ loss }) => loss),
      model,
    ) as ResolvedLosses);
  for (const [i, name] of losses.names.entries()) {
    const target = targets[i];
    const classes = model.outputs[i]?.shape.at(-1);
    const labels =
      name === 'sparseCategoricalCrossentropy' || (name === 'softmaxCrossEntropy' && target?.shape.at(-1) !== classes);
    if (target && classes && labels) checkLabels(target, classes);
  }
  return { ...losses, heads: logitsOutputs(losses.names, model, data), notes: choices.map(({ why }) => why) };
}

/** A length that the model leaves open is the data's. */
function inferred(model: LayersModel, targets: Dataset['targets']) {
  return model.outputs.map((output, i) => {
    const target = targets[i]?.shape ?? [];
    const shape = output.shape.slice(1).map((length, axis) => length ?? target[axis] ?? 1);
    const head = { name: outputNames(model)[i] as string, shape, activation: activationOf(output) };
    return inferLoss(head, { count: rowSize(target), text: false });
  });
}
