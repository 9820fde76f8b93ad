import { activationLayers } from './activation-layers.js';
import { applicationLayers } from './application-layers.js';
import { attentionLayers } from './attention-layers.js';
import type { LayerClass } from './composed-layer.js';
import { convLstmLayers } from './conv-lstm-layers.js';
import { convolutionLayers } from './convolution-layers.js';
import { coreLayers } from './core-layers.js';
import { einsumLayers } from './einsum-dense.js';
import { imageLayers } from './image-layers.js';
import type { KerasLayers } from './keras-layer.js';
import { mergeLayers } from './merge-layers.js';
import { normalizationLayers } from './normalization-layers.js';
import { poolingLayers } from './pooling-layers.js';
import { preprocessingLayers } from './preprocessing-layers.js';
import { recurrentLayers } from './recurrent-layers.js';

/** Every class of Keras's layers that is read. A new layer is a row of its family's file. */
export const kerasLayers: KerasLayers = {
  ...coreLayers,
  ...activationLayers,
  ...convolutionLayers,
  ...poolingLayers,
  ...imageLayers,
  ...normalizationLayers,
  ...attentionLayers,
  ...einsumLayers,
  ...recurrentLayers,
  ...convLstmLayers,
  ...mergeLayers,
  ...preprocessingLayers,
  ...applicationLayers,
};

/** The classes of layers that TensorFlow.js lacks, or has with other numbers. */
export const layerClasses: readonly LayerClass[] = [
  ...new Set(Object.values(kerasLayers).flatMap(({ classes = [] }) => classes)),
];
