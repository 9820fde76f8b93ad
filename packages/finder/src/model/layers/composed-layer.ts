import { isObject } from '@lrfind/core';
import {
  dropout,
  mul,
  onesLike,
  type Scalar,
  scalar,
  serialization,
  type Tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { camelCase, snakeCase, snakeKeys } from './spelling.js';

type Config = Readonly<Record<string, unknown>>;

/** The shape of a batch; an open length is null. */
export type Shape = (number | null)[];

type Part = { apply(...given: unknown[]): Tensor };

/** A weight that a layer has. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: number[];
  /** The initialiser where the configuration has none under `<key>_initializer`. Default: `GlorotUniform`. */
  readonly initial?: string;
  /** Draws it where the initialiser is that of `initial`, or none: some weights have one of their own. Default: none. */
  readonly draw?: () => Tensor;
  /** What begins the names of its initialiser, regulariser and constraint in the configuration. Default: the weight's name. */
  readonly key?: string;
  /** Default: true. */
  readonly trainable?: boolean;
}

/** What a layer computes with. */
export interface LayerCall {
  readonly inputs: readonly Tensor[];
  /** A mask for each input, true where a step counts; null where all do. */
  readonly masks: readonly (Tensor | null)[];
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The configuration in Keras's spelling. */
  readonly config: Config;
  readonly training: boolean;
  /** Whether its weights stay as they are. */
  readonly frozen: boolean;
  /** Writes a weight that is not trained. */
  readonly write: (name: string, value: Tensor) => void;
  /** The value with a share of it dropped in training. */
  readonly dropped: (value: Tensor, rate: number) => Tensor;
}

/** A layer made of ordinary operations, all of which have gradients. */
export interface ComposedLayer {
  /** The name under which TensorFlow.js registers it. */
  readonly className: string;
  /** Default: none. */
  readonly weights?: (config: Config, inputs: readonly Shape[]) => readonly WeightSpec[];
  /** Default: that of the first input. */
  readonly outputShape?: (config: Config, inputs: readonly Shape[]) => Shape | Shape[];
  readonly call: (call: LayerCall) => Tensor | Tensor[];
  /**
   * The mask of the output: that of the first input (`pass`), none (`drop`), or a function of all of them, of which at least one is
   * there. Default: `pass`.
   */
  readonly mask?: 'pass' | 'drop' | ((call: Pick<LayerCall, 'inputs' | 'masks' | 'config'>) => Tensor | null);
  /** What it adds to the loss in training, for its output. Default: nothing. */
  readonly penalty?: (output: Tensor, config: Config) => Scalar;
  /** Whether the composition is for channels last and `data_format` may move them to the front. Default: false. */
  readonly channels?: boolean;
}

/** Draws what is dropped: `(ones, rate) => mask`. The training step sets it, so that noise comes from its seed. */
export type DropoutFunction = (ones: Tensor, rate: number) => Tensor;

/** A layer of a composition. */
export class Composed extends layers.Layer {
  /** How Keras spells it: everything but what every layer has. */
  readonly config: Config;
  dropoutFunc: DropoutFunction | null = null;
  readonly #composition: ComposedLayer;
  readonly #given: serialization.ConfigDict;
  readonly #weights = new Map<string, layers.Layer['weights'][number]>();

  constructor(composition: ComposedLayer, given: serialization.ConfigDict) {
    super(given as never);
    this.#composition = composition;
    this.supportsMasking = composition.mask !== 'drop';
    const { name, trainable, dtype, batchInputShape, inputShape, batchSize, inputDType, weights, ...own } = given;
    this.#given = own;
    this.config = snakeKeys(own);
  }

  override getClassName(): string {
    return this.#composition.className;
  }

  override build(inputShape: Shape | Shape[]): void {
    const specs = this.#composition.weights?.(this.config, this.#channelsLast(shapesOf(inputShape))) ?? [];
    for (const { name, shape, initial = 'GlorotUniform', draw, key = name, trainable = true } of specs) {
      const described = this.config[`${key}_initializer`] as { className?: string } | undefined;
      const isInitial = (described?.className ?? initial) === initial;
      const initializer = draw && isInitial ? { apply: draw } : partOf(described ?? { className: initial, config: {} });
      const regularizer = partOf(this.config[`${key}_regularizer`]);
      const constraint = partOf(this.config[`${key}_constraint`]);
      const weight = this.addWeight(
        name,
        shape,
        'float32',
        initializer as never,
        regularizer as never,
        trainable,
        constraint as never,
      );
      this.#weights.set(name, weight);
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = this.#channelsLast(shapesOf(inputShape));
    const output = this.#composition.outputShape?.(this.config, shapes) ?? (shapes[0] as Shape);
    return this.#isFirst && !Array.isArray(output[0]) ? moved(output as Shape, false) : output;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean; mask?: unknown; masks?: unknown }) {
    return tidy(() => {
      const first = this.#isFirst;
      const given = [inputs].flat().map((input) => (first ? transpose(input, order(input.rank, true)) : input));
      const masks = [kwargs.masks ?? kwargs.mask ?? null].flat() as (Tensor | null)[];
      const training = kwargs.training ?? false;
      const outputs = this.#composition.call({
        inputs: given,
        masks: given.map((_, i) => masks[i] ?? null),
        weights: Object.fromEntries([...this.#weights].map(([name, weight]) => [name, weight.read()])),
        config: this.config,
        training,
        frozen: this.trainable === false,
        write: (name, value) => {
          (this.#weights.get(name) as unknown as { write(value: Tensor): void }).write(value);
        },
        dropped: (value, rate) => {
          if (!training || !(rate > 0)) return value;
          return this.dropoutFunc ? mul(value, this.dropoutFunc(onesLike(value), rate)) : dropout(value, rate);
        },
      });
      return first ? transpose(outputs as Tensor, order((outputs as Tensor).rank, false)) : outputs;
    });
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const rule = this.#composition.mask ?? 'pass';
    const given = [inputs].flat();
    const masks = [mask ?? null].flat() as (Tensor | null)[];
    const first = () => {
      if (rule === 'drop' || !masks.some((each) => each)) return null;
      if (rule === 'pass') return masks[0] ?? null;
      return rule({ inputs: given, masks: given.map((_, i) => masks[i] ?? null), config: this.config });
    };
    const outputs = this.computeOutputShape(given.map(({ shape }) => shape)) as Shape[];
    // TensorFlow.js wants a mask for each output.
    if (!Array.isArray(outputs[0]) || outputs.length === 1) return first() as never;
    return outputs.map((_, i) => (i === 0 ? first() : null)) as never;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#given };
  }

  /** Whether it adds something to the loss for its outputs. */
  get penalises(): boolean {
    return this.#composition.penalty !== undefined;
  }

  /** What it adds to the loss for an output. */
  penalty(output: Tensor): Scalar {
    return tidy(() => this.#composition.penalty?.(output, this.config) ?? scalar(0));
  }

  get #isFirst(): boolean {
    return (this.#composition.channels ?? false) && this.config.data_format === 'channels_first';
  }

  #channelsLast(shapes: Shape[]): Shape[] {
    return this.#isFirst ? shapes.map((shape) => moved(shape, true)) : shapes;
  }
}

/** A class of layers that TensorFlow.js can make from a description. */
export interface LayerClass {
  new (given: serialization.ConfigDict): layers.Layer;
  readonly className: string;
}

/** The class of a composition. */
export function classOf(composition: ComposedLayer): LayerClass {
  return class extends Composed {
    static readonly className = composition.className;
    constructor(given: serialization.ConfigDict) {
      super(composition, given);
    }
  };
}

/** What a name or `{ className, config }` describes: an initialiser, regulariser, constraint or activation; undefined for nothing. */
export function partOf(described: unknown): Part | undefined {
  if (described === null || described === undefined) return undefined;
  if (!isObject(described) && typeof described !== 'string') return undefined;
  const { className, config } =
    typeof described === 'string'
      ? { className: camelCase(snakeCase(described)), config: {} }
      : (described as { className: string; config?: serialization.ConfigDict });
  const { classNameMap } = serialization.SerializationMap.getMap();
  const entry = Object.hasOwn(classNameMap, className) ? classNameMap[className] : undefined;
  if (!entry) throw new Error(`${className} is not registered`);
  const [type, fromConfig] = entry as unknown as [unknown, (type: unknown, config: unknown) => Part];
  // Some classes write into their configuration.
  return fromConfig(type, { ...config });
}

/** The values of an activation that the configuration names; as they are without one. */
export function activated(value: Tensor, name: unknown): Tensor {
  return partOf(name)?.apply(value) ?? value;
}

function shapesOf(shape: Shape | Shape[]): Shape[] {
  return (Array.isArray(shape[0]) ? shape : [shape]) as Shape[];
}

/** A shape with the channels moved from the front to the end, or back. */
function moved(shape: Shape, toLast: boolean): Shape {
  return order(shape.length, toLast).map((axis) => shape[axis] as number | null);
}

function order(rank: number, toLast: boolean): number[] {
  const between = Array.from({ length: rank - 2 }, (_, i) => i + (toLast ? 2 : 1));
  return toLast ? [0, ...between, 1] : [0, rank - 1, ...between];
}
