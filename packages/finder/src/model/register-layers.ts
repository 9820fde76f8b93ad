import { serialization } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';

/** Lets TensorFlow.js build layers of the caller's own again, which it does to draw weights, to copy a model and to read what was saved. */
export function registerLayers(model: LayersModel): void {
  const { classNameMap } = serialization.SerializationMap.getMap();
  for (const layer of layersWithin(model)) {
    const kind = layer.constructor as unknown as { readonly className?: unknown };
    if (Object.hasOwn(kind, 'className') && typeof kind.className === 'string' && !(kind.className in classNameMap))
      serialization.registerClass(kind as never);
  }
}
