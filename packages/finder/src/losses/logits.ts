import { dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type DatasetColumn, type Dataset, rowSize } from '@lrfind/data';
import { type LossFunction, lossFunction } from './functions.js';

/** An output whose loss is computed from what its activation is given, rather than from the probabilities that it makes of it. */
export interface LogitsOutput {
  /** The layer of the activation. */
  readonly layer: ActivatedLayer;
  /** From targets and logits to the loss. */
  readonly loss: LossFunction;
}

/** A layer with an activation of its own. TensorFlow.js has no public way to it. */
interface ActivatedLayer {
  activation: { apply(x: Tensor, axis?: number): Tensor };
}

/** For each loss on probabilities the activation that makes them, and the same loss on logits. */
const onLogits: Readonly<Record<string, { readonly activation: string; readonly loss: string }>> = {
  categoricalCrossentropy: { activation: 'softmax', loss: 'softmaxCrossEntropy' },
  sparseCategoricalCrossentropy: { activation: 'softmax', loss: 'softmaxCrossEntropy' },
  binaryCrossentropy: { activation: 'sigmoid', loss: 'sigmoidCrossEntropy' },
};

/**
 * The outputs whose cross entropy can be computed from logits, as Keras does without being asked. TensorFlow.js takes the probabilities,
 * no nearer to 0 and 1 than 1e-7: where a network is so sure of a wrong class the slope is 0 and the row teaches nothing any more. At
 * high rates that ends trainings for good which Keras's survive: of the MNIST digits, with adam at 0.1, the loss after ten epochs was
 * 14.2 ± 0.7 so, 1.88 ± 0.28 from logits, and 1.91 ± 0.32 in Keras.
 *
 * @param losses canonical name of each output's loss, null for a function of the caller's
 * @returns one for each output; undefined where the loss stays as it is
 */
export function logitsOutputs(
  losses: readonly (string | null)[],
  model: LayersModel,
  { targets }: Dataset,
): (LogitsOutput | undefined)[] {
  return losses.map((name, output) => {
    const row = onLogits[name ?? ''];
    const layer = model.outputs[output]?.sourceLayer;
    const target = targets[output];
    if (!row || !layer || !target) return undefined;
    const plain = layer.inboundNodes.length === 1 && ['Dense', 'Activation'].includes(layer.getClassName());
    const { activation } = layer.getConfig() as { activation?: unknown };
    if (!plain || activation !== row.activation) return undefined;
    // The slope on logits is that of probabilities which add up to 1.
    if (name === 'categoricalCrossentropy' && !addUpToOne(target)) return undefined;
    return { layer: layer as unknown as ActivatedLayer, loss: lossFunction(row.loss) };
  });
}

/** What a model gives for a batch. */
export interface Outputs {
  readonly outputs: readonly Tensor[];
  /** Of each output that has a head. */
  readonly logits: readonly (Tensor | undefined)[];
}

/**
 * Runs a model and catches what the activations of some of its outputs are given.
 *
 * @param apply runs the model, synchronously
 * @param use what to do with both; the logits are freed behind it
 */
export function withLogits<Result>(
  heads: readonly (LogitsOutput | undefined)[],
  apply: () => Tensor[],
  use: (outputs: Outputs) => Result,
): Result {
  const logits: (Tensor | undefined)[] = heads.map(() => undefined);
  const back = heads.map((head, i) => {
    if (!head) return () => {};
    const { activation } = head.layer;
    const catching = (x: Tensor, axis?: number) => {
      // Kept, as the layer frees all but its output.
      logits[i] = keep(x);
      return activation.apply(x, axis);
    };
    head.layer.activation = Object.create(activation, { apply: { value: catching } });
    return () => {
      head.layer.activation = activation;
    };
  });
  try {
    return use({ outputs: apply(), logits });
  } finally {
    for (const restore of back) restore();
    dispose(logits as Tensor[]);
  }
}

function addUpToOne({ shape, values }: DatasetColumn): boolean {
  const classes = shape.at(-1) ?? 1;
  if (rowSize(shape) % classes !== 0) return false;
  for (let start = 0; start < values.length; start += classes) {
    let sum = 0;
    for (let i = start; i < start + classes; i++) sum += values[i] as number;
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}
