import { type LayersModel, layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  apply,
  batchNormalised,
  chain,
  dense,
  each,
  frozen,
  functional,
  image,
  type Layer,
  normalised,
} from './parts.js';

type Options = Parameters<typeof l.batchNormalization>[0];
const normal = (options: Options = {}) => l.batchNormalization({ momentum: 0.9, ...options });
const inTime = (layer: Layer) => chain([5, 3], each(layer), dense(1));
const bare = { scale: false, center: false } as const;
const calledWith = (layer: Layer, training: boolean) =>
  functional((x) => apply(dense(1), layer.apply(x as SymbolicTensor, { training }) as SymbolicTensor), [3]);
const usedTwice = (layer: Layer) =>
  functional((x) => apply(dense(1), apply(layer, apply(dense(3), apply(layer, x as SymbolicTensor)))), [3]);

/** The models of the group "frozen" of fixtures/layers/golden.py by the names of their cases. */
export const FROZEN_MODELS: Readonly<Record<string, () => LayersModel>> = {
  'frozen batch normalization': () => chain([3], dense(3), frozen(normalised()), dense(1)),
  'frozen base': () => chain([3], frozen(batchNormalised()), dense(1)),
  'base in a frozen base': () => chain([3], frozen(chain([3], batchNormalised(), dense(2))), dense(1)),
  'batch normalization beside a frozen one': () => chain([3], frozen(normalised()), dense(3), normalised(), dense(1)),
  'frozen convolutional base': () =>
    chain(
      [4, 4, 2],
      frozen(chain([4, 4, 2], l.conv2d({ filters: 2, kernelSize: 2 }), l.batchNormalization(), l.reLU())),
      l.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      dense(1),
    ),

  'batch normalization in time': () => inTime(normal()),
  'frozen batch normalization in time': () => inTime(frozen(normal())),
  'frozen time distributed': () => chain([5, 3], frozen(each(normal())), dense(1)),
  'model in time': () => inTime(batchNormalised()),
  'frozen model in time': () => inTime(frozen(batchNormalised())),
  'functional model in a frozen one': () =>
    chain(
      [3],
      frozen(
        functional((x) => apply(l.add(), [x as SymbolicTensor, apply(batchNormalised(), x as SymbolicTensor)]), [3]),
      ),
      dense(1),
    ),
  ...Object.fromEntries(
    [0, 1].map((momentum) => [
      `batch normalization, momentum ${momentum}`,
      () => chain([3], normal({ momentum }), dense(1)),
    ]),
  ),
  ...Object.fromEntries(
    [
      { scale: false, center: true },
      { scale: true, center: false },
      { scale: false, center: false },
    ].flatMap((options) => {
      const name = `batch normalization, scale ${options.scale}, center ${options.center}`;
      return [
        [name, () => chain([3], normal(options), dense(1))],
        [`frozen ${name}`, () => chain([3], frozen(normal(options)), dense(1))],
      ];
    }),
  ),
  'batch normalization of rows of an image, alone': () => image(normal({ axis: 1, ...bare }), [4, 4, 2]),
  'frozen batch normalization of rows of an image': () => image(frozen(normal({ axis: 1 })), [4, 4, 2]),
  'frozen batch normalization, epsilon': () => chain([3], frozen(normal({ epsilon: 0.3 })), dense(1)),
  ...Object.fromEntries(
    [false, true].flatMap((training) => [
      [`called with training ${training}`, () => calledWith(normal(), training)],
      [`model called with training ${training}`, () => calledWith(batchNormalised(), training)],
    ]),
  ),
  'frozen model called with training true': () => calledWith(frozen(batchNormalised()), true),
  'frozen halfway': () => chain([3], normal(), dense(1)),
  'base frozen halfway': () => chain([3], batchNormalised(), dense(1)),
  'used twice, frozen': () => usedTwice(frozen(normal())),
  'used twice': () => usedTwice(normal()),
};
