import { getBackend } from '@tensorflow/tfjs-core';

/** What is read of a layer of TensorFlow.js; a model is one too. */
export interface TrainableLayer {
  readonly name: string;
  readonly trainableWeights: readonly unknown[];
  readonly inboundNodes: readonly { readonly inputShapes: unknown }[];
  getClassName(): string;
  getConfig(): object;
}

type Shape = readonly (number | null)[];
type Config = Readonly<Record<string, unknown>>;

/** A reason why layers of some classes cannot be trained. */
interface Row {
  readonly classNames: readonly string[];
  /** The backend that it holds for; all when left out. */
  readonly backend?: string;
  /** Whether the layer never works, or only fails to pass a gradient to trainable weights in or before it. */
  readonly fails: 'always' | 'in training';
  /** Whether it holds for a layer of this configuration and shape of input (`null`, or missing: not known). */
  readonly test: (config: Config, shape: Shape) => boolean;
  /** What is wrong, and what to do instead. */
  readonly sentence: string;
}

const ELSEWHERE = 'use the wasm backend';

/** Why a layer cannot be trained: what TensorFlow.js's layers do not do on any backend, then what the cpu backend does wrong. */
const ROWS: readonly Row[] = [
  {
    classNames: ['Conv1D', 'Conv2D'],
    fails: 'always',
    test: ({ padding }) => padding === 'causal',
    sentence:
      "TensorFlow.js has no padding 'causal'; use padding 'valid' and begin each sequence with dilationRate · (kernelSize − 1) zeros",
  },
  {
    classNames: ['Conv2D'],
    fails: 'in training',
    // The fused convolution, which cannot, is taken for every activation but these two.
    test: ({ dilationRate, activation }) => !allOne(dilationRate) && activation !== 'relu' && activation !== 'elu',
    sentence:
      "TensorFlow.js trains a dilationRate above 1 only with the layer's own activation 'relu' or 'elu'; set one of these, or use separableConv2d",
  },
  {
    classNames: ['Conv1D', 'Conv2D', 'Conv3D', 'SeparableConv2D', 'DepthwiseConv2D'],
    fails: 'always',
    test: ({ dilationRate, strides }) => !allOne(dilationRate) && !allOne(strides),
    sentence: 'a convolution cannot have both strides and a dilationRate above 1; set one of them to 1',
  },
  {
    classNames: ['Conv2DTranspose', 'Conv3DTranspose'],
    fails: 'always',
    test: ({ dilationRate }) => !allOne(dilationRate),
    sentence: 'TensorFlow.js leaves out the dilationRate of a transposed convolution; set it to 1',
  },
  {
    classNames: ['SeparableConv2D'],
    fails: 'always',
    test: ({ dataFormat, useBias }) => dataFormat === 'channelsFirst' && useBias !== false,
    sentence:
      "TensorFlow.js adds its bias along the wrong axis with dataFormat 'channelsFirst'; set useBias false, or use 'channelsLast'",
  },
  {
    classNames: ['Softmax'],
    fails: 'always',
    test: ({ axis }, shape) => {
      const axes = [axis].flat() as number[];
      return axes.length === 1 && !isLast(axes[0] as number, shape);
    },
    sentence:
      'TensorFlow.js has softmax along the last axis only, and 1 is its default; set axis −1, with a permute layer on both sides where another axis is meant',
  },
  {
    classNames: ['BatchNormalization'],
    fails: 'always',
    test: ({ scale, center }) => scale === false || center === false,
    sentence: 'TensorFlow.js cannot train it with scale or center false; leave both true',
  },
  {
    classNames: ['LayerNormalization'],
    fails: 'in training',
    test: ({ scale, center }) => scale === false || center === false,
    sentence: 'TensorFlow.js cannot train it with scale or center false; leave both true',
  },
  {
    classNames: ['BatchNormalization', 'LayerNormalization'],
    fails: 'always',
    test: (_config, shape) => shape.length > 4,
    sentence: 'TensorFlow.js normalises at most 4 axes, the batch among them; put a reshape layer on both sides',
  },
  {
    classNames: ['Resizing', 'RandomWidth'],
    fails: 'always',
    test: () => true,
    sentence: "TensorFlow.js's layer does not work within a model; resize the images before training",
  },
  {
    classNames: ['CenterCrop'],
    fails: 'in training',
    test: () => true,
    sentence: 'TensorFlow.js has no gradient for it; put it before the first layer that is trained, or use cropping2D',
  },
  {
    classNames: ['BatchNormalization'],
    backend: 'cpu',
    fails: 'always',
    test: ({ axis }, shape) => !isLast(axis as number, shape),
    sentence: `the cpu backend normalises along the last axis, whatever the axis; ${ELSEWHERE}`,
  },
  {
    classNames: ['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
    backend: 'cpu',
    fails: 'in training',
    test: ({ padding }) => padding === 'same',
    sentence: `the cpu backend's gradient is wrong for padding 'same'; ${ELSEWHERE}`,
  },
  {
    classNames: ['UpSampling2D'],
    backend: 'cpu',
    fails: 'in training',
    test: ({ interpolation }) => interpolation !== 'bilinear',
    sentence: `the cpu backend's gradient is wrong for more than one image; ${ELSEWHERE}`,
  },
  {
    classNames: ['UpSampling2D'],
    backend: 'cpu',
    fails: 'in training',
    test: ({ interpolation, dataFormat }, shape) => {
      const [height, width] = dataFormat === 'channelsFirst' ? shape.slice(2) : shape.slice(1);
      return interpolation === 'bilinear' && (height !== width || typeof height !== 'number');
    },
    sentence: `the cpu backend's gradient needs square images; ${ELSEWHERE}`,
  },
];

/**
 * The layers of a model that TensorFlow.js cannot train, or not rightly, on the current backend, where that is one of
 * ours. Nested models and the layers within `timeDistributed` are looked at too.
 *
 * @param model a layers model that is built
 * @returns a sentence for each: the layer's name and class, what is wrong, and what to do instead; empty when all is well
 */
export function unsupportedLayers(model: TrainableLayer): string[] {
  const rows = ROWS.filter(({ backend }) => backend === undefined || backend === getBackend());
  const sentences: string[] = [];
  let trained = false;
  for (const { layer, shapes } of leaves(model, [])) {
    trained ||= layer.trainableWeights.length > 0;
    const className = layer.getClassName();
    // A transposed convolution leaves it out of its configuration.
    const { dilationRate } = layer as unknown as Config;
    const config = { dilationRate, ...layer.getConfig() } as Config;
    for (const { classNames, fails, test, sentence } of rows) {
      if (!classNames.includes(className) || (fails === 'in training' && !trained)) continue;
      if (shapes.some((shape) => test(config, shape))) {
        sentences.push(`layer "${layer.name}" (${className}): ${sentence}`);
      }
    }
  }
  return [...new Set(sentences)];
}

/** A layer that is no model and no `timeDistributed`, and the shapes of its inputs, one for each time it is used. */
interface Leaf {
  readonly layer: TrainableLayer;
  readonly shapes: readonly Shape[];
}

/** The layers of a model in the order in which they are computed. */
function* leaves(layer: TrainableLayer, given: readonly Shape[]): Generator<Leaf> {
  const used = layer.inboundNodes.map(({ inputShapes }) => firstShape(inputShapes));
  const shapes = used.length > 0 ? used : given;
  const { layers, layer: wrapped } = layer as unknown as Record<string, unknown>;
  if (Array.isArray(layers)) {
    for (const inner of layers as TrainableLayer[]) yield* leaves(inner, []);
  } else if (layer.getClassName() === 'TimeDistributed') {
    // Each step of the sequence: the shape without the axis of time.
    const steps = shapes.map(([batch, , ...rest]) => [batch ?? null, ...rest]);
    yield* leaves(wrapped as TrainableLayer, steps);
  } else {
    yield { layer, shapes: shapes.length > 0 ? shapes : [[]] };
  }
}

/** The shape of the first input; TensorFlow.js keeps one shape or a list of them. */
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
