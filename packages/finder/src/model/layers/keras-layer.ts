import type { layers } from '@tensorflow/tfjs-layers';
import type { TSchema } from 'typebox';
import type { LayerClass, Shape } from './composed-layer.js';
import type { PartConfig } from './keras-parts.js';

/** A configuration in Keras's spelling. */
export type Config = Readonly<Record<string, unknown>>;

/** The version of Keras that wrote a file; it decides some numbers, such as those of `hard_sigmoid`. */
export type KerasVersion = 2 | 3;

/** A weight of a layer as TensorFlow.js keeps it. */
export type Weight = layers.Layer['weights'][number];

/** A weight, and where Keras keeps it below its layer in a `.weights.h5`: `vars/0`, `cell/vars/1`. */
export interface KerasWeight {
  readonly path: string;
  readonly weight: Weight;
}

/** A class of Keras's layers: everything that is known about it. */
export interface KerasLayer {
  /** Parameters that must be given, with their range. */
  readonly required?: Readonly<Record<string, TSchema>>;
  /** Other parameters that are read, with their range. Null counts as left out; a parameter that is in neither list is refused. */
  readonly optional?: Readonly<Record<string, TSchema>>;
  /**
   * The layer with Keras's numbers: a class of TensorFlow.js, or one that `registerKerasClasses` registers. Default: TensorFlow.js's
   * class of the same name with the same configuration.
   *
   * @param shape of the input that the layer was built with, where the file says it: `build_config` of Keras 3
   * @param config checked; its initialisers, activations … and the layers within are TensorFlow.js's already
   */
  readonly toLayer?: (config: Config, keras: KerasVersion, shape: Shape | undefined) => PartConfig;
  /** Why a configuration cannot be had, and what to do: "it has …; …". Undefined where it can. */
  readonly refused?: (config: Config, keras: KerasVersion) => string | undefined;
  /** The classes that `toLayer` names, besides those of TensorFlow.js. */
  readonly classes?: readonly LayerClass[];
  /**
   * The weights in Keras's order with their paths. Default: those of the layer, in their order, as `vars/0`, `vars/1` ….
   *
   * @param weightsOf the weights of a layer within
   */
  readonly weights?: (layer: layers.Layer, weightsOf: (inner: layers.Layer) => KerasWeight[]) => KerasWeight[];
  /** Whether every parameter is taken, because none has a meaning here. Default: false. */
  readonly anyOptions?: boolean;
  /** The tensors that a call takes, by the names of Keras's arguments, in order. Default: one, or as `severalInputs` says. */
  readonly inputs?: readonly string[];
  /** Whether a call takes any number of tensors: those of a list, or a state behind the first. Default: false. */
  readonly severalInputs?: boolean;
  /** Arguments of a call that belong into the configuration of the layer here, such as `use_causal_mask`. Default: none. */
  readonly callOptions?: readonly string[];
  /** The module of Keras that has it. Default: `keras.layers`. */
  readonly module?: string;
  /** What the layer does that its user must know. Default: nothing. */
  readonly note?: (config: Config) => string | undefined;
}

/** Rows of the table by Keras's class name. */
export type KerasLayers = Readonly<Record<string, KerasLayer>>;

/** Puts the weights of a layer within below its attribute. */
export function below(attribute: string, weights: readonly KerasWeight[]): KerasWeight[] {
  return weights.map(({ path, weight }) => ({ path: `${attribute}/${path}`, weight }));
}

/** The weights of a layer in their order, as Keras keeps those that the layer itself has. */
export function ownWeights({ weights }: layers.Layer): KerasWeight[] {
  return weights.map((weight, i) => ({ path: `vars/${i}`, weight }));
}
