import { type LayersModel, layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  apply,
  chain,
  dense,
  each,
  functional,
  gates,
  gru,
  type Layer,
  lstm,
  masked,
  normalised,
  SEQ,
  words,
} from './parts.js';

const rnn = (units: number, returnSequences = false) => l.simpleRNN({ units, returnSequences });
const both = (layer: Layer, mergeMode: 'concat' | 'sum' | null = 'concat') =>
  l.bidirectional({ layer: layer as never, mergeMode: mergeMode as 'concat' });
/** Sequences of images of 3 by 3. */
const film = (...after: Layer[]) => chain([5, 18], l.masking(), each(l.reshape({ targetShape: [3, 3, 2] })), ...after);
const convLstm = (returnSequences: boolean) =>
  l.convLstm2d({ filters: 2, kernelSize: 2, returnSequences, ...gates }) as Layer;
/** Texts of sentences of words. */
const text = (...after: Layer[]) =>
  chain([3, 4], l.embedding({ inputDim: 7, outputDim: 3, maskZero: true }), ...after, dense(1));

/** An encoder whose last states are the first of a decoder. */
function withStates(encoder: Layer, decoder: Layer): LayersModel {
  return functional(
    (x, z) => {
      const [, ...initialState] = encoder.apply(apply(l.masking(), x as SymbolicTensor)) as SymbolicTensor[];
      const decoded = decoder.apply(apply(l.masking(), z as SymbolicTensor), { initialState });
      return apply(dense(2), decoded as SymbolicTensor);
    },
    SEQ,
    SEQ,
  );
}

/** Models of the group "masks" of fixtures/layers/golden.py with recurrent layers and `timeDistributed`. */
export const MASKED_SEQUENCE_MODELS: Readonly<Record<string, () => LayersModel>> = {
  'masked bidirectional gru, sum': () => words(both(gru(2, true), 'sum'), dense(1)),
  'masked bidirectional to one vector': () => words(both(lstm(2)), dense(1)),
  'masked bidirectional, not merged': () =>
    functional((x) => {
      const two = both(lstm(2, true), null).apply(apply(l.masking(), x as SymbolicTensor));
      return apply(dense(2), apply(l.add(), two as SymbolicTensor[]));
    }, SEQ),
  'masked cells': () =>
    masked(
      l.rnn({
        cell: [l.lstmCell({ units: 2, ...gates }), l.simpleRNNCell({ units: 3 })],
        returnSequences: true,
      }) as Layer,
      dense(2),
    ),
  'masked backwards': () => masked(l.lstm({ units: 3, returnSequences: true, goBackwards: true, ...gates }), dense(2)),
  'masked in the middle': () => masked(lstm(3, true), gru(2, true), dense(2)),
  'masked unrolled': () => masked(rnn(3, true), dense(2)),
  'masked repeat': () =>
    functional((x) => {
      const last = apply(rnn(2), apply(l.masking(), x as SymbolicTensor));
      return apply(dense(1), apply(l.repeatVector({ n: 3 }), last));
    }, SEQ),
  'masked states, lstm': () => withStates(l.lstm({ units: 3, returnState: true, ...gates }), lstm(3, true)),
  'masked states, simple rnn': () => withStates(l.simpleRNN({ units: 3, returnState: true }), rnn(3, true)),
  'masked states, gru': () => withStates(l.gru({ units: 3, returnState: true, ...gates }), gru(3, true)),
  'masked states, bidirectional': () =>
    withStates(both(l.lstm({ units: 2, returnState: true, returnSequences: true, ...gates })), both(lstm(2, true))),
  'masked siblings': () =>
    functional(
      (x, z) => {
        const encoder = chain([5], l.embedding({ inputDim: 7, outputDim: 3, maskZero: true }), both(lstm(2)));
        return apply(
          dense(1),
          apply(l.multiply(), [apply(encoder, x as SymbolicTensor), apply(encoder, z as SymbolicTensor)]),
        );
      },
      [5],
      [5],
    ),
  'masked inputs of a nested model': () =>
    functional(
      (x, z) => {
        const inner = functional(
          (a, b) => apply(gru(2, true), apply(l.maximum(), [a as SymbolicTensor, b as SymbolicTensor])),
          SEQ,
          SEQ,
        );
        const masks = [x, z].map((each) => apply(l.masking(), each as SymbolicTensor));
        return apply(dense(1), apply(inner, masks));
      },
      SEQ,
      SEQ,
    ),
  'masked conv lstm': () => film(convLstm(true), each(l.flatten()), dense(1)),
  'masked conv lstm to one image': () => film(convLstm(false), l.flatten(), dense(1)),
  'masked convolutions in time': () =>
    film(each(l.conv2d({ filters: 2, kernelSize: 2 })), each(l.flatten()), lstm(2, true), dense(1)),
  'masked time distributed model': () => masked(each(chain([2], l.dense({ units: 3, activation: 'tanh' }), dense(2)))),
  'sentences of words': () => text(each(lstm(2)), lstm(2)),
  'sentences of words, bidirectional': () => text(each(both(rnn(2))), both(gru(2))),
  'sentences of words, each word': () => text(each(lstm(2, true)), each(each(dense(2)))),
  'sentences of words, normalised': () => text(each(normalised()), each(lstm(2)), lstm(2)),
  'sentences of words, a model for each': () =>
    chain(
      [3, 4],
      each(chain([4], l.embedding({ inputDim: 7, outputDim: 3, maskZero: true }), lstm(2))),
      lstm(2),
      dense(1),
    ),
  'sentences of words, a model with their mask': () =>
    text(each(chain([4, 3], lstm(2, true), normalised(), gru(2))), lstm(2)),
};
