import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { layersWithin } from '../model/layers-within.js';
import { graphOf } from './masks.js';

/**
 * Sentences about layers that a model calls with a `training` of their own, as in `base.apply(x, { training: false })`. Keras 3 and
 * TensorFlow.js train and evaluate every layer of a graph as they do the model, and so does lrfind; Keras 2 follows it, and for its files
 * so does lrfind (`hasOwnPhases`).
 *
 * @returns one for each such layer; empty for most models
 */
export function phaseNotes(model: LayersModel): string[] {
  const called = [...layersWithin(model)].flatMap((part) =>
    Object.values(graphOf(part)?.nodesByDepth ?? {})
      .flat()
      .filter(({ callArgs }) => typeof callArgs?.training === 'boolean' && callArgs.keras !== 2),
  );
  return [...new Map(called.map((node) => [node.outboundLayer, node] as const)).values()].map((node) =>
    noteOn(node.outboundLayer, node.callArgs?.training as boolean),
  );
}

function noteOn(layer: layers.Layer, training: boolean): string {
  const title = `layer "${layer.name}" (${layer.getClassName()})`;
  const advice = training ? '' : '; set its trainable to false to keep the statistics of batch normalisation';
  return `${title} is called with training: ${training}, which has no effect, as in Keras 3 and TensorFlow.js${advice}`;
}
