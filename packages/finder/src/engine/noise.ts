import { canDrawStateless, statelessUniform } from '@lrfind/backends';
import { add, cos, div, floor, log, mul, sqrt, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { Composed } from '../model/layers/composed-layer.js';
import { override } from './override.js';
import { recurrentCells, withFreshMasks } from './recurrent-cells.js';

/**
 * Runs `action` while the dropout and noise of a model are drawn from a seed: the layers `dropout`, `spatialDropout1d`,
 * `gaussianNoise`, `gaussianDropout` and `alphaDropout` and the dropout of recurrent cells, anywhere in the model. Equal
 * seeds give equal noise, different seeds different noise, whatever seeds the layers were made with. Operations on the seed
 * tensor make the noise, so a compiled step draws again with each seed.
 *
 * Layers of other classes, subclasses that override `call`, and cells with a `dropoutFunc` of their own draw as they did
 * before. So does everything on a backend that is not lrfind's: from `Math.random`, which the caller may have replaced.
 * Afterwards every layer is as before, whether `action` returns or throws.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param seed int32 of shape [2]
 * @param action synchronous; nothing is drawn for layers that it does not call with `training: true`
 */
export function drawNoise<Result>(parts: ReadonlySet<layers.Layer>, seed: Tensor, action: () => Result): Result {
  return withFreshMasks(parts, () => {
    if (!canDrawStateless()) return action();
    let salt = 0;
    const uniform: Uniform = (shape) => statelessUniform(shape, seed, salt++);
    const restores: (() => void)[] = [];
    try {
      for (const layer of parts as ReadonlySet<NoiseLayer>) {
        const noise = NOISE_BY_CALL.get(layer.call);
        if (noise) restores.push(override(layer, 'call', noisyCall(layer, noise, uniform)));
      }
      const masks = (ones: Tensor, rate: number) => dropoutMask(ones.shape, rate, uniform);
      for (const cell of [...recurrentCells(parts), ...composedLayers(parts)]) {
        if (!cell.dropoutFunc) restores.push(override(cell, 'dropoutFunc', masks));
      }
      return action();
    } finally {
      for (const restore of restores) restore();
    }
  });
}

function composedLayers(parts: ReadonlySet<layers.Layer>): Composed[] {
  return [...parts].filter((layer) => layer instanceof Composed);
}

/**
 * A seed and the number of a step, as `drawNoise` takes them. A seed has up to 53 bits, and the device one word of 32: the upper
 * bits are hashed into the lower ones. Seeds below 2³² stay what they are.
 */
export function noiseSeed(seed: number, step: number): [number, number] {
  const upper = Math.floor(seed / 2 ** 32);
  // A multiplication by an odd number and a shift lose nothing, so no two upper parts give the same.
  const product = Math.imul(upper, 0x9e3779b1);
  return [(seed ^ product ^ (product >>> 15)) | 0, step];
}

/** The next uniform numbers in [0, 1). */
type Uniform = (shape: number[]) => Tensor;

type Call = (this: unknown, inputs: Tensor | Tensor[], kwargs: { training?: boolean }) => Tensor | Tensor[];

/** The properties of TensorFlow.js's noise layers that are used here; each has some of them. */
interface NoiseLayer extends layers.Layer {
  readonly call: Call;
  readonly rate: number;
  readonly stddev: number;
  getNoiseShape(input: Tensor): number[] | null | undefined;
  _getNoiseShape(input: Tensor): number[];
}

/** A kind of noise, with the formula of TensorFlow.js. */
interface Noise {
  /** `call` of TensorFlow.js's layer. Without training it returns its input. */
  readonly call: Call;
  /** Whether the layer's settings give any noise. */
  readonly draws: (layer: NoiseLayer) => boolean;
  readonly noisy: (layer: NoiseLayer, input: Tensor, uniform: Uniform) => Tensor;
}

function isRate({ rate }: NoiseLayer): boolean {
  return 0 < rate && rate < 1;
}

// TensorFlow.js does not export the classes, so an instance gives access to them. The name keeps automatic names unchanged.
const name = 'probe';

/** Every kind of noise. */
const NOISES: readonly Noise[] = [
  {
    // Spatial dropout too: it has the same function, and a noise shape of its own.
    call: callOf(layers.dropout({ rate: 0, name })),
    draws: isRate,
    noisy: (layer, input, uniform) =>
      mul(input, dropoutMask(layer.getNoiseShape(input) ?? input.shape, layer.rate, uniform)),
  },
  {
    call: callOf(layers.gaussianNoise({ stddev: 0, name })),
    draws: ({ stddev }) => stddev !== 0,
    noisy: ({ stddev }, input, uniform) => add(mul(normal(input.shape, uniform), stddev), input),
  },
  {
    call: callOf(layers.gaussianDropout({ rate: 0, name })),
    draws: isRate,
    noisy: ({ rate }, input, uniform) =>
      mul(input, add(mul(normal(input.shape, uniform), Math.sqrt(rate / (1 - rate))), 1)),
  },
  {
    call: callOf(layers.alphaDropout({ rate: 0, name })),
    draws: isRate,
    noisy: (layer, input, uniform) => alphaDropped(input, layer.rate, uniform(layer._getNoiseShape(input))),
  },
];

const NOISE_BY_CALL: ReadonlyMap<Call, Noise> = new Map(NOISES.map((noise) => [noise.call, noise]));

function callOf(layer: layers.Layer): Call {
  return layer.call as Call;
}

/** The layer's call with seeded noise. */
function noisyCall(layer: NoiseLayer, { call, draws, noisy }: Noise, uniform: Uniform): Call {
  return (inputs, kwargs) =>
    tidy(() => {
      const input = call.call(layer, inputs, { ...kwargs, training: false });
      return kwargs.training && draws(layer) ? noisy(layer, input as Tensor, uniform) : input;
    });
}

/** 1 / (1 − rate) where a value is kept, and 0 where it is dropped, by the arithmetic of `tf.dropout`. */
function dropoutMask(shape: number[], rate: number, uniform: Uniform): Tensor {
  const keep = 1 - rate;
  return div(floor(add(uniform(shape), keep)), keep);
}

/** Standard normal numbers: G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", 1958. */
function normal(shape: number[], uniform: Uniform): Tensor {
  // 1 − u, since the logarithm of 0 would be infinite.
  const radius = sqrt(mul(log(sub(1, uniform(shape))), -2));
  return mul(radius, cos(mul(uniform(shape), 2 * Math.PI)));
}

/**
 * Alpha dropout as in TensorFlow.js, which differs from its paper (G. Klambauer et al., "Self-normalizing neural networks",
 * 2017): a dropped value becomes +αλ instead of −αλ, so the mean is not preserved. The model will be trained with this
 * sign, so the search uses it too.
 */
function alphaDropped(input: Tensor, rate: number, drawn: Tensor): Tensor {
  // −αλ, by the constants of the SELU activation.
  const limit = -1.6732632423543772 * 1.0507009873554805;
  const kept = floor(add(drawn, 1 - rate));
  const a = ((1 - rate) * (1 + rate * limit ** 2)) ** -0.5;
  const dropped = add(mul(input, kept), mul(sub(kept, 1), limit));
  return add(mul(dropped, a), -a * limit * rate);
}
