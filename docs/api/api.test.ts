import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The parts of TypeDoc's JSON that are read here. */
interface Reflection {
  readonly name: string;
  /** 64: a function. */
  readonly kind: number;
  readonly comment?: { readonly blockTags?: readonly { tag: string; content: readonly { text: string }[] }[] };
  readonly signatures?: readonly Reflection[];
  readonly children?: readonly Reflection[];
}

let folder: string;
let reference: string;
let functions: readonly { name: string; example: string }[];

beforeAll(async () => {
  mkdirSync(`${root}out`, { recursive: true });
  folder = mkdtempSync(`${root}out/api-`);
  const json = join(folder, 'api.json');
  const typedoc = join(here, 'node_modules/typedoc/bin/typedoc');
  await promisify(execFile)(process.execPath, [typedoc, '--out', folder, '--json', json], { cwd: here });
  reference = readFileSync(join(folder, 'reference.md'), 'utf8');
  const { children = [] } = JSON.parse(readFileSync(json, 'utf8')) as Reflection;
  functions = children
    .filter(({ kind }) => kind === 64)
    .map(({ name, signatures }) => {
      const tags = signatures?.[0]?.comment?.blockTags ?? [];
      const text =
        tags
          .find(({ tag }) => tag === '@example')
          ?.content.map((part) => part.text)
          .join('') ?? '';
      return { name, example: text.replace(/^```\w*\n|\n```$/g, '') };
    });
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('reference.md is that of the doc comments; pnpm api writes it again', () => {
  expect(readFileSync(join(here, 'reference.md'), 'utf8')).toBe(reference);
});

test('every function has an example that uses it', () => {
  expect(functions.length).toBeGreaterThan(25);
  expect(functions.filter(({ name, example }) => !example.includes(`${name}(`)).map(({ name }) => name)).toEqual([]);
});

/** Examples that are not run: they would download TensorFlow. */
const notRun = ['installTensorFlow'];

/** What the examples take for granted: a model, data for it, files, and everything that lrfind exports. */
const prelude = `
  import { existsSync, writeFileSync } from 'node:fs';
  import * as tf from '@tensorflow/tfjs-core';
  import { layers, sequential } from '@tensorflow/tfjs-layers';
  import * as lrfind from 'lrfind';
  Object.assign(globalThis, lrfind, { tf, existsSync });
  await lrfind.useBackend('wasm');
  const xs = tf.randomNormal([64, 3], 0, 1, 'float32', 1);
  const ys = tf.sum(xs, 1, true);
  const build = () => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    return model;
  };
  const rows = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(i), i % 2, Math.sin(i) + i].join());
  writeFileSync('data.csv', ['size,age,postcode,price', ...rows].join('\\n'));
  await lrfind.saveModel(build(), 'saved');
  writeFileSync('model.json', JSON.stringify({ modelTopology: build().toJSON(null, false) }));
  await lrfind.saveResult(await lrfind.findLearningRate(build(), { xs, ys }, { repeats: 1 }), 'sweep.json');
  const text = JSON.stringify(await lrfind.readResult('sweep.json'));
  const trials = [{ learningRate: 0.01 }, { learningRate: 0.1 }];
`;

test('every example runs', async () => {
  const blocks = functions
    .filter(({ name }) => !notRun.includes(name))
    .map(
      ({ name, example }) => `await (async (model) => { {
${example}
} })(build()).catch((error) => { error.message = ${JSON.stringify(`example of ${name}: `)} + error.message; throw error; });`,
    );
  const program = join(folder, 'examples.mjs');
  writeFileSync(program, [prelude, ...blocks].join('\n'));
  const { stderr } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
  expect(stderr).toBe('');
}, 240_000);
