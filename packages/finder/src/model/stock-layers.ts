import { serialization } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';

/** Everything that TensorFlow.js can build before the caller's own classes are registered. */
const stock = new Set(Object.keys(serialization.SerializationMap.getMap().classNameMap));

/**
 * Whether a topology has only what TensorFlow.js builds itself.
 *
 * @param topology of a model, as JSON
 */
export function stockLayers(topology: object): boolean {
  return Object.entries(topology).every(([key, value]) => {
    if (key === 'class_name' || key === 'className') return typeof value !== 'string' || stock.has(value);
    return typeof value !== 'object' || value === null || stockLayers(value as object);
  });
}
