import { InputError } from '@lrfind/core';
import { isModelClass, type LayerConfig } from './topology.js';

/** The shape of a batch, as Keras writes it. */
type Shape = unknown;

/**
 * Gives each Sequential model its input shape: Keras writes one that was built later beside the layers
 * (`build_input_shape`), and none for a model within a model, which takes it from the layer before.
 *
 * @param model as `translateModel` returns it; its configurations are changed in place
 * @param outputShapeOf the shape that a Sequential model of these layers gives; called where a model within the model has
 *   no shape
 * @throws InputError for a model whose shape is written nowhere
 */
export async function giveInputShapes(
  model: LayerConfig,
  outputShapeOf: (layers: readonly LayerConfig[]) => Promise<Shape>,
): Promise<void> {
  const config = model.config as { name?: string; layers: LayerConfig[]; build_input_shape?: Shape };
  if (model.class_name !== 'Sequential') {
    for (const inner of config.layers) if (isModelClass(inner.class_name)) await giveInputShapes(inner, outputShapeOf);
    return;
  }
  const [first] = config.layers as [LayerConfig];
  if (!inputShapeOf(first)) {
    if (!config.build_input_shape)
      throw new InputError(
        `model "${config.name}" must have an input shape: an InputLayer, batch_input_shape in its first layer, or build_input_shape; got none`,
      );
    setInputShape(first, config.build_input_shape);
  }
  for (const [i, inner] of config.layers.entries()) {
    if (!isModelClass(inner.class_name)) continue;
    if (i > 0 && !inputShapeOf(inner)) setInputShape(inner, await outputShapeOf(config.layers.slice(0, i)));
    await giveInputShapes(inner, outputShapeOf);
  }
}

/** The input shape that a layer or model carries itself, or true for a functional model, whose inputs have shapes. */
function inputShapeOf({ class_name, config }: LayerConfig): Shape {
  if (class_name !== 'Sequential') {
    if (isModelClass(class_name)) return true;
    return config.batch_input_shape ?? config.input_shape ?? config.input_dim;
  }
  const [first] = config.layers as [LayerConfig];
  return inputShapeOf(first) ?? config.build_input_shape;
}

function setInputShape({ class_name, config }: LayerConfig, shape: Shape): void {
  const key = class_name === 'Sequential' ? 'build_input_shape' : 'batch_input_shape';
  (config as Record<string, unknown>)[key] = shape;
}
