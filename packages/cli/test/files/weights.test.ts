import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@lrfind/backends';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readModel } from '../../src/files/read-inputs.js';
import { readResult } from '../../src/files/read-result.js';
import { saveModel } from '../../src/files/save-model.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let files: ReturnType<typeof workspace>;
beforeAll(() => useBackend('wasm'));
beforeEach(() => {
  files = workspace();
});
afterEach(() => files.remove());

const fixture = (name: string) => fileURLToPath(new URL(`../../../../fixtures/weights/${name}`, import.meta.url));
const values = ({ weights }: LayersModel) => weights.map((weight) => [...weight.read().dataSync()]);
const short = ['--backend', 'wasm', '--no-progress', '--quiet'];
/** Three rows for the model of the fixture: four numbers in, two classes out. */
const table = `a,b,c,d,y\n${Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 5},${i % 3},1,${i % 2}`).join('\n')}\n`;

interface Stored {
  readonly setup: { readonly weights: string };
  readonly sweeps: readonly { readonly points: readonly { readonly loss: number }[] }[];
  readonly options: { readonly weights?: string };
}

async function search(model: string, ...more: string[]): Promise<Stored> {
  const data = files.put('d.csv', table);
  const path = files.path('r.json');
  const argv = [
    '-m',
    model,
    '-d',
    data,
    '--steps',
    '30',
    '--repeats',
    '2',
    '--no-verify',
    '--batch-size',
    '8',
    ...short,
    ...more,
  ];
  const { code, stderr } = await lrfind(...argv, '-o', path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (await readResult(path)) as never;
}

test('--weights none draws new weights for a model that has some, --weights FILE takes those of the file', async () => {
  const { model } = await readModel(fixture('small.json'), { weights: fixture('f32.safetensors') });
  await saveModel(model, files.path('saved'));
  const saved = files.path('saved/model.json');
  const given = await search(saved);
  const drawn = await search(saved, '--weights', 'none');
  const other = await search(fixture('small.json'), '--weights', fixture('f32.safetensors'));
  expect([given, drawn, other].map(({ setup }) => setup.weights)).toEqual(['given', 'drawn', 'given']);
  const firsts = ({ sweeps }: Stored) => sweeps.map(({ points }) => points[0]?.loss);
  expect(firsts(other)).toEqual(firsts(given));
  expect(firsts(drawn)[0]).not.toBe(firsts(drawn)[1]);
  expect(drawn.options.weights).toBe('none');
});

test('--weights none needs no weights next to the model', async () => {
  const { model } = await readModel(fixture('small.json'), { weights: fixture('f32.safetensors') });
  await saveModel(model, files.path('saved'));
  const alone = files.put('alone.json', readFileSync(files.path('saved/model.json'), 'utf8'));
  await expect(readModel(alone)).rejects.toThrow(/weights\.bin/);
  expect((await search(alone, '--weights', 'none')).setup.weights).toBe('drawn');
});

test('train and compare take it too', async () => {
  const data = files.put('d.csv', table);
  const weights = ['--weights', fixture('f64.safetensors')];
  const rest = ['-m', fixture('small.json'), '-d', data, '--epochs', '1', ...short];
  expect(await lrfind('train', ...rest, ...weights, '--lr', '0.1')).toMatchObject({ code: 0, stderr: '' });
  expect(await lrfind('compare', ...rest, ...weights, '--lr', '0.1,0.2', '-o', files.path('c.json'))).toMatchObject({
    code: 0,
    stderr: '',
  });
  const two = [
    '-m',
    `${fixture('small.json')},${files.put('other.json', readFileSync(fixture('small.json'), 'utf8'))}`,
  ];
  const { code, stderr } = await lrfind('compare', ...rest.slice(2), ...two, ...weights, '--lr', '0.1,0.2');
  expect(code).toBe(2);
  expect(stderr).toMatch(/--weights must be none for several models, or a file for a single one/);
});

test("code's model gets the weights of a file by the names of its layers, or new ones", async () => {
  const code = files.put(
    'build.mjs',
    `export const hasWeights = true;
     export default (tf) => tf.sequential({ layers: [
       tf.layers.dense({ units: 5, activation: 'tanh', inputShape: [4], name: 'first' }),
       tf.layers.batchNormalization({ name: 'norm' }), tf.layers.dense({ units: 2, activation: 'softmax', name: 'last' })] });`,
  );
  const { model, hasWeights } = await readModel(code, { weights: fixture('keras-2.safetensors') });
  const { model: file } = await readModel(fixture('small.json'), { weights: fixture('f32.safetensors') });
  expect(hasWeights).toBe(true);
  expect(values(model)).toEqual(values(file));
  expect(await readModel(code, { weights: 'none' })).toMatchObject({ hasWeights: false });
});

test('a file of weights is an input that is not written over, and one that is not there is named', async () => {
  const data = files.put('d.csv', table);
  const weights = files.put('w.json', readFileSync(fixture('f32.safetensors')));
  const rest = ['-m', fixture('small.json'), '-d', data, '--weights', weights, ...short];
  expect((await lrfind(...rest, '-o', weights)).stderr).toMatch(/--out .*w\.json would overwrite the input/);
  expect((await lrfind(...rest.slice(0, 5), files.path('v.json'), ...short)).stderr).toMatch(
    /no such file: .*v\.json; did you mean/,
  );
  expect((await lrfind(...rest.slice(0, 5), data, ...short)).stderr).toMatch(/d\.csv must be a safetensors file/);
  await expect(readModel(fixture('small.json'), { weights: 5 as never })).rejects.toThrow(
    /weights must be a path or none; got 5/,
  );
  await expect(readModel(fixture('small.json'), { wights: 'none' } as never)).rejects.toThrow(
    /unknown option wights; did you mean weights\?/,
  );
});

test('a folder is refused with what to name', async () => {
  files.put('saved_model.pb', '');
  const folder = files.path('');
  expect((await lrfind('-m', folder, '-d', files.data)).stderr).toMatch(/is a TensorFlow SavedModel: load it in Keras/);
});
