// Networks of the study. Each takes a table of its kind and draws its sizes from a stream of random numbers.
import { model as functional, initializers, input, layers, sequential } from '@tensorflow/tfjs-layers';
import { between, oneOf } from './tables.js';

/** @typedef {import('./tables.js').Rows} Rows @typedef {import('./tables.js').Random} Random */

/** @param {Random} random @param {number} least @param {number} most */
const size = (random, least, most) => Math.round(between(random, least, most));
/** @param {Rows} rows @param {boolean} [logistic] */
const ending = ({ classes }, logistic = classes === 2) =>
  layers.dense(
    classes === null
      ? { units: 1 }
      : logistic
        ? { units: 1, activation: 'sigmoid' }
        : { units: classes, activation: 'softmax' },
  );
/** @param {Rows} rows */
const shapeOf = ({ inputs }) => /** @type {{ shape: number[] }} */ (inputs[0]).shape;

export const networks = {
  /** Dense layers. @param {Random} random @param {Rows} rows */
  dense(random, rows) {
    const depth = oneOf(random, [0, 1, 1, 2, 2, 3, 4]);
    const activation = oneOf(random, /** @type {const} */ (['relu', 'relu', 'tanh', 'sigmoid', 'selu', 'elu']));
    const width = size(random, 8, 160);
    const drops = random() < 0.25 ? 0.5 * random() : 0;
    const normalises = random() < 0.25;
    const initializer = oneOf(random, ['glorotUniform', 'glorotUniform', 'heNormal', 'leCunNormal']);
    const made = sequential();
    made.add(layers.inputLayer({ inputShape: shapeOf(rows) }));
    for (let i = 0; i < depth; i++) {
      made.add(layers.dense({ units: width, activation, kernelInitializer: /** @type {'heNormal'} */ (initializer) }));
      if (normalises) made.add(layers.batchNormalization());
      if (drops > 0) made.add(layers.dropout({ rate: drops }));
    }
    made.add(ending(rows));
    return made;
  },
  /** Convolutions over pictures. @param {Random} random @param {Rows} rows */
  convolutions(random, rows) {
    const made = sequential();
    made.add(layers.inputLayer({ inputShape: shapeOf(rows) }));
    const normalises = random() < 0.4;
    const filters = size(random, 4, 16);
    for (let i = 0; i < oneOf(random, [1, 2]); i++) {
      made.add(
        layers.conv2d({
          filters: filters * (i + 1),
          kernelSize: 3,
          padding: 'same',
          activation: normalises ? 'linear' : 'relu',
        }),
      );
      if (normalises) {
        made.add(layers.batchNormalization());
        made.add(/** @type {import('@tensorflow/tfjs-layers').layers.Layer} */ (layers.reLU()));
      }
      made.add(layers.maxPooling2d({ poolSize: 2 }));
    }
    made.add(random() < 0.5 ? layers.flatten() : layers.globalAveragePooling2d({}));
    if (random() < 0.5) made.add(layers.dense({ units: size(random, 8, 48), activation: 'relu' }));
    made.add(ending(rows, false));
    return made;
  },
  /** A recurrent layer over a window of numbers. @param {Random} random @param {Rows} rows */
  recurrent(random, rows) {
    const made = sequential();
    const units = size(random, 4, 24);
    const kind = oneOf(random, /** @type {const} */ (['lstm', 'gru', 'simpleRNN']));
    made.add(layers.inputLayer({ inputShape: shapeOf(rows) }));
    if (random() < 0.3) made.add(layers.conv1d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }));
    made.add(layers[kind]({ units, kernelInitializer: initializers.glorotUniform({}) }));
    if (random() < 0.4) made.add(layers.dense({ units: size(random, 8, 32), activation: 'relu' }));
    made.add(ending(rows));
    return made;
  },
  /** An embedding, averaged, read by an LSTM, or by attention. @param {Random} random @param {Rows} rows */
  embedding(random, rows) {
    const words = input({ shape: shapeOf(rows), name: 'words' });
    const width = size(random, 4, 24);
    const vectors = /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (
      layers.embedding({ inputDim: /** @type {number} */ (rows.ids), outputDim: width }).apply(words)
    );
    const reader = oneOf(random, ['mean', 'lstm', 'attention', 'attention']);
    let read;
    if (reader === 'lstm') read = layers.lstm({ units: size(random, 4, 16) }).apply(vectors);
    else {
      let seen = vectors;
      if (reader === 'attention') {
        const project = () =>
          /** @type {typeof vectors} */ (layers.dense({ units: width, useBias: false }).apply(vectors));
        const scores = layers.dot({ axes: 2, normalize: false }).apply([project(), project()]);
        const shares = /** @type {typeof vectors} */ (
          layers.activation({ activation: 'softmax' }).apply(/** @type {typeof vectors} */ (scores))
        );
        const mixed = /** @type {typeof vectors} */ (
          layers.dot({ axes: [2, 1], normalize: false }).apply([shares, project()])
        );
        seen = /** @type {typeof vectors} */ (
          layers.layerNormalization().apply(/** @type {typeof vectors} */ (layers.add().apply([vectors, mixed])))
        );
      }
      read = layers.globalAveragePooling1d().apply(seen);
    }
    const outputs = /** @type {typeof vectors} */ (ending(rows).apply(/** @type {typeof vectors} */ (read)));
    return functional({ inputs: words, outputs });
  },
};
