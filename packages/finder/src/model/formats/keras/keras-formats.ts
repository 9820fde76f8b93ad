import { decodeText } from '@lrfind/data';
import type { ModelFormat } from '../format.js';
import { isTorchZip } from '../refused-formats.js';
import { weightPaths } from '../tfjs/weight-paths.js';
import { isHdf5 } from './is-hdf5.js';

const reader = () => import('./readers.js');

/** What `model.save("model.keras")` writes: a zip file with configuration and weights. */
export const kerasFormat: ModelFormat = {
  name: 'Keras model',
  extensions: ['.keras'],
  matches: (bytes) => String.fromCharCode(...bytes.subarray(0, 4)) === 'PK\x03\x04' && !isTorchZip(bytes),
  read: async (...given) => (await reader()).readKeras(...given),
};

/** What `model.save("model.h5")` writes: configuration and weights in one HDF5 file. */
export const kerasHdf5Format: ModelFormat = {
  name: 'Keras model in HDF5',
  extensions: ['.h5', '.hdf5'],
  matches: isHdf5,
  read: async (...given) => (await reader()).readKerasHdf5(...given),
};

/** What TensorFlow.js's converter makes of a model of Keras 3: a model.json that `tf.loadLayersModel` itself cannot read. */
export const convertedKerasFormat: ModelFormat = {
  name: 'Keras 3 model, converted for TensorFlow.js',
  extensions: [],
  matches(bytes) {
    const head = String.fromCharCode(...bytes.subarray(0, 64));
    if (!/^(\u00ef\u00bb\u00bf)?\s*\{/.test(head)) return false;
    const text = decodeText(bytes);
    return text.includes('"modelTopology"') && /"(batch_shape|DTypePolicy)"/.test(text);
  },
  read: async (...given) => (await reader()).readConverted(...given),
  parts: weightPaths,
};

/** What `model.to_json()` gives. Its weights, if there are any, are in a second file. */
export const kerasJsonFormat: ModelFormat = {
  name: 'Keras model in JSON',
  extensions: [],
  matches: (bytes) => {
    const head = String.fromCharCode(...bytes.subarray(0, 100)).replace(/^\xEF\xBB\xBF/, '');
    const end = String.fromCharCode(...bytes.subarray(-200));
    // Keras 3 begins with the module, Keras 2 ends with its version; a plain topology is TensorFlow.js's.
    const of2 = /^\s*\{\s*"(backend|class_name)"\s*:/.test(head) && /"keras_version"\s*:\s*"\d/.test(end);
    return of2 || /^\s*\{\s*"(module|build_config)"\s*:/.test(head);
  },
  read: async (...given) => (await reader()).readKerasJson(...given),
};
