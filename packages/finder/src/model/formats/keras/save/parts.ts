import { InputError, isObject } from '@lrfind/core';
import type { KerasVersion } from '../../../layers/keras-layer.js';
import { TRUNCATED_DEVIATION } from '../../../layers/keras-parts.js';

type Config = Readonly<Record<string, unknown>>;

/** A part of a layer as a file of Keras has it: a function's name, or a class with its configuration. */
export type WrittenPart = string | { readonly class_name: string; readonly config: Config } | null;

/** The kinds of parts that are classes, with Keras's module of each. */
const modules = {
  initializer: 'keras.initializers',
  regularizer: 'keras.regularizers',
  constraint: 'keras.constraints',
};

/** Classes that Keras has under the same name, with the same parameters. */
const same: readonly string[] = [
  ...['Zeros', 'Ones', 'Constant', 'RandomNormal', 'RandomUniform', 'TruncatedNormal', 'Identity', 'Orthogonal'],
  ...['L1L2', 'OrthogonalRegularizer', 'MaxNorm', 'NonNeg', 'UnitNorm', 'MinMaxNorm'],
];

/** Activations that Keras has under the same name with the same numbers, in every version. */
const sameActivations: readonly string[] = [
  ...[
    'linear',
    'relu',
    'elu',
    'selu',
    'sigmoid',
    'softplus',
    'softsign',
    'tanh',
    'softmax',
    'exponential',
    'gelu',
    'mish',
  ],
];
/** Those that Keras 3 alone has. */
const activationsOf3: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...[
        'relu6',
        'log_softmax',
        'celu',
        'hard_shrink',
        'hard_silu',
        'hard_tanh',
        'leaky_relu',
        'log_sigmoid',
        'soft_shrink',
      ],
      ...['sparse_plus', 'sparse_sigmoid', 'sparsemax', 'squareplus', 'tanh_shrink'],
    ].map((name) => [name, name]),
  ),
  keras3_hard_sigmoid: 'hard_sigmoid',
};

/**
 * A part of a layer as Keras writes it.
 *
 * @param kind what it is, as the name of its parameter ends
 * @param part as TensorFlow.js describes it, in Keras's spelling
 * @param place what messages call it
 * @throws InputError for a part that this version of Keras does not have, or has with other numbers
 */
export function writtenPart(
  kind: 'initializer' | 'regularizer' | 'constraint' | 'activation',
  part: unknown,
  place: string,
  keras: KerasVersion,
): WrittenPart {
  if (part === null || part === undefined) return null;
  if (kind === 'activation') return writtenActivation(part, place, keras);
  if (!isObject(part) || typeof part.class_name !== 'string' || !isObject(part.config))
    throw cannot(place, part, keras);
  const { class_name, config } = translated(part.class_name, part.config);
  if (class_name !== 'VarianceScaling' && !same.includes(class_name)) throw cannot(place, class_name, keras);
  if (keras === 2) return { class_name, config };
  return { module: modules[kind], class_name, config, registered_name: null } as WrittenPart;
}

function writtenActivation(part: unknown, place: string, keras: KerasVersion): string {
  if (part === 'swish') return keras === 2 ? 'swish' : 'silu';
  if (part === 'hard_sigmoid' && keras === 2) return part;
  if (part === 'hard_sigmoid')
    throw new InputError(
      `${place} hard_sigmoid cannot be saved for Keras 3, whose function of this name has other numbers: use sigmoid, or save as .h5 for Keras 2`,
    );
  if (typeof part === 'string' && sameActivations.includes(part)) return part;
  const own = typeof part === 'string' && Object.hasOwn(activationsOf3, part) ? activationsOf3[part] : undefined;
  if (own === undefined || keras === 2) throw cannot(place, part, keras);
  return own;
}

/** The initialisers whose numbers Keras calls otherwise. */
function translated(class_name: string, config: Config): { readonly class_name: string; readonly config: Config } {
  if (class_name === 'UntruncatedVarianceScaling')
    return { class_name: 'VarianceScaling', config: { ...config, distribution: 'untruncated_normal', seed: null } };
  if (class_name !== 'VarianceScaling' || config.distribution !== 'normal') return { class_name, config };
  // TensorFlow.js does not correct for what is cut off.
  const scale = (config.scale as number) * TRUNCATED_DEVIATION ** 2;
  return { class_name, config: { ...config, scale, distribution: 'truncated_normal' } };
}

function cannot(place: string, got: unknown, keras: KerasVersion): InputError {
  const name = typeof got === 'string' ? got : JSON.stringify(got);
  return new InputError(`${place} ${name} cannot be saved for Keras ${keras}, which does not have it`);
}
