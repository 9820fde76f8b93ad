import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** Runs a module in a process of its own, in the workspace, which has the built packages. */
function node(program: string, ...flags: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: root,
  });
  expect(stderr).toBe('');
  return stdout;
}

/** The files that a program of ES modules loads, those that are required among them. */
function loadedBy(program: string): string[] {
  here.put(
    'hook.mjs',
    `import { writeSync } from 'node:fs';
     export async function load(url, context, next) {
       writeSync(1, url + '\\n');
       return next(url, context);
     }`,
  );
  here.put('register.mjs', "import { register } from 'node:module'; register('./hook.mjs', import.meta.url);");
  const required = `
    import { createRequire } from 'node:module';
    ${program}
    console.log(Object.keys(createRequire(process.cwd() + '/').cache).join('\\n'));`;
  return [...new Set(node(required, '--import', here.path('register.mjs')).trim().split('\n'))];
}

describe('importing lrfind', () => {
  test('loads few files: none that only pictures, files of some formats, TensorFlow or the command need', () => {
    const loaded = loadedBy("await import('lrfind');");
    const others = loaded.filter((file) => /^(file:|\/|\w:)/.test(file));
    expect(others.length).toBeGreaterThan(10);
    expect(others.length).toBeLessThan(80);
    expect(others.join('\n')).toMatch(/tf-layers/);
    for (const file of others)
      expect(file).not.toMatch(
        /\/node_modules\/(vega|vega-lite|d3-\w+|sharp|@resvg|preact|koffi|harfbuzzjs|hyparquet|h5wasm|@zip\.js|fflate|fzstd|jiti|commander|typebox|@tensorflow\/tfjs-backend-\w+)\b/,
      );
  });

  test('and what was left out is found when it is needed', () => {
    expect(loadedBy("const { useBackend } = await import('lrfind'); await useBackend('wasm');").join()).toMatch(
      /tfjs-backend-wasm/,
    );
  });

  test('shares the copy of TensorFlow.js that the program imports, and the one that it requires', () => {
    const program = `
      import { createRequire } from 'node:module';
      import { findLearningRate, useBackend } from 'lrfind';
      import * as core from '@tensorflow/tfjs-core';
      import { layers, sequential } from '@tensorflow/tfjs-layers';
      const required = createRequire(process.cwd() + '/')('@tensorflow/tfjs-layers');
      await useBackend('cpu');
      const xs = Array.from({ length: 32 }, (_, i) => [i / 32]);
      const ys = xs.map(([x]) => 2 * x);
      const of = ({ layers, sequential }) => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
      const steps = [];
      for (const model of [of({ layers, sequential }), of(required)]) {
        const { sweeps } = await findLearningRate(model, { xs, ys }, { optimizer: 'sgd', loss: 'mse', steps: 30, repeats: 1, verify: false });
        steps.push(sweeps[0].points.length > 0);
      }
      console.log(core.getBackend(), ...steps);`;
    expect(node(program)).toBe('cpu true true\n');
  });

  test('gives every name of TensorFlow.js that a module of the build passes on', () => {
    for (const [name, folder] of [
      ['@tensorflow/tfjs-core', 'finder'],
      ['@tensorflow/tfjs-layers', 'finder'],
      ['@tensorflow/tfjs-core', 'backends'],
    ]) {
      const file = new URL(`../../${folder}/dist/${(name as string).replace(/.*\//, '')}.js`, import.meta.url).href;
      const names = JSON.parse(node(`console.log(JSON.stringify(Object.keys(await import('${file}'))))`));
      const required = createRequire(`${root}packages/finder/package.json`)(name as string);
      expect(names.filter((each: string) => each !== 'default').toSorted(), name).toEqual(
        Object.keys(required)
          .filter((each) => each !== 'default')
          .toSorted(),
      );
    }
  });
});
