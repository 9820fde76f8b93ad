import { getBackend } from '@tensorflow/tfjs-core';

/** The members of a TensorFlow.js layer that {@link unsupportedLayers} reads. A model is a layer too. */
export interface TrainableLayer {
  readonly name: string;
  readonly trainableWeights: readonly unknown[];
  readonly inboundNodes: readonly { readonly inputShapes: unknown; readonly outputShapes: unknown }[];
  getClassName(): string;
  getConfig(): object;
}

type Shape = readonly (number | null)[];
type Config = Readonly<Record<string, unknown>>;

/** A limitation of some layer classes. */
interface Limitation {
  readonly classNames: readonly string[];
  /** The backend that has the limitation; every backend when left out. */
  readonly backend?: string;
  /** `training`: it fails only where a gradient must reach trainable weights, its own or those of a layer before it. */
  readonly when: 'always' | 'training';
  /** Whether lrfind's own training steps do not have it. Default: they do. */
  readonly corrected?: boolean;
  /** Whether a layer has the limitation, by its configuration and the shape of its input (empty or null: not known). */
  readonly applies: (config: Config, shape: Shape) => boolean;
  /** What is wrong, and what to do instead. */
  readonly sentence: string;
}

const USE_WASM = 'use the wasm backend';

/**
 * The most axes that a backend computes with. XNNPACK, with which TensorFlow.js's wasm backend computes, leaves results of more axes
 * as they were; the shaders of webgpu have no coordinates for more.
 */
const MOST_AXES: Readonly<Record<string, number>> = { wasm: 6, webgpu: 6 };

/** Limitations of TensorFlow.js's layers on every backend, then those of single backends. */
const LIMITATIONS: readonly Limitation[] = [
  {
    classNames: ['Conv1D', 'Conv2D'],
    when: 'always',
    applies: ({ padding }) => padding === 'causal',
    sentence:
      "TensorFlow.js has no padding 'causal'; use padding 'valid' and begin each sequence with dilationRate · (kernelSize − 1) zeros",
  },
  {
    classNames: ['Conv2D'],
    when: 'training',
    // For every activation but these two the layer calls the fused convolution, which has no gradient for dilations.
    applies: ({ dilationRate, activation }) => !allOne(dilationRate) && activation !== 'relu' && activation !== 'elu',
    sentence:
      "TensorFlow.js trains a dilationRate above 1 only with the layer's own activation 'relu' or 'elu'; set one of these, or use separableConv2d",
  },
  {
    classNames: ['Conv1D', 'Conv2D', 'Conv3D', 'SeparableConv2D', 'DepthwiseConv2D'],
    when: 'always',
    applies: ({ dilationRate, strides }) => !allOne(dilationRate) && !allOne(strides),
    sentence: 'a convolution cannot have both strides and a dilationRate above 1; set one of them to 1',
  },
  {
    classNames: ['Conv2DTranspose', 'Conv3DTranspose'],
    when: 'always',
    applies: ({ dilationRate }) => !allOne(dilationRate),
    sentence: 'TensorFlow.js leaves out the dilationRate of a transposed convolution; set it to 1',
  },
  {
    classNames: ['SeparableConv2D'],
    when: 'always',
    applies: ({ dataFormat, useBias }) => dataFormat === 'channelsFirst' && useBias !== false,
    sentence:
      "TensorFlow.js adds its bias along the wrong axis with dataFormat 'channelsFirst'; set useBias false, or use 'channelsLast'",
  },
  {
    classNames: ['Softmax'],
    when: 'always',
    applies: ({ axis }, shape) => {
      const axes = [axis].flat() as number[];
      return axes.length === 1 && !isLast(axes[0] as number, shape);
    },
    sentence:
      'TensorFlow.js has softmax along the last axis only, and 1 is its default; set axis −1, with a permute layer on both sides where another axis is meant',
  },
  {
    classNames: ['BatchNormalization'],
    when: 'always',
    corrected: true,
    applies: ({ scale, center }) => scale === false || center === false,
    sentence: "TensorFlow.js cannot train it with scale or center false; leave both true, or use lrfind's train",
  },
  {
    classNames: ['LayerNormalization'],
    when: 'training',
    applies: ({ scale, center }) => scale === false || center === false,
    sentence: 'TensorFlow.js cannot train it with scale or center false; leave both true',
  },
  {
    classNames: ['BatchNormalization', 'LayerNormalization'],
    when: 'always',
    applies: (_config, shape) => shape.length > 4,
    sentence: 'TensorFlow.js normalises at most 4 axes, the batch among them; put a reshape layer on both sides',
  },
  {
    classNames: ['Resizing', 'RandomWidth'],
    when: 'always',
    applies: () => true,
    sentence: "TensorFlow.js's layer does not work within a model; resize the images before training",
  },
  {
    classNames: ['CenterCrop'],
    when: 'training',
    applies: () => true,
    sentence: 'TensorFlow.js has no gradient for it; put it before the first layer that is trained, or use cropping2D',
  },
  {
    classNames: ['CategoryEncoding'],
    backend: 'webgpu',
    when: 'always',
    applies: () => true,
    sentence: `TensorFlow.js's layer reads its input at once, which the webgpu backend cannot; encode the column before training, or ${USE_WASM}`,
  },
  {
    classNames: ['BatchNormalization'],
    backend: 'cpu',
    when: 'always',
    applies: ({ axis }, shape) => !isLast(axis as number, shape),
    sentence: `the cpu backend normalises along the last axis, whatever the axis; ${USE_WASM}`,
  },
  {
    classNames: ['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
    backend: 'cpu',
    when: 'training',
    applies: ({ padding }) => padding === 'same',
    sentence: `the cpu backend's gradient is wrong for padding 'same'; ${USE_WASM}`,
  },
  {
    classNames: ['UpSampling2D'],
    backend: 'cpu',
    when: 'training',
    applies: ({ interpolation }) => interpolation !== 'bilinear',
    sentence: `the cpu backend's gradient is wrong for more than one image; ${USE_WASM}`,
  },
  {
    classNames: ['UpSampling2D'],
    backend: 'cpu',
    when: 'training',
    applies: ({ interpolation, dataFormat }, shape) => {
      const [height, width] = dataFormat === 'channelsFirst' ? shape.slice(2) : shape.slice(1);
      return interpolation === 'bilinear' && (height !== width || typeof height !== 'number');
    },
    sentence: `the cpu backend's gradient needs square images; ${USE_WASM}`,
  },
];

/**
 * The layers of a model that TensorFlow.js cannot train, or trains wrongly, on the current backend. Nested models and
 * the layers within `timeDistributed` are checked too.
 *
 * @param model a layers model that is built
 * @param trainer `tfjs` for `model.fit`; `lrfind` for its training steps, which train batch normalisation without `scale` or
 *   `center` too. Default: `tfjs`
 * @returns for each such layer a sentence: its name and class, what is wrong, and what to do instead
 */
export function unsupportedLayers(model: TrainableLayer, trainer: 'tfjs' | 'lrfind' = 'tfjs'): string[] {
  const limitations = LIMITATIONS.filter(
    ({ backend, corrected }) =>
      (backend === undefined || backend === getBackend()) && !(corrected && trainer === 'lrfind'),
  );
  const sentences: string[] = [];
  let hasTrainable = false;
  for (const { layer, shapes } of leaves(model, [])) {
    hasTrainable ||= layer.trainableWeights.length > 0;
    const className = layer.getClassName();
    // The configuration of a transposed convolution lacks it.
    const { dilationRate } = layer as unknown as Config;
    const config = { dilationRate, ...layer.getConfig() } as Config;
    const axes = axesOf(layer);
    const most = MOST_AXES[getBackend()];
    if (most !== undefined && axes > most)
      sentences.push(
        `layer "${layer.name}" (${className}): the ${getBackend()} backend computes with at most ${most} axes, the batch among them; got ${axes}; put a reshape layer before it, or use the cpu backend`,
      );
    for (const { classNames, when, applies, sentence } of limitations) {
      if (!classNames.includes(className) || (when === 'training' && !hasTrainable)) continue;
      if (shapes.some((shape) => applies(config, shape))) {
        sentences.push(`layer "${layer.name}" (${className}): ${sentence}`);
      }
    }
  }
  return [...new Set(sentences)];
}

/** A layer that contains no other, and the shapes of its inputs, one for each use of the layer. */
interface Leaf {
  readonly layer: TrainableLayer;
  readonly shapes: readonly Shape[];
}

/**
 * The layers of a model in the order in which they are computed.
 *
 * @param wrapperShapes the shapes for a layer without nodes of its own, as the one within `timeDistributed` is
 */
function* leaves(layer: TrainableLayer, wrapperShapes: readonly Shape[]): Generator<Leaf> {
  const nodeShapes = layer.inboundNodes.map(({ inputShapes }) => firstShape(inputShapes));
  const shapes = nodeShapes.length > 0 ? nodeShapes : wrapperShapes;
  const { layers, layer: wrapped } = layer as unknown as Record<string, unknown>;
  if (Array.isArray(layers)) {
    for (const inner of layers as TrainableLayer[]) yield* leaves(inner, []);
  } else if (layer.getClassName() === 'TimeDistributed') {
    // The wrapped layer gets single steps of the sequence: the shape without the time axis.
    const steps = shapes.map(([batch, , ...rest]) => [batch ?? null, ...rest]);
    yield* leaves(wrapped as TrainableLayer, steps);
  } else {
    yield { layer, shapes: shapes.length > 0 ? shapes : [[]] };
  }
}

/** The most axes of an input or output of a layer. */
function axesOf({ inboundNodes }: TrainableLayer): number {
  const shapes = inboundNodes.flatMap(({ inputShapes, outputShapes }) => [
    firstShape(inputShapes),
    firstShape(outputShapes),
  ]);
  return Math.max(0, ...shapes.map(({ length }) => length));
}

/** The shape of the first input; TensorFlow.js keeps one shape, or a list of them. */
function firstShape(shapes: unknown): Shape {
  const list = shapes as Shape | Shape[];
  return Array.isArray(list[0]) ? list[0] : (list as Shape);
}

function isLast(axis: number, shape: Shape): boolean {
  return axis === -1 || shape.length === 0 || axis === shape.length - 1;
}

function allOne(rate: unknown): boolean {
  return [rate ?? 1].flat().every((n) => n === 1);
}
