import { clone, pad, reshape, slice, type Tensor, tile } from '@tensorflow/tfjs-core';
import { type ComposedLayer, classOf, type Shape } from './composed-layer.js';
import { perAxis } from './convolution.js';
import type { Config, KerasLayer, KerasLayers } from './keras-layer.js';
import { count, counts, flag, margins, number, word } from './parameter-kinds.js';
import { alongAxis, interpolations, resizeMatrix } from './resampling.js';

const data_format = word('channels_last', 'channels_first');

/** Margins before and after each axis of space, from a number, a number for each axis, or a pair for each. */
function pairsOf(option: unknown, rank: number): [before: number, after: number][] {
  const given = option ?? 1;
  // With one axis a list is its pair.
  if (rank === 1) return [perAxis([given].flat(2), 2) as [number, number]];
  const list = Array.isArray(given) ? given : Array(rank).fill(given);
  return list.map((each) => perAxis(each, 2) as [number, number]);
}

/** The shape with another length along each axis of space. */
function withSpace(shape: Shape, lengthOf: (length: number, axis: number) => number): Shape {
  return shape.map((length, i) =>
    i === 0 || i === shape.length - 1 || length === null ? length : lengthOf(length, i - 1),
  );
}

const padLayer = (className: string): ComposedLayer => ({
  className,
  channels: true,
  mask: 'drop',
  outputShape: ({ padding }, [shape = []]) => {
    const pairs = pairsOf(padding, shape.length - 2);
    return withSpace(shape, (length, i) => length + (pairs[i]?.[0] ?? 0) + (pairs[i]?.[1] ?? 0));
  },
  call: ({ inputs: [x], config }) =>
    pad(x as Tensor, [[0, 0], ...pairsOf(config.padding, (x as Tensor).rank - 2), [0, 0]]),
});

const cropLayer = (className: string): ComposedLayer => ({
  className,
  channels: true,
  mask: 'drop',
  outputShape: ({ cropping }, [shape = []]) => {
    const pairs = pairsOf(cropping, shape.length - 2);
    return withSpace(shape, (length, i) => length - (pairs[i]?.[0] ?? 0) - (pairs[i]?.[1] ?? 0));
  },
  call: ({ inputs: [x], config }) => {
    const { shape, rank } = x as Tensor;
    const pairs = [[0, 0], ...pairsOf(config.cropping, rank - 2), [0, 0]] as [number, number][];
    return slice(
      x as Tensor,
      pairs.map(([before]) => before),
      shape.map((length, i) => length - (pairs[i] as [number, number])[0] - (pairs[i] as [number, number])[1]),
    );
  },
});

/** Each place of an axis some times, one after the other. */
function repeated(x: Tensor, times: number, axis: number): Tensor {
  if (times === 1) return x;
  const before = x.shape.slice(0, axis + 1).reduce((size, length) => size * length, 1);
  const rows = tile(reshape(x, [before, 1, x.size / before]), [1, times, 1]);
  return reshape(
    rows,
    x.shape.map((length, i) => (i === axis ? length * times : length)),
  );
}

const upLayer = (className: string): ComposedLayer => ({
  className,
  channels: true,
  mask: 'drop',
  outputShape: ({ size }, [shape = []]) => {
    const times = perAxis(size, shape.length - 2, 2);
    return withSpace(shape, (length, i) => length * (times[i] as number));
  },
  call: ({ inputs, config: { size, interpolation = 'nearest' } }) => {
    const x = inputs[0] as Tensor;
    return perAxis(size, x.rank - 2, 2).reduce((made, times, i) => {
      if (interpolation === 'nearest') return repeated(made, times, i + 1);
      const from = made.shape[i + 1] as number;
      return alongAxis(made, i + 1, resizeMatrix(from, from * times, interpolation as string));
    }, x);
  },
});

function resized(x: Tensor, sizes: readonly number[], interpolation: string): Tensor {
  return sizes.reduce((made, to, i) => {
    const from = made.shape[i + 1] as number;
    return from === to ? made : alongAxis(made, i + 1, resizeMatrix(from, to, interpolation));
  }, x);
}

/** The middle of images, in the proportions of a size. */
function middle(x: Tensor, [height, width]: readonly [number, number]): Tensor {
  const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
  const kept = [
    Math.max(1, Math.min(rows, Math.floor((columns * height) / width))),
    Math.max(1, Math.min(columns, Math.floor((rows * width) / height))),
  ] as const;
  const from = [Math.floor((rows - kept[0]) / 2), Math.floor((columns - kept[1]) / 2)] as const;
  return slice(x, [0, ...from, 0], [batch, ...kept, channels]);
}

/** Images in the middle of a frame of the proportions of a size. */
function framed(x: Tensor, [height, width]: readonly [number, number], value: number): Tensor {
  const [, rows, columns] = x.shape as [number, number, number];
  const tall = Math.max(rows, Math.floor((columns * height) / width));
  const wide = Math.max(columns, Math.floor((rows * width) / height));
  const [top, left] = [Math.floor((tall - rows) / 2), Math.floor((wide - columns) / 2)];
  return pad(
    x,
    [
      [0, 0],
      [top, tall - rows - top],
      [left, wide - columns - left],
      [0, 0],
    ],
    value,
  );
}

const sizeOf = ({ height, width }: Config) => [height as number, width as number] as const;
const toSize: ComposedLayer['outputShape'] = (config, [shape = []]) => [
  shape[0] as number | null,
  ...sizeOf(config),
  shape.at(-1) as number | null,
];

const resizingLayer: ComposedLayer = {
  className: 'KerasResizing',
  channels: true,
  mask: 'drop',
  outputShape: toSize,
  call: ({ inputs, config }) => {
    const { interpolation = 'bilinear', crop_to_aspect_ratio, pad_to_aspect_ratio, fill_value = 0 } = config;
    const [x, size] = [inputs[0] as Tensor, sizeOf(config)];
    const shaped = crop_to_aspect_ratio
      ? middle(x, size)
      : pad_to_aspect_ratio
        ? framed(x, size, fill_value as number)
        : x;
    return resized(shaped, size, interpolation as string);
  },
};

const centerCropLayer: ComposedLayer = {
  className: 'KerasCenterCrop',
  channels: true,
  mask: 'drop',
  outputShape: toSize,
  call: ({ inputs, config }) => {
    const [x, size] = [inputs[0] as Tensor, sizeOf(config)];
    const [batch, rows, columns, channels] = x.shape as [number, number, number, number];
    const over = [rows - size[0], columns - size[1]] as const;
    // What is too small is enlarged in its proportions.
    if (over[0] < 0 || over[1] < 0) return resized(middle(x, size), size, 'bilinear');
    return slice(x, [0, Math.floor(over[0] / 2), Math.floor(over[1] / 2), 0], [batch, ...size, channels]);
  },
};

const AUGMENTATIONS = [
  ...['AugMix', 'CutMix', 'MixUp', 'RandAugment', 'RandomBrightness'],
  ...['RandomColorDegeneration', 'RandomColorJitter', 'RandomContrast', 'RandomElasticTransform', 'RandomErasing'],
  ...['RandomFlip', 'RandomGaussianBlur', 'RandomGrayscale', 'RandomHue', 'RandomInvert', 'RandomPerspective'],
  ...['RandomPosterization', 'RandomRotation', 'RandomSaturation', 'RandomSharpness', 'RandomShear'],
  ...['RandomTranslation', 'RandomZoom'],
];

const row = (
  composed: ComposedLayer,
  parameters: Pick<KerasLayer, 'required' | 'optional'>,
  stock?: [name: string, when: (config: Config) => boolean],
): KerasLayer => ({
  required: parameters.required ?? {},
  optional: { data_format, ...parameters.optional },
  classes: [classOf(composed)],
  toLayer: (config) => ({ class_name: stock?.[1](config) ? stock[0] : composed.className, config }),
});

/**
 * Augmentation, which does nothing at inference, nor here: lrfind trains on the rows as they are. Its parameters are for training
 * alone, so all of them are taken.
 */
function augmentation(name: string): KerasLayer {
  const className = `Keras${name}`;
  return {
    anyOptions: true,
    classes: [classOf({ className, mask: 'drop', call: ({ inputs }) => clone(inputs[0] as Tensor) })],
    toLayer: (config) => ({ class_name: className, config }),
    note: () => 'does not augment here: rows are trained on as they are',
  };
}

/** Layers that pad, crop and resize sequences, images and volumes, and those that augment them. */
export const imageLayers: KerasLayers = {
  ...Object.fromEntries(
    [1, 2, 3].flatMap((rank): [string, KerasLayer][] => {
      const [padding, cropping, up] = ['ZeroPadding', 'Cropping', 'UpSampling'].map((each) => `${each}${rank}D`) as [
        string,
        string,
        string,
      ];
      const isImage = () => rank === 2;
      return [
        [padding, row(padLayer(`Keras${padding}`), { optional: { padding: margins } }, [padding, isImage])],
        [cropping, row(cropLayer(`Keras${cropping}`), { optional: { cropping: margins } }, [cropping, isImage])],
        [
          up,
          row(
            upLayer(`Keras${up}`),
            { optional: { size: counts, ...(rank === 2 ? { interpolation: word(...interpolations) } : {}) } },
            [up, ({ interpolation = 'nearest' }) => rank === 2 && interpolation === 'nearest'],
          ),
        ],
      ];
    }),
  ),
  Resizing: row(resizingLayer, {
    required: { height: count, width: count },
    optional: {
      interpolation: word(...interpolations),
      crop_to_aspect_ratio: flag,
      pad_to_aspect_ratio: flag,
      fill_mode: word('constant'),
      fill_value: number,
    },
  }),
  CenterCrop: row(centerCropLayer, { required: { height: count, width: count } }),
  ...Object.fromEntries(AUGMENTATIONS.map((name) => [name, augmentation(name)])),
};
