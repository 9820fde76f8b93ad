/** Why layers of some of Keras's classes cannot be read, and what to do, by class. */
export const refusedClasses: Readonly<Record<string, string>> = {
  Lambda: 'it holds Python code; write a layer class with the same call, or put the computation into the data',
  TFOpLambda:
    'it holds an operation of TensorFlow; write it as a layer, such as Add, Multiply or Rescaling, and save the model again',
  SlicingOpLambda: 'it holds an operation of TensorFlow; use Cropping layers, and save the model again',
  StringLookup: 'TensorFlow.js has no text in a model; map the words to numbers in the data',
  TextVectorization: 'TensorFlow.js has no text in a model; map the words to numbers in the data',
  Hashing: 'its hash is not computed here; hash in the data, or use IntegerLookup',
  HashedCrossing: 'its hash is not computed here; hash in the data, or use IntegerLookup',
  SpectralNormalization:
    'it changes its kernel at every step; save the model with the layer that it wraps, whose kernel it has normalised',
  RandomCrop: 'Keras 3 leaves images whole at inference, in a shape that says otherwise; use CenterCrop or Resizing',
  MelSpectrogram: 'it is computed on sound, once; compute it in the data',
  STFTSpectrogram: 'it is computed on sound, once; compute it in the data',
  TorchModuleWrapper: 'it holds a module of PyTorch; build it of Keras layers',
  JaxLayer: 'it holds a function of JAX; build it of Keras layers',
  FlaxLayer: 'it holds a module of Flax; build it of Keras layers',
  TFSMLayer: 'it holds a SavedModel; build it of Keras layers',
  FeatureSpace: 'it prepares tables; lrfind prepares them itself: give it the table',
  Pipeline: 'it prepares data; prepare it before',
};
