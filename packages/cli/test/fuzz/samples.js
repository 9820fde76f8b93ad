import { model as functional, input, layers, sequential } from '@tensorflow/tfjs-layers';

/** 40 rows of four features, whole numbers from 0 to 4, and three classes. */
export const table = [
  'a,b,c,d,y',
  ...Array.from({ length: 40 }, (_, i) => [i % 5, (3 * i) % 4, (7 * i) % 5, i % 3, ['x', 'y', 'z'][i % 3]].join()),
  '',
].join('\n');

/** Tables for mutations: numbers, words, quotes, missing values, other delimiters and dialects. @type {(string | Buffer)[]} */
export const tables = [
  table,
  table.replaceAll(',', ';'),
  table.replaceAll('\n', '\r\n').replaceAll('3', ''),
  table.replaceAll('x', '"x, ""1"""').replaceAll('z', '"z\nz"'),
  table.replace('a,b,c,d,y', '"a","b","c","d","y"').replaceAll('4', '-4.5e-3'),
  ...dialects(),
];

/** The same rows as other programs and people write them. @returns {(string | Buffer)[]} */
function dialects() {
  const rows = table.trimEnd().split('\n').slice(1);
  return [
    `${rows.join('\n')}\n`,
    `Title\n\n# comment\n${table.replaceAll(',', '|')}`,
    `sep=;\n${table.replaceAll(',', ';').replaceAll('3', '1.234,5')}`,
    table.replaceAll(',', '   ').replaceAll('\n', ' \n  '),
    `a b c d y\n${rows.map((row, i) => `"${i}" ${row.replaceAll(',', ' ')}`).join('\n')}\n`,
    `,a,b,c,d,y\n${rows.map((row, i) => `${i},${row}`).join('\n')}\n`,
    table.replaceAll('\n', ',\n').replaceAll('4', '"$1,234.50"').replaceAll('2', '12%'),
    table.replaceAll('4', 'true').replaceAll('0', 'NaN'),
    Buffer.from(`\ufeff${table}`, 'utf16le'),
    Buffer.from(table.replaceAll('x', 'é'), 'latin1'),
  ];
}

const softmax = () => layers.dense({ units: 3, activation: 'softmax', name: 'out' });

/** Models of four features and three classes, with a layer of most kinds. */
const models = () => {
  const shared = layers.dense({ units: 4, activation: 'tanh', name: 'shared', kernelConstraint: 'maxNorm' });
  const first = input({ shape: [4], name: 'first' });
  const inner = sequential({ layers: [layers.dense({ units: 4, inputShape: [4], name: 'deep' })], name: 'inner' });
  const branches = /** @type {any} */ ([shared.apply(first), shared.apply(inner.apply(first))]);
  const sum = layers.add({ name: 'sum' }).apply(branches);
  return [
    sequential({
      layers: [
        layers.dense({ units: 5, inputShape: [4], activation: 'relu', kernelRegularizer: 'l1l2', name: 'dense' }),
        layers.batchNormalization({ name: 'norm' }),
        layers.dropout({ rate: 0.2, name: 'drop' }),
        softmax(),
      ],
      name: 'dense',
    }),
    sequential({
      layers: [
        layers.reshape({ targetShape: [2, 2, 1], inputShape: [4], name: 'square' }),
        layers.conv2d({ filters: 2, kernelSize: 2, padding: 'same', kernelInitializer: 'heNormal', name: 'conv' }),
        layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
        layers.flatten({ name: 'flat' }),
        softmax(),
      ],
      name: 'images',
    }),
    sequential({
      layers: [
        layers.embedding({ inputDim: 10, outputDim: 3, inputLength: 4, name: 'tokens' }),
        layers.bidirectional({
          layer: /** @type {any} */ (layers.lstm({ units: 2, name: 'lstm', recurrentInitializer: 'glorotNormal' })),
          mergeMode: 'concat',
          name: 'both',
        }),
        softmax(),
      ],
      name: 'words',
    }),
    functional({
      inputs: first,
      outputs: /** @type {any} */ (softmax().apply(/** @type {any} */ (sum))),
      name: 'graph',
    }),
  ];
};

/**
 * Model files: `model.json` as a document, and the weights that it names as bytes, or none.
 *
 * @returns {Promise<{ document: any, weights: Buffer | undefined }[]>}
 */
export async function modelFiles() {
  const files = [];
  for (const model of models()) {
    /** @type {any} */
    let saved;
    await model.save({
      save: async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      },
    });
    const { modelTopology, weightSpecs, weightData } = saved;
    const trainingConfig = {
      loss: 'sparse_categorical_crossentropy',
      metrics: ['acc'],
      optimizer_config: { class_name: 'Adam', config: { learning_rate: 0.01, beta_1: 0.9 } },
    };
    const paths = ['weights.bin'];
    files.push({ document: { modelTopology }, weights: undefined });
    files.push({
      document: { modelTopology, trainingConfig, weightsManifest: [{ paths, weights: weightSpecs }] },
      weights: Buffer.from(weightData),
    });
    const narrow = weightSpecs.map((/** @type {object} */ spec) => ({
      ...spec,
      quantization: { dtype: 'uint8', scale: 0.01, min: -1 },
    }));
    files.push({
      document: { modelTopology, weightsManifest: [{ paths, weights: narrow }] },
      weights: Buffer.alloc(weightData.byteLength / 4, 128),
    });
    model.dispose();
  }
  return files;
}

/** Schedules in their text form. */
export const scheduleTexts = [
  'cosine(0.1, steps=1000, warmup=100)',
  'one-cycle(0.01, steps=600)',
  'join(constant(1), product(constant(2), cosine(0.1, steps=9)), at=[9])',
  'piecewise-constant(0.1, at=[10, 20], factor=[0.5, 0.1])',
  'warmup(exponential(0.1, steps=30, factor=0.1, staircase=true), steps=10)',
];

/** What Keras writes of a schedule, or of an optimizer with one. */
export const kerasSchedules = [
  {
    class_name: 'Adam',
    config: {
      learning_rate: {
        module: 'keras.optimizers.schedules',
        class_name: 'CosineDecay',
        config: { initial_learning_rate: 0.1, decay_steps: 100, alpha: 0, warmup_target: 0.2, warmup_steps: 10 },
      },
    },
  },
  { class_name: 'PiecewiseConstantDecay', config: { boundaries: [10, 20], values: [1, 0.5, 0.1], name: null } },
  { initial_learning_rate: 0.1, decay_steps: 50, decay_rate: 0.9, staircase: false, name: 'ExponentialDecay' },
];
