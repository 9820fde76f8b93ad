import type { Tensor } from '@tensorflow/tfjs-core';
import {
  add,
  broadcastTo,
  cast,
  div,
  expandDims,
  mul,
  onesLike,
  reshape,
  sqrt,
  square,
  sub,
  sum,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { frozenLayers } from '../model/frozen-layers.js';
import { Composed } from '../model/layers/composed-layer.js';
import { override } from './override.js';

type Call = (
  this: unknown,
  inputs: Tensor | Tensor[],
  kwargs: { training?: boolean; mask?: Tensor | null },
) => Tensor | Tensor[];

/** What is used of batch normalisation here. TensorFlow.js declares it private. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** Missing without `scale`. */
  readonly gamma?: Weight;
  /** Missing without `center`. */
  readonly beta?: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

interface Weight {
  read(): Tensor;
  write(value: Tensor): void;
}

// TensorFlow.js does not export the class, so an instance gives access to it. The name keeps automatic names unchanged.
const BATCH_NORMALIZATION = layers.batchNormalization({ name: 'probe' }).call;

/**
 * Runs `action` while batch normalisation trains as in Keras 3. TensorFlow.js differs in three things:
 *
 * - frozen, it would normalise by each batch's own statistics and move the layer's; in Keras it keeps to the moving ones
 *   (other frozen layers do in training what they always do: dropout drops, as in Keras);
 * - it counts masked steps;
 * - without `scale` or without `center` it throws, and frozen its gradient does.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param action synchronous
 */
export function withBatchNorm<Result>(parts: ReadonlySet<layers.Layer>, action: () => Result): Result {
  const frozen = frozenLayers(parts);
  const restores = [...parts]
    .filter(({ call }) => call === BATCH_NORMALIZATION)
    .map((layer) => {
      const call = layer.call as Call;
      const normalization = layer as unknown as BatchNormalization;
      const isWhole = normalization.gamma && normalization.beta;
      const ours: Call = (inputs, kwargs) => {
        const training = kwargs.training === true && !frozen.has(layer);
        const mask = training ? kwargs.mask : null;
        if (isWhole && !mask) return call.call(layer, inputs, { ...kwargs, training });
        const input = [inputs].flat()[0] as Tensor;
        const statistics = training
          ? movedStatistics(normalization, input, mask ?? null)
          : movingStatistics(normalization);
        return normalised(normalization, input, statistics);
      };
      return override(layer, 'call', ours);
    });
  // Keras's own are right but for a frozen model around them, of which they do not know.
  for (const layer of frozen) {
    if (!(layer instanceof Composed) || layer.getClassName() !== 'KerasBatchNormalization') continue;
    const call = layer.call as Call;
    const ours: Call = (inputs, kwargs) => call.call(layer, inputs, { ...kwargs, training: false });
    restores.push(override(layer, 'call', ours));
  }
  try {
    return action();
  } finally {
    for (const restore of restores) restore();
  }
}

interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

function movingStatistics({ movingMean, movingVariance }: BatchNormalization): Statistics {
  return { mean: movingMean.read(), variance: movingVariance.read() };
}

/** The mean and the variance of the steps that count, by which the layer's statistics move. */
function movedStatistics(layer: BatchNormalization, input: Tensor, mask: Tensor | null): Statistics {
  const { momentum, movingMean, movingVariance } = layer;
  const channels = channelAxis(layer, input);
  const others = input.shape.map((_, i) => i).filter((i) => i !== channels);
  const counts = mask ? broadcastTo(expandDims(cast(mask, 'float32'), -1), input.shape) : onesLike(input);
  // With a mask Keras adds its own epsilon, which is not the layer's.
  const total = add(sum(counts, others, true), mask ? 1e-7 : 0);
  const mean = div(sum(mul(input, counts), others, true), total);
  const variance = div(sum(square(mul(sub(input, mean), counts)), others, true), total);
  for (const [weight, value] of [
    [movingMean, mean],
    [movingVariance, variance],
  ] as const) {
    const before = weight.read();
    weight.write(sub(before, mul(sub(before, reshape(value, before.shape)), 1 - momentum)));
  }
  return { mean, variance };
}

function normalised(layer: BatchNormalization, input: Tensor, { mean, variance }: Statistics): Tensor {
  const { epsilon, gamma, beta } = layer;
  const channels = channelAxis(layer, input);
  const along = (each: Tensor) =>
    reshape(
      each,
      input.shape.map((length, i) => (i === channels ? length : 1)),
    );
  const normal = div(sub(input, along(mean)), sqrt(add(along(variance), epsilon)));
  const scaled = gamma ? mul(normal, along(gamma.read())) : normal;
  return beta ? add(scaled, along(beta.read())) : scaled;
}

function channelAxis({ axis }: BatchNormalization, input: Tensor): number {
  return axis < 0 ? axis + input.rank : axis;
}
