import { InputError } from '@lrfind/core';
import {
  avgPool,
  avgPool3d,
  cast,
  concat,
  div,
  expandDims,
  maxPool,
  maxPool3d,
  mean,
  mul,
  slice,
  squeeze,
  sum,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf } from './composed-layer.js';
import { convolvedLength, perAxis } from './convolution.js';
import type { Config, KerasLayer, KerasLayers } from './keras-layer.js';
import { sharedMax } from './maximum.js';
import { counts, flag, word } from './parameter-kinds.js';
import { alongAxis } from './resampling.js';

type Kind = 'Max' | 'Average';

const data_format = word('channels_last', 'channels_first');
const isLast = ({ data_format: format }: Config) => format !== 'channels_first';
const spaceOf = (rank: number) => Array.from({ length: rank - 2 }, (_, i) => i + 1);

function windows({ pool_size, strides, padding }: Config, rank: number) {
  const sizes = perAxis(pool_size, rank, 2);
  return {
    sizes,
    strides: strides == null ? sizes : perAxis(strides, rank),
    dilations: sizes.map(() => 1),
    padding: (padding ?? 'valid') as 'valid' | 'same',
  };
}

/** Pooling with TensorFlow.js's kernels, for channels last. */
function pool(kind: Kind, className: string): ComposedLayer {
  return {
    className,
    channels: true,
    mask: 'drop',
    outputShape: (config, [shape = []]) => {
      const { sizes, ...steps } = windows(config, shape.length - 2);
      const lengths = sizes.map((size, i) => convolvedLength(shape[i + 1] as number | null, size, steps, i));
      return [shape[0] as number | null, ...lengths, shape.at(-1) as number | null];
    },
    call: ({ inputs, config }) => {
      const x = inputs[0] as Tensor;
      const { sizes, strides, padding } = windows(config, x.rank - 2);
      if (x.rank === 5)
        return (kind === 'Max' ? maxPool3d : avgPool3d)(x as Tensor5D, sizes as never, strides as never, padding);
      const flat = kind === 'Max' ? maxPool : avgPool;
      if (x.rank === 4) return flat(x as Tensor4D, sizes as never, strides as never, padding);
      const image = expandDims(x, 1) as Tensor4D;
      return squeeze(flat(image, [1, sizes[0] as number], [1, strides[0] as number], padding), [1]);
    },
  };
}

function globalPool(kind: Kind, className: string): ComposedLayer {
  return {
    className,
    channels: true,
    mask: 'drop',
    outputShape: ({ keepdims }, [shape = []]) => {
      const [batch, channels] = [shape[0] as number | null, shape.at(-1) as number | null];
      return keepdims ? [batch, ...spaceOf(shape.length).map(() => 1), channels] : [batch, channels];
    },
    call: ({ inputs, masks: [mask], config }) => {
      const x = inputs[0] as Tensor;
      const keep = config.keepdims === true;
      if (kind === 'Max') return sharedMax(x, spaceOf(x.rank), keep);
      if (!mask || x.rank > 3) return mean(x, spaceOf(x.rank), keep);
      if (mask.rank !== 2)
        throw new InputError(
          `GlobalAveragePooling1D must get a mask of shape [batch, steps]; got one of [${mask.shape}]`,
        );
      // Without any step that counts it is NaN, as in Keras.
      const counts = expandDims(cast(mask, 'float32'), 2);
      return div(sum(mul(x, counts), 1, keep), sum(counts, 1, keep));
    },
  };
}

/** Where each window of adaptive pooling begins and ends. */
function spans(from: number, to: number): [begin: number, end: number][] {
  return Array.from({ length: to }, (_, i) => [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)]);
}

/** Pooling to a given size: the windows may overlap, and differ by one in length. */
function adaptivePool(kind: Kind, className: string): ComposedLayer {
  const sizes = ({ output_size }: Config, rank: number) => perAxis(output_size, rank);
  return {
    className,
    channels: true,
    mask: 'drop',
    outputShape: (config, [shape = []]) => [
      shape[0] as number | null,
      ...sizes(config, shape.length - 2),
      shape.at(-1) as number | null,
    ],
    call: ({ inputs, config }) => {
      const x = inputs[0] as Tensor;
      return sizes(config, x.rank - 2).reduce((made, to, i) => {
        const axis = i + 1;
        const from = made.shape[axis] as number;
        if (kind === 'Average') {
          const share = ([begin, end]: [number, number]) =>
            Array.from({ length: from }, (_, j) => (begin <= j && j < end ? 1 / (end - begin) : 0));
          return alongAxis(made, axis, spans(from, to).map(share));
        }
        const parts = spans(from, to).map(([begin, end]) => {
          const at = made.shape.map((_, j) => (j === axis ? begin : 0));
          const size = made.shape.map((length, j) => (j === axis ? end - begin : length));
          return sharedMax(slice(made, at, size), [axis], true);
        });
        return concat(parts, axis);
      }, x);
    },
  };
}

function row(
  name: string,
  composed: ComposedLayer,
  parameters: Pick<KerasLayer, 'required' | 'optional'>,
  isStock: (config: Config) => boolean,
): KerasLayer {
  return {
    required: parameters.required ?? {},
    optional: { data_format, ...parameters.optional },
    classes: [classOf(composed)],
    toLayer: (config) => {
      const { keepdims, ...stock } = config;
      return isStock(config) ? { class_name: name, config: stock } : { class_name: composed.className, config };
    },
  };
}

const rows = [1, 2, 3].flatMap((rank) =>
  (['Max', 'Average'] as const).flatMap((kind): [string, KerasLayer][] => {
    const [name, whole, adaptive] = ['', 'Global', 'Adaptive'].map((each) => `${each}${kind}Pooling${rank}D`) as [
      string,
      string,
      string,
    ];
    const pooling = { optional: { pool_size: counts, strides: counts, padding: word('valid', 'same') } };
    return [
      [name, row(name, pool(kind, `Keras${name}`), pooling, (config) => rank === 2 || isLast(config))],
      [
        whole,
        row(
          whole,
          globalPool(kind, `Keras${whole}`),
          { optional: { keepdims: flag } },
          (config) => kind === 'Average' && rank < 3 && !config.keepdims && isLast(config),
        ),
      ],
      [
        adaptive,
        row(adaptive, adaptivePool(kind, `Keras${adaptive}`), { required: { output_size: counts } }, () => false),
      ],
    ];
  }),
);

/** Pooling over one, two and three axes. */
export const poolingLayers: KerasLayers = Object.fromEntries(rows);
