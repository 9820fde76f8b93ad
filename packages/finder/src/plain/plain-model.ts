import { assertOptions, counted, countText, InputError, notOneOf } from '@lrfind/core';
import type { TableDescription, TargetDescription } from '@lrfind/core/results';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { lossNamed } from '../losses/registry.js';
import { wholeTopology } from '../model/whole-topology.js';
import { type NetKind, nets } from './nets.js';

/** Which plain model is built. */
export interface PlainModelOptions {
  /** A net by its name. Default: `auto`, the one that the table asks for. */
  readonly net?: NetKind['name'] | 'auto' | undefined;
}

/** A plain model for a table. */
export interface PlainModel {
  /** Compiled for the table's loss with Adam at Keras's default rate, if TensorFlow.js has the loss; the caller disposes it. */
  readonly model: LayersModel;
  /** The contents of a `model.json` without weights, which each seed draws, with the same compilation. */
  readonly json: string;
  /** What was built and by which rule, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Builds a plain model that fits a table: a dense net; for token ids one with an embedding; for the pixels of square images a
 * convolutional one; for windows of a series a recurrent one. It is there to start with, not to end with.
 *
 * @param table from `describeTable` without a model
 * @throws InputError for a table that was described for a model or has misfits, for an unknown net, and for one that the table is
 *   not for
 *
 * @example
 * const table = await readTable('data.csv');
 * const { model } = plainModel(describeTable(table));
 */
export function plainModel(table: TableDescription, options: PlainModelOptions = {}): PlainModel {
  assertOptions(options, ['net']);
  const { net = 'auto' } = options;
  if (table.model)
    throw new InputError('table must be described without a model; got one that was described for a model');
  const [misfit] = table.misfits;
  if (misfit) throw new InputError(`${misfit.problem}; ${misfit.answer}`);
  const kind = net === 'auto' ? nets.find(({ suits }) => suits(table)) : nets.find(({ name }) => name === net);
  if (!kind) throw notOneOf('net', ['auto', ...nets.map(({ name }) => name)], net);
  const [target] = table.targets as [TargetDescription];
  const { units, activation } = target;
  const hidden = kind.build(table, units);
  const output = layers.dense({ units, activation: (activation ?? 'linear') as 'linear', name: 'output' });
  const model = sequential({ name: `plain_${kind.name}`, layers: [...hidden.layers, output] });
  const compiled = compilation(target);
  if (compiled) model.compile(compiled.settings);
  const topology = wholeTopology(model);
  return {
    model,
    json: `${JSON.stringify({
      format: 'layers-model',
      generatedBy: 'lrfind',
      convertedBy: null,
      modelTopology: topology,
      ...(compiled && { trainingConfig: compiled.config }),
    })}\n`,
    notes: [
      `plain model: ${hidden.why}; ${countText(model.countParams())} parameters`,
      `its output has ${counted(units, `${activation ?? 'linear'} unit`)}${compiled ? `; it is compiled with Adam and ${target.loss}` : `; name the loss with --loss ${target.loss}, which TensorFlow.js cannot compile in`}`,
    ],
  };
}

/** How a model is compiled for a target: for TensorFlow.js, and as a file has it. Undefined where TensorFlow.js lacks the loss. */
function compilation({ loss, classes }: TargetDescription) {
  const kind = lossNamed(loss);
  if (kind.compute) return undefined;
  const metrics = classes ? ['accuracy'] : [];
  return {
    settings: { optimizer: 'adam', loss: kind.name, metrics },
    config: {
      loss: snakeCase(kind.name),
      metrics,
      optimizer_config: {
        class_name: 'Adam',
        config: { learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 },
      },
    },
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
