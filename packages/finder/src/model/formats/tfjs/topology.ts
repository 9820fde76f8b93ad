import { isObject } from '@lrfind/core';

/** A layer as a model.json describes it, in Keras's spelling. */
export interface LayerConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Options of Keras's layers that TensorFlow.js ignores, with the value that changes nothing. */
const IGNORED_OPTIONS: Readonly<Record<string, unknown>> = {
  activity_regularizer: null,
  groups: 1,
  keepdims: false,
  lora_rank: null,
  negative_slope: 0,
  output_padding: null,
  renorm: false,
  rms_scaling: false,
  threshold: 0,
  time_major: false,
  virtual_batch_size: null,
  zero_output_for_mask: false,
};

/** The classes of models. */
const MODEL_CLASSES = ['Sequential', 'Functional', 'Model'];

/** Whether a class of layers is a model of layers. */
export function isModelClass(name: string): boolean {
  return MODEL_CLASSES.includes(name);
}

/** The same, for options that TensorFlow.js has in other classes. */
const IGNORED_OPTIONS_OF: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  LayerNormalization: { beta_constraint: null, gamma_constraint: null },
};

/** What extensions of Keras call the factor of a layer's own learning rate, such as `kernel_lr_multiplier`. */
const RATE_MULTIPLIER = /(^|_)(lr|learning_rate)_mult(iplier)?$/;

/**
 * The layers of a topology, those within others before them: in models within the model, in wrappers, and cells.
 *
 * @param topology any part of a model.json
 */
export function* layerConfigs(topology: unknown): Generator<LayerConfig> {
  if (!isObject(topology)) return;
  const { layers, layer, backward_layer, cell, cells } = (
    isObject(topology.config) ? topology.config : topology
  ) as Record<string, unknown>;
  for (const inner of [layers, layer, backward_layer, cell, cells].flat()) {
    if (!isObject(inner) || typeof inner.class_name !== 'string' || !isObject(inner.config)) continue;
    yield* layerConfigs(inner);
    yield inner as unknown as LayerConfig;
  }
}

/** What a layer is called in messages: its name, if it has one, and its class. */
export function layerTitle({ class_name, config }: LayerConfig): string {
  return typeof config.name === 'string' ? `layer "${config.name}" (${class_name})` : `a layer (${class_name})`;
}

/**
 * The options that would silently be left out.
 *
 * @returns a sentence for each: the layer, the option, what it is and what it may be
 */
export function ignoredOptions(topology: unknown): string[] {
  return [...layerConfigs(topology)].flatMap((layer) => {
    const multipliers = Object.keys(layer.config).filter((option) => RATE_MULTIPLIER.test(option));
    const ignored = {
      ...IGNORED_OPTIONS,
      ...IGNORED_OPTIONS_OF[layer.class_name],
      ...Object.fromEntries(multipliers.map((option) => [option, 1])),
    };
    return Object.entries(ignored)
      .filter(([option, allowed]) => (layer.config[option] ?? allowed) !== allowed)
      .map(
        ([option, allowed]) =>
          `${layerTitle(layer)} has ${option} ${JSON.stringify(layer.config[option])}, which TensorFlow.js does not have; allowed: ${allowed}`,
      );
  });
}

/**
 * Whether a topology is in the format of Keras 3, whose inputs have a `batch_shape` and whose layers a dtype policy.
 * Keras 2.13 to 2.15 already writes `module` and `registered_name`, and is read all the same.
 */
export function isKeras3(topology: unknown): boolean {
  if (Array.isArray(topology)) return topology.some(isKeras3);
  if (!isObject(topology)) return false;
  if (typeof topology.keras_version === 'string' && topology.keras_version.startsWith('3')) return true;
  if ('batch_shape' in topology || topology.class_name === 'DTypePolicy') return true;
  return Object.values(topology).some(isKeras3);
}
