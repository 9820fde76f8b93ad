import { InputError } from '@lrfind/core';
import { type FindOptions, findLearningRate } from '@lrfind/finder';
import { dispose, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The members of ml5's neuralNetwork (1.4.0) that are used here. */
export interface Ml5Network {
  readonly options: { learningRate: number | 'find'; layers: unknown };
  readonly neuralNetwork: { readonly model: LayersModel; readonly isLayered: boolean; readonly isCompiled: boolean };
  readonly neuralNetworkData: {
    readonly isMetadataReady: boolean;
    readonly isWarmedUp: boolean;
    readonly data: { readonly raw: readonly unknown[] };
  };
  createMetaData(): void;
  prepareForTraining(): void;
  createNetworkLayers(layers: unknown): unknown;
  addDefaultLayers(): unknown;
  compile(): void;
  convertTrainingDataToTensors(): { readonly inputs: Tensor; readonly outputs: Tensor };
}

/** Options of a search for ml5: those of `findLearningRate`, and ml5's own `validationSplit`. */
export interface SetFoundRateOptions extends Omit<FindOptions, 'optimizer' | 'loss' | 'validationSplit' | 'verify'> {
  /** Epochs that `train` will have; default 10, as in ml5. */
  readonly epochs?: number | undefined;
  /** Rows in a batch; default 32, as in ml5. */
  readonly batchSize?: number | undefined;
  /** The share of the rows, at their end, that `train` holds out; the search leaves them out. Default 0.1, as in ml5. */
  readonly validationSplit?: number | undefined;
  /** Whether the answer is tried by short trainings around it; default true, because ml5's trainings are short. */
  readonly verify?: FindOptions['verify'];
}

/**
 * Finds the learning rate of an ml5 neuralNetwork and sets it, so that `train` uses it in place of ml5's 0.2 (0.02 for images). Call it
 * when the data are complete and normalised. The network's layers are made as `train` makes them, and searched with their optimizer and
 * loss; their weights are afterwards as they were.
 *
 * @param network of `ml5.neuralNetwork`, of 1.4.0 or one with the same members
 * @param options as `train` will have them
 * @returns the result of the search
 * @throws InputError when it is not a neuralNetwork, has no data, or has no rate: the message says why, and the network keeps the rate that
 *   it had
 *
 * @example
 * const network = ml5.neuralNetwork({ task: 'classification', learningRate: 'find' });
 * // … addData …
 * network.normalizeData();
 * await setFoundRate(network, { epochs: 50 });
 * network.train({ epochs: 50 }, finished);
 */
export async function setFoundRate(
  network: Ml5Network,
  { epochs = 10, batchSize = 32, validationSplit = 0.1, verify = true, ...options }: SetFoundRateOptions = {},
): Promise<Awaited<ReturnType<typeof findLearningRate>>> {
  assertNetwork(network);
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw new InputError(`validationSplit must be a number at least 0 and below 1; got ${validationSplit}`);
  const before = network.options.learningRate;
  prepare(network);
  const { inputs, outputs } = network.convertTrainingDataToTensors();
  // As TensorFlow.js's fit splits them.
  const rows = Math.floor((inputs.shape[0] as number) * (1 - validationSplit));
  const [xs, ys] = [inputs, outputs].map((tensor) => {
    const begin = tensor.shape.map(() => 0);
    return slice(tensor, begin, [rows, ...tensor.shape.slice(1)]);
  }) as [Tensor, Tensor];
  try {
    const found = await findLearningRate(
      network.neuralNetwork.model,
      { xs, ys },
      { ...options, verify, epochs, batchSize },
    );
    if (!found.suggestion) throw new InputError(`no learning rate: ${found.reason}`);
    compileWith(network, found.suggestion.learningRate);
    return found;
  } catch (error) {
    network.options.learningRate = before;
    throw error;
  } finally {
    dispose([inputs, outputs, xs, ys]);
  }
}

/** What ml5's `train` does before it trains. */
function prepare(network: Ml5Network): void {
  const { neuralNetwork, neuralNetworkData, options } = network;
  if (!neuralNetworkData.isMetadataReady) network.createMetaData();
  if (!neuralNetworkData.isWarmedUp) network.prepareForTraining();
  if (!neuralNetwork.isLayered) options.layers = network.createNetworkLayers(options.layers);
  if (!neuralNetwork.isLayered) options.layers = network.addDefaultLayers();
  // A search reads the optimizer and the loss, not the rate.
  if (!neuralNetwork.isCompiled) compileWith(network, options.learningRate === 'find' ? 0.01 : options.learningRate);
}

/** Replaces the optimizer by one with this rate. */
function compileWith(network: Ml5Network, learningRate: number): void {
  const { model, isCompiled } = network.neuralNetwork;
  if (isCompiled) model.optimizer.dispose();
  network.options.learningRate = learningRate;
  network.compile();
}

function assertNetwork(network: Ml5Network): void {
  if (typeof network?.convertTrainingDataToTensors !== 'function' || !network.neuralNetwork?.model)
    throw new InputError('network must be a neuralNetwork of ml5, as ml5.neuralNetwork makes it');
  if (network.neuralNetworkData.data.raw.length === 0)
    throw new InputError('network must have data: call addData or load a dataUrl before');
}
