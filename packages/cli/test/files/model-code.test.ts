import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readResult } from '../../src/files/read-result.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let files: ReturnType<typeof workspace>;
beforeEach(() => {
  files = workspace();
});
afterEach(() => files.remove());

const layers = `[tf.layers.dense({ units: 8, name: 'a', activation: 'relu', inputShape: [2] }), tf.layers.dense({ units: 3, name: 'b', activation: 'softmax' })]`;
const short = ['--backend', 'wasm', '--no-progress', '--quiet', '--no-verify'];
const find = (model: string, ...more: string[]) =>
  lrfind('-m', model, '-d', files.data, '--steps', '20', '--repeats', '2', ...short, ...more);
const train = (model: string, ...more: string[]) =>
  lrfind('train', '-m', model, '-d', files.data, '--lr', '0.1', '--epochs', '2', ...short.slice(0, 4), ...more);

describe('a module exports a model, or a function that builds one', () => {
  test.each([
    ['default.mjs', `export default (tf) => tf.sequential({ layers: ${layers} });`],
    ['later.mjs', `export default async (tf) => { await null; return tf.sequential({ layers: ${layers} }); };`],
    ['named.js', `export const build = (tf) => tf.sequential({ layers: ${layers} });`],
    ['together.cjs', `module.exports = (tf) => tf.sequential({ layers: ${layers} });`],
    ['one-of.cjs', `module.exports = { createModel: (tf) => tf.sequential({ layers: ${layers} }), other: 1 };`],
    [
      'typed.ts',
      `export function build(tf: any): unknown { return tf.sequential({ layers: ${layers} as unknown[] }); }`,
    ],
    [
      'enum.ts',
      `enum Kind { a = 3 }\nexport const model = (tf: any) => tf.sequential({ layers: ${layers}.slice(0, Kind.a) });`,
    ],
  ])('%s', async (name, code) => {
    const { code: status, stderr } = await find(files.put(name, code), '-o', files.path('result.json'));
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { setup, sweeps } = (await readResult(files.path('result.json'))) as never as {
      setup: { weights: string; parameters: number };
      sweeps: { points: { loss: number }[] }[];
    };
    // Two layers: 2·8 + 8 and 8·3 + 3. Each seed draws weights of its own.
    expect(setup).toMatchObject({ weights: 'drawn', parameters: 51 });
    expect(sweeps[0]?.points[0]?.loss).not.toBe(sweeps[1]?.points[0]?.loss);
  });

  test('its weights are kept where it says that they are of use', async () => {
    const model = files.put(
      'zeros.mjs',
      `export const hasWeights = true;
       export default (tf) => tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })] });
       `.replace('units: 3', "units: 3, kernelInitializer: 'zeros'"),
    );
    await find(model, '-o', files.path('result.json'));
    const { setup, sweeps } = (await readResult(files.path('result.json'))) as never as {
      setup: { weights: string };
      sweeps: { points: { loss: number }[] }[];
    };
    expect(setup.weights).toBe('given');
    // Zeros give each of three classes a third.
    for (const { points } of sweeps) expect(points[0]?.loss).toBeCloseTo(Math.log(3), 5);
  });
});

describe('what the code compiled is trained with', () => {
  const compiled = (factor: number) => `export default (tf) => {
    const model = tf.sequential({ name: 'm', layers: ${layers.replace("activation: 'softmax'", "kernelInitializer: 'zeros'")} });
    model.compile({
      optimizer: tf.train.momentum(0.01, 0.5),
      loss: function mine(y, p) { return tf.mul(${factor}, tf.metrics.meanSquaredError(tf.oneHot(tf.cast(tf.reshape(y, [-1]), 'int32'), 3), p)); },
      metrics: ['accuracy', function percent() {}],
    });
    return model;
  };`;

  test('the loss, the optimizer with its parameters, and the metrics', async () => {
    const path = files.path('training.json');
    const { stderr, code } = await train(files.put('own.mjs', compiled(3)), '-o', path, '--nesterov');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const result = (await readResult(path)) as never as {
      setup: { loss: string; notes: string[]; metrics: string[] };
      recipe: { optimizer: unknown };
      training: { evaluations: { training: { loss: number } }[] };
    };
    expect(result.setup).toMatchObject({ loss: 'mine', metrics: ['accuracy'] });
    expect(result.recipe.optimizer).toMatchObject({ name: 'sgd', momentum: 0.5, nesterov: true });
    expect(result.setup.notes).toContain('metrics of the model file that are not measured here: percent');
  });

  test('a training is resumed with the same loss alone', async () => {
    const checkpoint = ['--checkpoint', files.path('point')];
    expect((await train(files.put('own.mjs', compiled(3)), ...checkpoint)).code).toBe(0);
    const again = (name: string, factor: number) =>
      train(files.put(name, compiled(factor)), ...checkpoint, '--resume', '--epochs', '3');
    const { code, stderr } = await again('other.mjs', 2);
    expect(code).toBe(2);
    expect(stderr).toMatch(/loss was "mine [0-9a-f]+" and is "mine [0-9a-f]+"/);
    expect((await again('same.mjs', 3)).code).toBe(0);
  });
});

describe('an error of the code is one message with file and line', () => {
  test.each([
    [
      'throws.mjs',
      `export default () => {\n  throw new TypeError('no such thing');\n};`,
      /throws\.mjs: its code failed: TypeError: no such thing \(.*throws\.mjs:2:\d+\)$/,
    ],
    ['syntax.mjs', `const a = 1;\nlet b = ;\n`, /syntax\.mjs: its code failed: .*syntax\.mjs:2/],
    ['syntax.ts', `const a: number = 1;\nlet b: = ;\n`, /syntax\.ts: its code failed: .*syntax\.ts:2/],
    ['imports.mjs', `import './missing.mjs';`, /imports\.mjs: its code failed: .*missing\.mjs/],
    ['text.mjs', `throw 'a text';`, /text\.mjs: its code threw a text$/],
    [
      'tfjs.mjs',
      `export default (tf) =>\n tf.layers.dense({ units: -3 });`,
      /tfjs\.mjs: its code failed: .*units.* -3.*tfjs\.mjs:2:/,
    ],
    [
      'loss.mjs',
      `export default (tf) => { const m = tf.sequential({ layers: ${layers} });\n m.compile({ optimizer: 'sgd', loss: () => {\n throw new Error('my loss'); } }); return m; };`,
      /loss\.mjs: its code failed: my loss \(.*loss\.mjs:3:/,
    ],
    [
      'nothing.mjs',
      `export const other = 1;`,
      /must export a model, or a function that builds one, as default, model, build, createModel; it exports other$/,
    ],
    ['number.mjs', `export default 5;`, /what .*number\.mjs exports must be a layers model.* got 5$/],
    ['layer.mjs', `export default (tf) => tf.layers.dense({ units: 3 });`, /must be a layers model.* got a layer/],
    ['empty.mjs', `export default (tf) => tf.sequential();`, /its model must have layers; it has none$/],
    [
      'flag.mjs',
      `export const hasWeights = 1; export default (tf) => tf.sequential({ layers: ${layers} });`,
      /hasWeights must be true or false; got 1$/,
    ],
    [
      'copy.mjs',
      `export default { layers: [], getWeights() {}, predict() {} };`,
      /must build its model with the copy of TensorFlow\.js that lrfind uses.*take tf from its argument/,
    ],
  ])('%s', async (name, code, message) => {
    const { code: status, stderr, stdout } = await find(files.put(name, code));
    expect(stderr.trim()).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('also that there is no such file', async () => {
    files.put('build.mjs', '');
    expect((await find(files.path('buld.mjs'))).stderr).toMatch(/no such file: .*did you mean build\.mjs\?/);
  });
});

test('a custom layer is trained, drawn anew for each seed, and saved', async () => {
  const model = files.put(
    'custom.mjs',
    `export default (tf) => {
       class Scaled extends tf.layers.Layer {
         static className = 'ScaledByWeight';
         build() { this.scale = this.addWeight('scale', [1], 'float32', tf.initializers.randomUniform({ minval: 1, maxval: 2 })); this.built = true; }
         call(x) { return tf.tidy(() => tf.mul([x].flat()[0], this.scale.read())); }
       }
       return tf.sequential({ layers: [new Scaled({ inputShape: [2] }), ...${layers}.slice(1)] });
     };`,
  );
  const { code, stderr } = await train(model, '--save', files.path('saved'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { stderr: again, code: status } = await train(files.path('saved/model.json'));
  expect({ status, again }).toEqual({ status: 0, again: '' });
});
