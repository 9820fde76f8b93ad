import { counted, InputError } from '@lrfind/core';
import { describeShape, type OutputShape, rowSize, type TargetSummary } from '@lrfind/data';

/** A loss, and a sentence that says why. */
export interface InferredLoss {
  readonly loss: string;
  readonly why: string;
}

/**
 * Infers the loss of an output from its last activation, its units and the target's columns:
 *
 * | activation | target | loss |
 * | --- | --- | --- |
 * | softmax, k units | one column | sparseCategoricalCrossentropy |
 * | softmax, k units | k columns | categoricalCrossentropy |
 * | sigmoid, k units | k columns, or one column of labels | binaryCrossentropy |
 * | none, k > 1 units | one column | softmaxCrossEntropy: the units are logits |
 * | none, 1 unit | one column of words | sigmoidCrossEntropy: the unit is a logit |
 * | any other | as many numbers as units | meanSquaredError |
 *
 * @param output the model's output
 * @param target the columns that belong to it
 * @throws InputError when no loss fits, saying what would
 */
export function inferLoss(output: OutputShape, target: TargetSummary): InferredLoss {
  const units = rowSize(output.shape);
  const activation = (output.activation ?? 'linear').replaceAll('_', '').toLowerCase();
  const has = `output "${output.name}" has ${describeShape(output.shape)} ${activation} ${units === 1 ? 'unit' : 'units'}`;
  const columns = `the target is ${counted(target.count, 'column')} of ${target.text ? 'words' : 'numbers'}`;
  const choose = (loss: string): InferredLoss => ({ loss, why: `loss ${loss}: ${has} and ${columns}` });
  if (activation === 'softmax') {
    if (units === 1) throw new InputError(`${has}, which always give 1: use sigmoid, or one unit for each class`);
    if (target.count === 1) return choose('sparseCategoricalCrossentropy');
    if (target.count === units) return choose('categoricalCrossentropy');
  } else if (activation === 'sigmoid' || activation === 'hardsigmoid') {
    if (target.count === units || target.count === 1) return choose('binaryCrossentropy');
  } else if (target.count === units) {
    if (!target.text) return choose('meanSquaredError');
    if (units === 1 && activation === 'linear') return choose('sigmoidCrossEntropy');
    throw new InputError(`${has}, but ${columns}: use a softmax or sigmoid activation, or name the loss`);
  } else if (target.count === 1) {
    if (activation === 'linear') return choose('softmaxCrossEntropy');
    throw new InputError(`${has}, but ${columns}: no loss follows from that; name one`);
  }
  const labels = units > 1 ? `1 column of labels or ${units} columns` : '1 column';
  throw new InputError(`${has} and needs ${labels}, but ${columns}`);
}
