import type { TSchema } from 'typebox';
import { notNegative, number, positive, share, wholes, word } from './parameter-kinds.js';

/** A part of a layer as a file describes it, in Keras's spelling. */
export interface PartConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** How Keras calls a part of a layer, and how TensorFlow.js does. */
export interface KerasPart {
  /** Its parameters in Keras's spelling. Null counts as left out. */
  readonly parameters: Readonly<Record<string, TSchema>>;
  /** Other names: class names of other versions, and short names. */
  readonly aliases?: readonly string[];
  /**
   * The same part in TensorFlow.js.
   *
   * @param config the parameters; they have been checked
   * @param keras the version of Keras that wrote the file; TensorFlow.js's own files are as those of 2
   */
  readonly translated: (config: Readonly<Record<string, unknown>>, keras: 2 | 3) => PartConfig;
  /** What is wrong with the parameters together, in words. */
  readonly conflict?: (config: Readonly<Record<string, unknown>>) => string | undefined;
}

/** The kinds of parts: each ends the name of the parameters that hold one. */
export type PartKind = 'initializer' | 'regularizer' | 'constraint' | 'activation';

/** The parts of one kind by Keras's class name. */
export type KerasParts = Readonly<Record<string, KerasPart>>;

const part = (
  class_name: string,
  parameters: KerasPart['parameters'],
  defaults: Readonly<Record<string, unknown>> = {},
  others: Partial<KerasPart> = {},
): KerasPart => ({
  parameters,
  translated: (config) => ({ class_name, config: { ...defaults, ...config } }),
  ...others,
});

/** Cuts a standard normal at ±2 and this is the deviation of what is left; Keras divides by it, TensorFlow.js does not. */
export const TRUNCATED_DEVIATION = 0.8796256610342398;

/** Keras's `VarianceScaling`, whose default distribution is `truncated_normal`. */
function varianceScaling(config: Readonly<Record<string, unknown>>): PartConfig {
  const { scale = 1, mode = 'fan_in', distribution = 'truncated_normal' } = config;
  if (distribution === 'untruncated_normal' || distribution === 'untruncatedNormal')
    return { class_name: 'UntruncatedVarianceScaling', config: { scale, mode } };
  const truncated = distribution === 'truncated_normal' || distribution === 'truncatedNormal';
  return {
    class_name: 'VarianceScaling',
    config: truncated
      ? { scale: (scale as number) / TRUNCATED_DEVIATION ** 2, mode, distribution: 'normal' }
      : { scale, mode, distribution },
  };
}

const scaled = (scale: number, mode: string, distribution: string, aliases: readonly string[]): KerasPart => ({
  parameters: {},
  aliases,
  translated: () => varianceScaling({ scale, mode, distribution }),
});

const initializers: KerasParts = {
  Zeros: part('Zeros', {}, {}, { aliases: ['zeros', 'zero'] }),
  Ones: part('Ones', {}, {}, { aliases: ['ones', 'one'] }),
  Constant: part('Constant', { value: number }, { value: 0 }, { aliases: ['constant'] }),
  RandomNormal: part(
    'RandomNormal',
    { mean: number, stddev: notNegative },
    {},
    {
      aliases: ['random_normal', 'normal'],
    },
  ),
  RandomUniform: part(
    'RandomUniform',
    { minval: number, maxval: number },
    {},
    {
      aliases: ['random_uniform', 'uniform'],
      conflict: ({ minval = -0.05, maxval = 0.05 }) =>
        (minval as number) > (maxval as number) ? `minval must be at most maxval, ${maxval}; got ${minval}` : undefined,
    },
  ),
  TruncatedNormal: part(
    'TruncatedNormal',
    { mean: number, stddev: notNegative },
    {},
    {
      aliases: ['truncated_normal'],
    },
  ),
  Identity: part('Identity', { gain: number }, {}, { aliases: ['IdentityInitializer', 'identity'] }),
  Orthogonal: part('Orthogonal', { gain: number }, {}, { aliases: ['OrthogonalInitializer', 'orthogonal'] }),
  VarianceScaling: {
    parameters: {
      scale: positive,
      mode: word('fan_in', 'fan_out', 'fan_avg'),
      distribution: word('truncated_normal', 'untruncated_normal', 'uniform', 'normal'),
    },
    aliases: ['variance_scaling'],
    translated: varianceScaling,
  },
  GlorotNormal: scaled(1, 'fan_avg', 'truncated_normal', ['glorot_normal', 'xavier_normal']),
  GlorotUniform: scaled(1, 'fan_avg', 'uniform', ['glorot_uniform', 'xavier_uniform']),
  HeNormal: scaled(2, 'fan_in', 'truncated_normal', ['he_normal']),
  HeUniform: scaled(2, 'fan_in', 'uniform', ['he_uniform']),
  LecunNormal: scaled(1, 'fan_in', 'truncated_normal', ['LeCunNormal', 'lecun_normal', 'le_cun_normal']),
  LecunUniform: scaled(1, 'fan_in', 'uniform', ['LeCunUniform', 'lecun_uniform', 'le_cun_uniform']),
};

const regularizers: KerasParts = {
  L1: part('L1L2', { l1: notNegative }, { l1: 0.01, l2: 0 }, { aliases: ['l1'] }),
  L2: part('L1L2', { l2: notNegative }, { l1: 0, l2: 0.01 }, { aliases: ['l2'] }),
  L1L2: part('L1L2', { l1: notNegative, l2: notNegative }, { l1: 0, l2: 0 }, { aliases: ['l1l2'] }),
  // By this name Keras means the function, whose defaults differ from those of the class.
  l1_l2: part('L1L2', { l1: notNegative, l2: notNegative }, { l1: 0.01, l2: 0.01 }),
  OrthogonalRegularizer: part(
    'OrthogonalRegularizer',
    { factor: notNegative, mode: word('rows', 'columns') },
    { factor: 0.01, mode: 'rows' },
    { aliases: ['orthogonal_regularizer'] },
  ),
};

const constraints: KerasParts = {
  MaxNorm: part('MaxNorm', { max_value: notNegative, axis: wholes }, {}, { aliases: ['max_norm', 'maxnorm'] }),
  NonNeg: part('NonNeg', {}, {}, { aliases: ['non_neg', 'nonneg'] }),
  UnitNorm: part('UnitNorm', { axis: wholes }, {}, { aliases: ['unit_norm', 'unitnorm'] }),
  MinMaxNorm: part(
    'MinMaxNorm',
    { min_value: notNegative, max_value: notNegative, rate: share, axis: wholes },
    {},
    {
      aliases: ['min_max_norm'],
      conflict: ({ min_value = 0, max_value = 1 }) =>
        (min_value as number) > (max_value as number)
          ? `min_value must be at most max_value, ${max_value}; got ${min_value}`
          : undefined,
    },
  ),
};

const activations: KerasParts = {
  ...Object.fromEntries(
    [
      ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'softplus', 'softsign', 'tanh'],
      ...['softmax', 'log_softmax', 'gelu', 'mish', 'exponential', 'leaky_relu', 'celu', 'hard_shrink'],
      ...['hard_tanh', 'log_sigmoid', 'soft_shrink', 'sparse_plus', 'sparse_sigmoid', 'sparsemax', 'squareplus'],
      'tanh_shrink',
    ].map((name) => [name, part(name, {})]),
  ),
  hard_sigmoid: {
    parameters: {},
    translated: (_, keras) => ({ class_name: keras === 3 ? 'keras3_hard_sigmoid' : 'hard_sigmoid', config: {} }),
  },
  hard_silu: part('hard_silu', {}, {}, { aliases: ['hard_swish'] }),
  // TensorFlow.js's own files have this name, and those that lrfind saves.
  keras3_hard_sigmoid: part('keras3_hard_sigmoid', {}),
  silu: part('swish', {}),
  swish: part('swish', {}),
};

/** Every part that a file may name, by kind. A name that Keras has and TensorFlow.js lacks is an entry here. */
export const kerasParts: Readonly<Record<PartKind, KerasParts>> = {
  initializer: initializers,
  regularizer: regularizers,
  constraint: constraints,
  activation: activations,
};

/** Layers by the names that other versions of Keras give them. */
export const layerAliases: Readonly<Record<string, string>> = {
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  // Keras's .h5 has the name that the class has in its code.
  GroupedQueryAttention: 'GroupQueryAttention',
};
