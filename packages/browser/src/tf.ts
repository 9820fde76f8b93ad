// TensorFlow.js as a page needs it to build a model and its tensors: one object, as in the documentation of TensorFlow.js.
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
