import { createRequire } from 'node:module';
import { serialization } from '@tensorflow/tfjs-core';

/** Another copy of TensorFlow.js's layers. Its classes do not take the places of the first one's, so that models are read as before. */
export function anotherCopy(): typeof import('@tensorflow/tfjs-layers') {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@tensorflow/tfjs-layers');
  const first = require.cache[path];
  const { classNameMap } = serialization.SerializationMap.getMap();
  const classes = { ...classNameMap };
  delete require.cache[path];
  try {
    return require(path);
  } finally {
    require.cache[path] = first;
    Object.assign(classNameMap, classes);
  }
}
