import { readdirSync, readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveModel } from '../../src/files/save-model.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let files: ReturnType<typeof workspace>;
beforeAll(() => useBackend('wasm'));
beforeEach(() => {
  files = workspace();
});
afterEach(() => files.remove());

const train = (...more: string[]) =>
  lrfind('train', '-m', files.model, '-d', files.data, '--lr', '0.1', '--epochs', '1', '--backend', 'wasm', ...more);
const head = (name: string) => readFileSync(files.path(name)).subarray(0, 4).toString('latin1');

test('--save writes a zip for .keras and HDF5 for .h5, over an older file', async () => {
  for (const [name, magic] of [
    ['trained.keras', 'PK\x03\x04'],
    ['trained.h5', '\x89HDF'],
    ['trained.HDF5', '\x89HDF'],
  ] as const) {
    files.put(name, 'an older file');
    const { code, stderr } = await train('--save', files.path(name));
    expect({ code, stderr }).toEqual({ code: 0, stderr: `wrote ${files.path(name)}\n` });
    expect(head(name)).toBe(magic);
  }
});

test('whatever cannot be saved is refused before the training', async () => {
  const slashed = files.put(
    'slash.mjs',
    `export default (tf) => tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [2], name: 'a/b' })] });`,
  );
  const { code, stdout, stderr } = await lrfind(
    'train',
    '-m',
    slashed,
    '-d',
    files.data,
    '--save',
    files.path('x.keras'),
    '--backend',
    'wasm',
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/the name of layer "a\/b" must have no slash to be saved for Keras/);
  files.folder('folder.keras');
  expect((await train('--save', files.path('folder.keras'))).stderr).toMatch(
    /--save must be a file; got the directory/,
  );
  expect((await train('--save', files.path('none/x.h5'))).stderr).toMatch(/--save .*x\.h5: there is no folder/);
  expect((await train('--save', files.path('x.h5'), '-o', files.path('x.h5'))).code).toBe(2);
  const data = files.put('data.h5', readFileSync(files.data));
  expect((await lrfind('train', '-m', files.model, '-d', data, '--save', data)).stderr).toMatch(
    /--save .*data\.h5 would overwrite the input/,
  );
});

test('a file that cannot be written leaves nothing behind', async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  files.folder('x.keras');
  await expect(saveModel(model, files.path('x.keras'))).rejects.toThrow(/the model cannot be saved to .*x\.keras/);
  expect(readdirSync(files.path('')).filter((name) => name.includes('partial'))).toEqual([]);
});
