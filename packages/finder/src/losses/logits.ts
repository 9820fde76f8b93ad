import { type Dataset, type DatasetColumn, rowSize } from '@lrfind/data';
import { dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LossFunction, LossKind } from './loss.js';
import { lossFunction, lossNamed } from './registry.js';

/** An output whose loss is computed from logits: from the input of its last activation rather than from its output. */
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

/**
 * The outputs whose cross entropy is computed from logits, as Keras does by itself. TensorFlow.js computes it from the
 * probabilities, clipped at 1e-7 from 0 and 1: where a network is that sure of a wrong class the gradient is 0, and it
 * learns nothing more from the row. At high rates that ends trainings which survive in Keras: with the MNIST digits and
 * adam at 0.1, the loss after ten epochs was 14.2 ± 0.7 from probabilities, 1.88 ± 0.28 from logits, and 1.91 ± 0.32 in
 * Keras.
 *
 * @param kinds of each output's loss; null for the caller's own function
 * @returns one for each output; undefined where the loss is computed from the predictions
 */
export function logitsOutputs(
  kinds: readonly (LossKind | null)[],
  model: LayersModel,
  { targets }: Dataset,
): (LogitsOutput | undefined)[] {
  return kinds.map((kind, output) => {
    const onLogits = kind?.onLogits;
    const layer = model.outputs[output]?.sourceLayer;
    const target = targets[output];
    if (!onLogits || !layer || !target) return undefined;
    const plain = layer.inboundNodes.length === 1 && ['Dense', 'Activation'].includes(layer.getClassName());
    const { activation } = layer.getConfig() as { activation?: unknown };
    if (!plain || activation !== onLogits.activation) return undefined;
    // On logits the gradient is the same only for probabilities that add up to 1.
    if (kind.target === 'distribution' && !addUpToOne(target)) return undefined;
    return { layer: layer as unknown as ActivatedLayer, loss: lossFunction(lossNamed(onLogits.loss)) };
  });
}

/** The outputs of a model for a batch. */
export interface Outputs {
  readonly outputs: readonly Tensor[];
  /** For each output that needs them. */
  readonly logits: readonly (Tensor | undefined)[];
}

/**
 * Runs a model and captures the logits of some of its outputs.
 *
 * @param layers for each output, the layer to capture them from
 * @param apply runs the model, synchronously
 * @param use gets outputs and logits; the logits are freed after it
 */
export function withLogits<Result>(
  layers: readonly (LogitsOutput | undefined)[],
  apply: () => Tensor[],
  use: (outputs: Outputs) => Result,
): Result {
  const logits: (Tensor | undefined)[] = layers.map(() => undefined);
  const restores = layers.map((output, i) => {
    if (!output) return () => {};
    const { activation } = output.layer;
    const capture = (x: Tensor, axis?: number) => {
      // Kept, because the layer frees everything but its output.
      logits[i] = keep(x);
      return activation.apply(x, axis);
    };
    output.layer.activation = Object.create(activation, { apply: { value: capture } });
    return () => {
      output.layer.activation = activation;
    };
  });
  try {
    return use({ outputs: apply(), logits });
  } finally {
    for (const restore of restores) restore();
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
