import { InputError } from '@lrfind/core';
import type { TargetScaling } from '@lrfind/data';
import { type LayersModel, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/**
 * A model that predicts a target in its own units, of one that was trained on the scaled target: the same layers, and behind
 * them one that undoes the scaling. Both share their weights.
 *
 * @param model one with one output
 * @param scaling of the target, as its column in a dataset has it; the model itself is returned without one
 * @throws InputError for a model with several outputs
 *
 * @example
 * const table = await readTable('data.csv');
 * const { dataset } = encodeTable(table, model, { target: 'price', scale: 'standard', missing: 'mean', scaleTarget: true });
 * await train(model, dataset, { learningRate: 0.01 });
 * await saveModel(inTargetUnits(model, dataset.targets[0].scaling), 'trained');
 */
export function inTargetUnits(model: LayersModel, scaling: TargetScaling | undefined): LayersModel {
  if (!scaling) return model;
  if (model.outputs.length !== 1)
    throw new InputError(`a model of a scaled target must have one output; got ${model.outputs.length}`);
  const { shift, spread } = scaling;
  const names = new Set(model.layers.map(({ name }) => name));
  let name = 'target_units';
  while (names.has(name)) name = `${name}_`;
  const undo = layers.rescaling({ scale: spread, offset: shift, name });
  const outputs = undo.apply(model.outputs[0] as SymbolicTensor) as SymbolicTensor;
  return modelOf({ inputs: model.inputs, outputs, name: model.name });
}
