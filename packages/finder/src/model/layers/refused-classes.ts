/** Other names of Keras's classes, with * for the number of dimensions. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'AvgPool*': 'AveragePooling*',
  'MaxPool*': 'MaxPooling*',
  'GlobalAvgPool*': 'GlobalAveragePooling*',
  'GlobalMaxPool*': 'GlobalMaxPooling*',
  'Convolution*': 'Conv*',
  'Convolution*Transpose': 'Conv*Transpose',
};

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
  ...each(
    ['AutoContrast', 'ContrastLimitedAdaptiveHistogramEqualization', 'Equalization', 'Solarization'],
    'it changes the values of images, in training and after; do so in the data, or use Rescaling or Normalization',
  ),
  MaxNumBoundingBoxes: 'it works on boxes beside images; prepare them in the data',
  ReversibleEmbedding: 'it is an embedding and the way back; use Embedding, and Dense at the end',
  ...each(
    ['Layer', 'Wrapper', 'InputSpec'],
    'it computes nothing by itself; use a layer that is made of it, such as Dense',
  ),
  SeparableConvolution1D: otherName('SeparableConv1D'),
  SeparableConvolution2D: otherName('SeparableConv2D'),
  ...Object.fromEntries(
    ['1D', '2D', '3D'].flatMap((rank) =>
      Object.entries(SHORT_NAMES).map(([short, long]) => [
        short.replace('*', rank),
        otherName(long.replace('*', rank)),
      ]),
    ),
  ),
};

function otherName(name: string): string {
  return `it is another name of ${name}; Keras itself writes that: save the model again`;
}

function each(classes: readonly string[], reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(classes.map((name) => [name, reason]));
}
