import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { checkSavable } from '@lrfind/finder';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { backend } from '../../../finder/test/backend.js';
import { checkModelFolder, finishModel } from '../../src/files/model-folder.js';
import { readModel } from '../../src/files/read-inputs.js';
import { saveModel } from '../../src/files/save-model.js';

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  return { ...actual, mkdirSync: vi.fn(actual.mkdirSync) };
});

let parent: string;
let folder: string;
beforeAll(async () => {
  await useBackend(backend);
});
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'lrfind-save-'));
  folder = join(parent, 'trained');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const dense = (units: number, more: object = {}) => layers.dense({ units, ...more });

/** Two inputs through the same layer. */
function shared(): LayersModel {
  const [left, right] = [input({ shape: [3] }), input({ shape: [3] })];
  const layer = dense(2, { activation: 'tanh' });
  const both = layers.concatenate().apply([layer.apply(left) as never, layer.apply(right) as never]);
  return model({ inputs: [left, right], outputs: dense(1).apply(both) as never });
}

const kinds: [name: string, build: () => LayersModel][] = [
  [
    'dense and batch normalisation',
    () => sequential({ layers: [dense(3, { inputShape: [2] }), layers.batchNormalization(), dense(1)] }),
  ],
  [
    'models within a model',
    () =>
      sequential({
        layers: [
          sequential({
            layers: [dense(3, { inputShape: [2] }), sequential({ layers: [dense(4, { inputShape: [3] })] })],
          }),
          dense(1),
        ],
      }),
  ],
  ['a shared layer', shared],
  [
    'a stateful recurrent layer',
    () => sequential({ layers: [layers.lstm({ units: 3, stateful: true, batchInputShape: [2, 4, 2] }), dense(1)] }),
  ],
  [
    'wrapped layers',
    () =>
      sequential({
        layers: [
          layers.bidirectional({
            layer: layers.gru({ units: 2, returnSequences: true }) as never,
            inputShape: [4, 2],
          }),
          layers.timeDistributed({ layer: dense(2) }),
        ],
      }),
  ],
  [
    'an embedding and convolutions',
    () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 6 }),
          layers.conv1d({ filters: 2, kernelSize: 3 }),
        ],
      }),
  ],
];

/** Weights as no initialiser draws them, so that what is read again cannot be equal by chance. */
function shake(built: LayersModel): LayersModel {
  built.setWeights(built.getWeights().map((weight, i) => tf.randomUniform(weight.shape, 0.1, 2, 'float32', i + 1)));
  return built;
}

const bits = (built: LayersModel) => built.getWeights().map((weight) => [weight.shape, [...weight.dataSync()]]);

function predicted(built: LayersModel): number[][] {
  built.resetStates();
  const given = built.inputs.map(({ shape }, i) => {
    const whole = tf.randomUniform([2, ...(shape.slice(1) as number[])], 0, 4, 'int32', 9 + i);
    return tf.cast(whole, 'float32');
  });
  return [built.predict(given.length > 1 ? given : (given[0] as tf.Tensor))]
    .flat()
    .map((output) => [...output.dataSync()]);
}

/** TensorFlow.js's own loader for browsers, whose requests are answered from the folder. */
function fromBrowser(): Promise<LayersModel> {
  const fetchFunc = async (path: unknown) => {
    const name = basename(String(path));
    const headers = { 'content-type': name.endsWith('.json') ? 'application/json' : 'application/octet-stream' };
    return new Response(new Uint8Array(readFileSync(join(folder, name))), { headers });
  };
  return loadLayersModel(tf.io.http('http://models.example/trained/model.json', { fetchFunc }));
}

describe('what is saved is read again: the same weights bit for bit, the same predictions', () => {
  test.each(kinds)('%s', async (_, build) => {
    const original = shake(build());
    const expected = predicted(original);
    await saveModel(original, folder);
    expect(readdirSync(parent)).toEqual(['trained']);
    expect(readdirSync(folder).toSorted()).toEqual(['model.json', 'weights.bin']);
    const { model: read, hasWeights, trainingConfig } = await readModel(join(folder, 'model.json'));
    expect({ hasWeights, trainingConfig }).toEqual({ hasWeights: true, trainingConfig: null });
    for (const again of [read, await fromBrowser()]) {
      expect(bits(again)).toEqual(bits(original));
      expect(predicted(again)).toEqual(expected);
    }
  });
});

test('paths in the manifest are relative, the format is named, and the float32 stand as they are', async () => {
  const original = shake(sequential({ layers: [dense(2, { inputShape: [3], useBias: false, name: 'only' })] }));
  await saveModel(original, folder);
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  expect(json).toMatchObject({ format: 'layers-model', generatedBy: expect.stringContaining('TensorFlow.js') });
  expect(json.weightsManifest).toEqual([
    { paths: ['weights.bin'], weights: [{ name: 'only/kernel', shape: [3, 2], dtype: 'float32' }] },
  ]);
  const bytes = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
  expect(new Float32Array(bytes)).toEqual(original.getWeights()[0]?.dataSync());
});

test('the artifacts are those that TensorFlow.js reads from memory', async () => {
  const original = shake(sequential({ layers: [dense(2, { inputShape: [3] })] }));
  await saveModel(original, folder);
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
  const again = await loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  );
  expect(bits(again)).toEqual(bits(original));
});

test('saving leaves no tensors behind', async () => {
  const original = sequential({ layers: [dense(2, { inputShape: [3] }), layers.batchNormalization()] });
  const before = tf.memory().numTensors;
  await saveModel(original, folder);
  expect(tf.memory().numTensors).toBe(before);
});

describe('where a model can be saved', () => {
  const small = () => shake(sequential({ layers: [dense(1, { inputShape: [2] })] }));

  test('a model written before is replaced, an empty folder is filled, a link is followed', async () => {
    await saveModel(small(), folder);
    const second = sequential({ layers: [dense(3, { inputShape: [2] })] });
    await saveModel(second, folder);
    expect(bits((await readModel(join(folder, 'model.json'))).model)).toEqual(bits(second));
    mkdirSync(join(parent, 'empty'));
    await saveModel(second, join(parent, 'empty/'));
    symlinkSync(folder, join(parent, 'link'));
    const third = small();
    await saveModel(third, join(parent, 'link'));
    expect(bits((await readModel(join(folder, 'model.json'))).model)).toEqual(bits(third));
    expect(readdirSync(parent).toSorted()).toEqual(['empty', 'link', 'trained']);
  });

  test.each<[string, () => string, RegExp]>([
    ['no folder above', () => join(parent, 'no', 'trained'), /there is no folder .*no$/],
    ['a file above', () => join(put('file'), 'trained'), /file is not a folder/],
    ['a file', () => put('trained'), /trained, which is a file; name a folder/],
    ['a link to nothing', () => linked(), /which is a link to nothing/],
    ['other files', () => filled('model.json', 'weights.bin', 'notes.txt'), /which holds "notes.txt"; allowed: a new/],
    [
      'half a model',
      () => filled('model.json'),
      /which holds "model.json"; allowed: .*model.json and weights.bin alone/,
    ],
  ])('%s is refused before and instead of saving, and nothing changes', async (_, make, message) => {
    const path = make();
    const before = readdirSync(parent, { recursive: true });
    await expect(checkModelFolder(path)).rejects.toThrow(message);
    await expect(saveModel(small(), path)).rejects.toThrow(InputError);
    expect(readdirSync(parent, { recursive: true })).toEqual(before);
  });

  test('the folder of an input is refused', async () => {
    filled('model.json', 'weights.bin');
    const path = join(folder, '..', 'trained', 'model.json');
    const option = '--model';
    symlinkSync(join(folder, 'weights.bin'), join(parent, 'link.bin'));
    linkSync(join(folder, 'model.json'), join(parent, 'hard.json'));
    for (const input of [path, join(parent, 'link.bin'), join(parent, 'hard.json')])
      await expect(checkModelFolder(folder, [{ option, path: input }])).rejects.toThrow(
        `it would overwrite the input ${input}`,
      );
    await checkModelFolder(folder, [{ option, path: join(parent, 'model.json') }]);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission is refused', async () => {
    chmodSync(parent, 0o555);
    await expect(checkModelFolder(folder)).rejects.toThrow(/no permission for/);
    chmodSync(parent, 0o755);
  });

  function put(name: string): string {
    writeFileSync(join(parent, name), 'x');
    return join(parent, name);
  }

  function linked(): string {
    symlinkSync(join(parent, 'nothing'), folder);
    return folder;
  }

  function filled(...names: string[]): string {
    mkdirSync(folder);
    for (const name of names) writeFileSync(join(folder, name), 'x');
    return folder;
  }
});

test('a folder that cannot be put in place leaves the model from before', async () => {
  const original = shake(sequential({ layers: [dense(1, { inputShape: [2] })] }));
  await saveModel(original, folder);
  expect(() => finishModel(join(parent, 'nothing'), folder)).toThrow(/ENOENT/);
  expect(readdirSync(parent)).toEqual(['trained']);
  expect(bits((await readModel(join(folder, 'model.json'))).model)).toEqual(bits(original));
});

test('files that cannot be written are said to be so, and nothing is left of them', async () => {
  const original = sequential({ layers: [dense(1, { inputShape: [2] })] });
  const save = original.save.bind(original);
  const vanishing: LayersModel['save'] = async (handler) => {
    rmSync(parent, { recursive: true });
    return save(handler);
  };
  await expect(saveModel(Object.assign(original, { save: vanishing }), folder)).rejects.toThrow(
    new RegExp(`^the model cannot be saved to ${folder}: ENOENT`),
  );
  expect(existsSync(parent)).toBe(false);
});

test('until it is whole a model lies beside, under a name that nobody can guess', async () => {
  const names = new Set<string>();
  const built = sequential({ layers: [dense(1, { inputShape: [2] })] });
  for (let i = 0; i < 2; i++) {
    vi.mocked(mkdirSync).mockImplementationOnce((path) => {
      names.add(String(path));
      expect(existsSync(folder)).toBe(i === 1);
      throw Object.assign(new Error("ENOSPC: no space left on device, mkdir 'x'"), { code: 'ENOSPC' });
    });
    await expect(saveModel(built, folder)).rejects.toThrow(
      new InputError(`the model cannot be saved to ${folder}: ENOSPC: no space left on device`),
    );
    await saveModel(built, folder);
  }
  expect(names.size).toBe(2);
  for (const name of names) expect(name).toMatch(new RegExp(`^${parent}/\\.lrfind-[0-9a-f]{16}\\.partial$`));
  expect(readdirSync(parent)).toEqual(['trained']);
});

test.skipIf(process.platform === 'win32')(
  'a path that the system refuses is named with the reason, and harms no later call',
  async () => {
    const built = shake(sequential({ layers: [dense(1, { inputShape: [2] })] }));
    const circle = join(parent, 'circle');
    symlinkSync(circle, circle);
    const paths: [string, RegExp][] = [
      [join(parent, 'x'.repeat(300)), /: ENAMETOOLONG: name too long$/],
      [join(circle, 'trained'), /: ELOOP: too many symbolic links encountered$/],
      [circle, /which is a link to nothing/],
      [join(parent, 'a\0b'), /a\\0b: a path must have no zero byte$/],
    ];
    for (const [path, message] of paths) {
      const thrown = await saveModel(built, path).catch((error) => error);
      expect(thrown).toBeInstanceOf(InputError);
      expect(thrown.message).toMatch(message);
      await saveModel(built, folder);
      expect(bits((await readModel(join(folder, 'model.json'))).model)).toEqual(bits(built));
    }
    expect(readdirSync(parent).toSorted()).toEqual(['circle', 'trained']);
  },
);

describe('a model that could not be read again is refused, and nothing is written', () => {
  const inner = () => sequential({ layers: [dense(2, { inputShape: [2], name: 'same' })] });

  test('layers of the same name in models within it', async () => {
    const twice = sequential({ layers: [inner(), inner()] });
    expect(() => checkSavable(twice)).toThrow(
      /two of its weights are called "same\/kernel"; each layer must have its own name/,
    );
    await expect(saveModel(twice, folder)).rejects.toThrow(InputError);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('a layer that cannot be described', () => {
    const odd = sequential({ layers: [dense(2, { inputShape: [2] })] });
    Object.assign(odd.layers[0] as object, {
      getConfig: () => {
        throw new Error('no configuration');
      },
    });
    expect(() => checkSavable(odd)).toThrow(/cannot be saved: no configuration/);
  });
});
