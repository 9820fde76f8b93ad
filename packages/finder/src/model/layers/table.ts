import { activationLayers } from './activation-layers.js';
import type { LayerClass } from './composed-layer.js';
import { coreLayers } from './core-layers.js';
import type { KerasLayers } from './keras-layer.js';
import { mergeLayers } from './merge-layers.js';
import { preprocessingLayers } from './preprocessing-layers.js';
import { recurrentLayers } from './recurrent-layers.js';

/** Every class of Keras's layers that is read. A new layer is a row of its family's file. */
export const kerasLayers: KerasLayers = {
  ...coreLayers,
  ...activationLayers,
  ...recurrentLayers,
  ...mergeLayers,
  ...preprocessingLayers,
};

/** The classes of layers that TensorFlow.js lacks, or has with other numbers. */
export const layerClasses: readonly LayerClass[] = Object.values(kerasLayers).flatMap(({ classes = [] }) => classes);
