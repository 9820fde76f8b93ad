import { type LayersModel, layers as l, regularizers as r, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  apply,
  type Build,
  chain,
  dense,
  each,
  frozen,
  functional,
  gru,
  type Layer,
  lstm,
  masked,
  normalised,
  SEQ,
  words,
} from './parts.js';

const merged =
  (merge: () => Layer): Build =>
  (x, z) =>
    apply(
      dense(1),
      apply(merge(), [
        apply(l.masking(), x as SymbolicTensor),
        apply(l.masking({ maskValue: -9 }), z as SymbolicTensor),
      ]),
    );
const mergedBy = (merge: () => Layer) => functional(merged(merge), SEQ, SEQ);
const maskAndNone = (merge: () => Layer) =>
  functional(
    (x, z) => apply(dense(1), apply(merge(), [apply(l.masking(), x as SymbolicTensor), z as SymbolicTensor])),
    SEQ,
    SEQ,
  );
const rows = (...after: Layer[]) => chain([2], l.masking(), ...after);

/** The models of the group "masks" of fixtures/layers/golden.py by the names of their cases, besides the next file's. */
export const MASKED_MODELS: Readonly<Record<string, () => LayersModel>> = {
  masking: () => masked(lstm(3, true), each(dense(2))),
  'masking, adam': () => masked(lstm(3, true), each(dense(2))),
  'masking of another value': () => chain(SEQ, l.masking({ maskValue: -9 }), dense(2)),
  'masking to one vector': () => masked(lstm(3), dense(1)),
  'masking, regularised': () => masked(l.dense({ units: 2, kernelRegularizer: r.l2({ l2: 0.1 }) })),
  ...Object.fromEntries(
    [
      'mean_absolute_error',
      'mean_absolute_percentage_error',
      'mean_squared_logarithmic_error',
      'log_cosh',
      'huber',
      'poisson',
    ].map((loss) => [`masking, ${loss}`, () => masked(dense(2, 'softplus'))]),
  ),
  ...Object.fromEntries(
    ['hinge', 'squared_hinge', 'categorical_hinge', 'cosine_similarity'].map((loss) => [
      `masking, ${loss}`,
      () => masked(dense(2)),
    ]),
  ),
  words: () => words(gru(3, true), dense(3, 'softmax')),
  'words, one hot': () => words(dense(3, 'softmax')),
  'words, binary': () => words(dense(1, 'sigmoid')),
  'words, kl divergence': () => words(dense(3, 'softmax')),
  'words, averaged': () => words(l.globalAveragePooling1d(), dense(1)),
  'words, bidirectional': () => words(l.bidirectional({ layer: lstm(2, true), mergeMode: 'concat' }), dense(1)),
  'words, two recurrent layers': () =>
    words(
      l.simpleRNN({ units: 3, returnSequences: true }),
      l.dropout({ rate: 0 }),
      l.simpleRNN({ units: 2 }),
      dense(1),
    ),
  'words, flattened': () => words(l.flatten(), dense(1)),
  'no step left': () => masked(dense(2)),
  'masked batch normalization': () => masked(normalised(), dense(2)),
  'masked activations': () =>
    masked(dense(3), l.leakyReLU({ alpha: 0.3 }), dense(3), l.elu(), l.layerNormalization(), dense(2)),
  'mask in a nested model': () => chain(SEQ, masked(lstm(3, true)), dense(2)),
  'mask into a nested model': () => masked(chain(SEQ, lstm(3, true)), dense(2)),
  'masked encoder and decoder': () =>
    functional((x) => {
      const coded = apply(lstm(3), apply(l.masking(), x as SymbolicTensor));
      return apply(each(dense(2)), apply(lstm(3, true), apply(l.repeatVector({ n: 5 }), coded)));
    }, SEQ),
  'two outputs': () =>
    functional((x) => {
      const steps = apply(gru(3, true), apply(l.masking(), x as SymbolicTensor));
      return [apply(dense(2), steps), apply(dense(1), apply(gru(2), steps))];
    }, SEQ),
  'masked branch and plain one': () =>
    functional(
      (x, z) =>
        apply(
          dense(1),
          apply(l.concatenate(), [
            apply(lstm(2), apply(l.masking(), x as SymbolicTensor)),
            apply(lstm(2), z as SymbolicTensor),
          ]),
        ),
      SEQ,
      SEQ,
    ),
  'masks added': () =>
    functional(
      merged(() => l.add()),
      SEQ,
      SEQ,
    ),
  'masks concatenated': () =>
    functional(
      merged(() => l.concatenate()),
      SEQ,
      SEQ,
    ),
  'mask and none added': () => maskAndNone(() => l.add()),
  'masked activations and noise': () =>
    masked(
      l.dense({ units: 3, activation: 'tanh' }),
      l.activation({ activation: 'relu' }),
      l.dropout({ rate: 0 }),
      l.spatialDropout1d({ rate: 0 }),
      l.gaussianNoise({ stddev: 0 }),
      l.gaussianDropout({ rate: 0 }),
      l.alphaDropout({ rate: 0 }),
      dense(2),
    ),
  'masked prelu and relu': () => masked(dense(3), l.prelu(), l.reLU(), dense(2)),
  'masked reshape': () => masked(l.reshape({ targetShape: [10, 1] }), dense(1)),
  'masked permute': () => masked(l.permute({ dims: [2, 1] }), dense(5)),
  'masked conv1d': () => masked(l.conv1d({ filters: 3, kernelSize: 2, padding: 'same' }), dense(2)),
  'masked max pooling': () => masked(l.globalMaxPooling1d(), dense(1)),
  'masked pooling': () => masked(l.maxPooling1d({ poolSize: 1 }), dense(2)),
  ...Object.fromEntries(
    [
      ['multiplied', () => l.multiply()] as const,
      ['averaged', () => l.average()] as const,
      ['of maxima', () => l.maximum()] as const,
      ['of minima', () => l.minimum()] as const,
    ].flatMap(([name, merge]) => [
      [`masks ${name}`, () => mergedBy(merge)],
      [`mask and none ${name}`, () => maskAndNone(merge)],
    ]),
  ),
  'two masks and none of maxima': () =>
    functional(
      (x, z, w) =>
        apply(
          dense(1),
          apply(l.maximum(), [
            apply(l.masking(), x as SymbolicTensor),
            apply(l.masking({ maskValue: -9 }), z as SymbolicTensor),
            w as SymbolicTensor,
          ]),
        ),
      SEQ,
      SEQ,
      SEQ,
    ),
  'masks concatenated in time': () => mergedBy(() => l.concatenate({ axis: 1 })),
  'mask and none concatenated': () => maskAndNone(() => l.concatenate()),
  'masked dot': () => mergedBy(() => l.dot({ axes: 2 })),
  'two masks in a row': () => masked(l.masking({ maskValue: 0.5 }), dense(2)),
  'masked embedding shared': () =>
    functional(
      (x, z) => {
        const both = l.embedding({ inputDim: 7, outputDim: 3, maskZero: true });
        return apply(
          dense(1),
          apply(l.concatenate(), [
            apply(lstm(2), apply(both, x as SymbolicTensor)),
            apply(gru(2), apply(both, z as SymbolicTensor)),
          ]),
        );
      },
      [5],
      [5],
    ),
  'masked batch normalization in time': () => masked(each(normalised()), dense(2)),
  'masked batch normalization of steps': () => masked(l.batchNormalization({ axis: 1, momentum: 0.9 }), dense(2)),
  'masked batch normalization alone': () =>
    masked(l.batchNormalization({ scale: false, center: false, momentum: 0.9 }), dense(2)),
  'masked frozen batch normalization': () => masked(frozen(l.batchNormalization()), dense(2)),
  'masked rows': () => rows(dense(3), normalised(), dense(1, 'sigmoid')),
  'masked rows, class weights': () => rows(dense(1, 'sigmoid')),
  'masked rows, row weights': () => rows(dense(1, 'sigmoid')),
  'masked, row weights': () => masked(lstm(3, true), dense(2)),
  'masked to one vector, class weights': () => masked(lstm(3), dense(1, 'sigmoid')),
  'words, row weights': () => words(dense(3, 'softmax')),
};
