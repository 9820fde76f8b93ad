import { InputError } from '@lrfind/core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What TensorFlow.js keeps of the calls of a layer. The first of a model is its own, on its own inputs. */
interface CalledLayer {
  readonly layers?: readonly layers.Layer[];
  readonly inboundNodes: readonly { readonly callArgs?: { readonly training?: unknown } | undefined }[];
}

/**
 * The layers that are called with `training: false`, as `base.apply(x, { training: false })` does: in training too they run as
 * they do in use, with the statistics of batch normalisation as they are and without dropout. TensorFlow.js keeps the option and
 * reads over it.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @throws InputError for a layer that is called with `training: true`, and for one that is called with the option and without
 */
export function inferenceLayers(parts: ReadonlySet<layers.Layer>): Set<layers.Layer> {
  const found = new Set<layers.Layer>();
  for (const layer of parts) {
    const { layers: within, inboundNodes } = layer as unknown as CalledLayer;
    const calls = within ? inboundNodes.slice(1) : inboundNodes;
    const options = new Set(calls.map(({ callArgs }) => callArgs?.training ?? undefined));
    if (options.has(true))
      throw new InputError(
        `layer "${layer.name}" must be called without training: true, which TensorFlow.js does not have`,
      );
    if (options.size > 1 && options.has(false))
      throw new InputError(`layer "${layer.name}" must be called with training: false each time, or never`);
    if (options.has(false)) found.add(layer);
  }
  return found;
}
