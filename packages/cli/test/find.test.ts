import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { classifier, table, workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const find = (...more: (string | number)[]) =>
  lrfind('--model', here.model, '--data', here.data, '--steps', 60, '--seeds', 3, ...more);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

test('model and data alone are enough; the summary says what was found, assumed and what to type', async () => {
  const { code, stdout, stderr } = await lrfind('--model', here.model, '--data', here.data);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/learning rate +[\d.e-]+ +\(between [\d.e-]+ and [\d.e-]+;/);
  expect(stdout).toMatch(/5 sweeps · (wasm|tensorflow)/);
  expect(stdout).toMatch(/loss sparseCategoricalCrossentropy: output .* has 3 softmax units/);
  expect(stdout).toMatch(/note: optimizer: adam, since none was named/);
  expect(stdout).toMatch(/tf\.train\.adam\([\d.e-]+\), loss: 'sparseCategoricalCrossentropy'/);
  expect(stdout).toMatch(/keras\.optimizers\.Adam\(learning_rate=/);
  expect(stdout).toMatch(/1e-7 .*1e-5/);
});

test('find is the same as no command', async () => {
  const { code, stdout } = await lrfind('find', '--model', here.model, '--data', here.data, '--quiet', '--steps', 60);
  expect(code).toBe(0);
  expect((await lrfind('--model', here.model, '--data', here.data, '--quiet', '--steps', 60)).stdout).toBe(stdout);
});

test('--quiet prints the rate alone, --json the whole run', async () => {
  const quiet = await find('--quiet');
  const whole = await find('--json');
  expect(Number(quiet.stdout)).toBe(JSON.parse(whole.stdout).suggestion.learningRate);
});

test('the same command twice gives the same JSON, but for times', async () => {
  const runs = [await find('--json'), await find('--json')].map(({ stdout }) => {
    const { environment, ...rest } = JSON.parse(stdout);
    const { started, seconds, msPerStep, ...machine } = environment;
    expect([started, seconds, msPerStep].every((value) => value)).toBe(true);
    return { ...rest, machine };
  });
  expect(runs[1]).toEqual(runs[0]);
});

test('--out writes every format, and nothing else stays in the folder', async () => {
  const names = ['run.csv', 'run.json', 'run.png', 'run.svg'];
  const { code, stderr } = await find(
    '--out',
    here.path('run.png'),
    here.path('run.svg'),
    '--out',
    here.path('run.json'),
    here.path('run.csv'),
  );
  expect(code).toBe(0);
  expect(stderr.split('\n').filter(Boolean)).toHaveLength(4);
  expect(here.files()).toEqual(['data.csv', 'model.json', ...names]);
  expect(readFileSync(here.path('run.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(readFileSync(here.path('run.svg'), 'utf8')).toMatch(/^<svg/);
  const run = json(here.path('run.json'));
  const [header, first] = readFileSync(here.path('run.csv'), 'utf8').split('\n') as [string, string];
  expect(header).toBe('rate,median,low,high,smoothed,slope,seed 0,seed 1,seed 2');
  expect(first.split(',').map(Number).slice(0, 2)).toEqual([run.curve[0].rate, run.curve[0].median]);
});

test('plot draws a stored run again: the same picture', async () => {
  await find('--out', here.path('run.json'), here.path('first.svg'));
  const { code } = await lrfind('plot', here.path('run.json'), '--out', here.path('again.svg'));
  expect(code).toBe(0);
  expect(readFileSync(here.path('again.svg'), 'utf8')).toBe(readFileSync(here.path('first.svg'), 'utf8'));
  await lrfind('plot', here.path('run.json'), '--out', here.path('dark.svg'), '--dark');
  expect(readFileSync(here.path('dark.svg'), 'utf8')).not.toBe(readFileSync(here.path('first.svg'), 'utf8'));
});

test('an option is in the result as it was in force', async () => {
  const { stdout } = await find(
    '--json',
    '--optimizer',
    'sgd',
    '--momentum',
    0.5,
    '--nesterov',
    '--scale',
    'minmax',
    '--start-lr',
    '1e-5',
    '--end-lr',
    1,
    '--spacing',
    'linear',
  );
  const run = JSON.parse(stdout);
  expect(run.setup.optimizer).toEqual({ name: 'sgd', momentum: 0.5, nesterov: true });
  expect(run.options).toMatchObject({
    startLr: 1e-5,
    endLr: 1,
    spacing: 'linear',
    scale: 'minmax',
    missing: 'mean',
    seeds: 3,
  });
});

test('--suggest valley makes valley the answer', async () => {
  const run = JSON.parse((await find('--json', '--suggest', 'valley,slide')).stdout);
  expect(run.suggestion.method).toBe('valley');
  expect(Object.keys(run.suggestions)).toEqual(['valley', 'slide']);
});

test('--ignore leaves a column out, and says so; a target cannot be ignored', async () => {
  const lines = table.trim().split('\n');
  const data = here.put('id.csv', lines.map((line, i) => `${i === 0 ? 'id' : i},${line}`).join('\n'));
  const argv = ['--model', here.model, '--data', data, '--steps', 60, '--seeds', 3];
  const run = JSON.parse((await lrfind(...argv, '--ignore', 'id', '--json')).stdout);
  expect(run.setup.notes).toContain('ignored "id"');
  expect(String(run.suggestion.learningRate)).toBe((await find('--quiet')).stdout.trim());
  expect((await lrfind(...argv, '--ignore', 'y')).stderr).toMatch(/ignore: "y" is the target/);
  expect((await lrfind(...argv, '--ignore', 'idd')).stderr).toMatch(/no column "idd"; did you mean "id"\?/);
});

test('a gzip file and a table with tabs give what the plain file gives', async () => {
  const plain = await find('--quiet');
  writeFileSync(here.path('packed.csv.gz'), gzipSync(table));
  writeFileSync(here.path('tabs.tsv'), table.replaceAll(',', '\t'));
  for (const name of ['packed.csv.gz', 'tabs.tsv']) {
    expect(
      (await lrfind('--model', here.model, '--data', here.path(name), '--steps', 60, '--seeds', 3, '--quiet')).stdout,
    ).toBe(plain.stdout);
  }
});

test('a compiled model brings its loss and its optimizer with all parameters', async () => {
  const trainingConfig = {
    loss: 'categorical_crossentropy',
    optimizer_config: { class_name: 'SGD', config: { learning_rate: 0.01, momentum: 0.9, nesterov: true } },
  };
  const model = here.put('compiled.json', { modelTopology: classifier, trainingConfig });
  const run = JSON.parse(
    (await lrfind('--model', model, '--data', here.data, '--steps', 30, '--seeds', 1, '--json')).stdout,
  );
  expect(run.setup.optimizer).toEqual({ name: 'sgd', momentum: 0.9, nesterov: true });
  expect(run.setup.loss).toBe('categoricalCrossentropy');
});

describe('bad input: exit code 2, one message, nothing on stdout, nothing written', () => {
  const topology = { modelTopology: classifier };
  const withWeights = (paths: string[], shape: number[]) => ({
    ...topology,
    weightsManifest: [{ paths, weights: [{ name: 'dense_8_relu/kernel', shape, dtype: 'float32' }] }],
  });
  const row = (line: string) => `${table}${line}\n`;

  test.each<[string, () => (string | number)[], RegExp]>([
    ['no model', () => ['--data', here.data], /--model is missing/],
    ['no data', () => ['--model', here.model], /--data is missing/],
    ['no such model', () => ['--model', here.path('no.json'), '--data', here.data], /no such model file: .*no\.json/],
    [
      'no such table',
      () => ['--model', here.model, '--data', here.path('no.csv')],
      /no such file.*no\.csv|no\.csv.*no such file/i,
    ],
    ['a model that is not JSON', () => ['--model', here.data, '--data', here.data], /data\.csv is not JSON/],
    [
      'JSON that is no model',
      () => ['--model', here.put('x.json', { a: 1 }), '--data', here.data],
      /x\.json is not a layers model/,
    ],
    ['a list', () => ['--model', here.put('x.json', [1]), '--data', here.data], /holds a list, not an object/],
    [
      'a graph model',
      () => [
        '--model',
        here.put('x.json', { format: 'graph-model', modelTopology: { node: [] } }),
        '--data',
        here.data,
      ],
      /graph model, which cannot be trained/,
    ],
    [
      'Keras 3 JSON',
      () => [
        '--model',
        here.put('x.json', {
          class_name: 'Sequential',
          config: { layers: [{ class_name: 'InputLayer', registered_name: null, config: { batch_shape: [null, 2] } }] },
        }),
        '--data',
        here.data,
      ],
      /Keras 3, whose model format is not supported yet/,
    ],
    [
      'a Keras HDF5 file',
      () => ['--model', here.put('x.h5', Buffer.from('\x89HDF\r\n', 'latin1')), '--data', here.data],
      /Keras HDF5 file/,
    ],
    [
      'an unknown layer',
      () => [
        '--model',
        here.put('x.json', {
          modelTopology: {
            class_name: 'Sequential',
            config: { name: 'm', layers: [{ class_name: 'Magic', config: {} }] },
          },
        }),
        '--data',
        here.data,
      ],
      /cannot build: .*Magic/,
    ],
    [
      'a missing shard',
      () => ['--model', here.put('x.json', withWeights(['w.bin'], [2, 8])), '--data', here.data],
      /missing weight file .*w\.bin/,
    ],
    [
      'a shard of the wrong length',
      () => {
        here.put('w.bin', Buffer.alloc(12));
        return ['--model', here.put('x.json', withWeights(['w.bin'], [2, 8])), '--data', here.data];
      },
      /w\.bin .* holds 12 bytes, but the weights need 64/,
    ],
    [
      'weights that do not fit',
      () => {
        here.put('w.bin', Buffer.alloc(36));
        return ['--model', here.put('x.json', withWeights(['w.bin'], [3, 3])), '--data', here.data];
      },
      /do not fit its layers/,
    ],
    ['a directory as model', () => ['--model', here.path('.'), '--data', here.data], /is a directory/],
    ['a directory as table', () => ['--model', here.model, '--data', here.path('.')], /is a directory/],
    ['an empty table', () => ['--model', here.model, '--data', here.put('x.csv', '')], /x\.csv is empty/],
    ['a header alone', () => ['--model', here.model, '--data', here.put('x.csv', 'a,b,y\n')], /x\.csv/],
    [
      'a ragged row',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,2'))],
      /row 121 \(line 122\) has 2 fields, but the header has 3/,
    ],
    [
      'text in a numeric column',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,blue,0'))],
      /row 121 .*column "b": "blue" is not a number/,
    ],
    [
      'a duplicate header',
      () => ['--model', here.model, '--data', here.put('x.csv', table.replace('a,b,y', 'a,a,y'))],
      /the header has "a" twice/,
    ],
    [
      'NaN',
      () => ['--model', here.model, '--data', here.put('x.csv', row('NaN,1,0'))],
      /column "a": "NaN" is NaN or infinity/,
    ],
    [
      'infinity',
      () => ['--model', here.model, '--data', here.put('x.csv', row('-inf,1,0'))],
      /"-inf" is NaN or infinity/,
    ],
    [
      'an unknown target',
      () => ['--model', here.model, '--data', here.data, '--target', 'yy'],
      /no column "yy"; did you mean "y"\?/,
    ],
    [
      'a label outside the classes',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,1,7'))],
      /row 121 .*label 7 is outside the classes 0 to 2/,
    ],
    [
      'too many features',
      () => ['--model', here.model, '--data', here.put('x.csv', 'a,b,c,y\n1,2,3,0\n')],
      /gives 3 features .* takes 2/,
    ],
    [
      'fewer rows than a batch',
      () => ['--model', here.model, '--data', here.data, '--batch-size', 121],
      /121 is more than the 120 rows/,
    ],
    [
      'an unknown optimizer',
      () => ['--model', here.model, '--data', here.data, '--optimizer', 'adm'],
      /unknown optimizer "adm"; did you mean adam\?/,
    ],
    [
      'an option of another optimizer',
      () => ['--model', here.model, '--data', here.data, '--rho', 0.9],
      /unknown option --rho \(optimizer adam\)/,
    ],
    [
      'an optimizer option out of range',
      () => ['--model', here.model, '--data', here.data, '--beta1', 1.5],
      /--beta1.* must be a number at least 0 and below 1; got 1\.5/,
    ],
    [
      'an unknown loss',
      () => ['--model', here.model, '--data', here.data, '--loss', 'mze'],
      /unknown loss "mze"; did you mean mse\?/,
    ],
    [
      'start above end',
      () => ['--model', here.model, '--data', here.data, '--start-lr', 1, '--end-lr', 0.1],
      /--start-lr must be below --end-lr; got 1 and 0\.1/,
    ],
    [
      'one step',
      () => ['--model', here.model, '--data', here.data, '--steps', 1],
      /--steps must be a whole number at least 2 and at most 10000; got 1/,
    ],
    [
      'a number that is none',
      () => ['--model', here.model, '--data', here.data, '--steps', 'many'],
      /--steps must be a whole number at least 2 and at most 10000; got "many"/,
    ],
    [
      'an unknown spacing',
      () => ['--model', here.model, '--data', here.data, '--spacing', 'log'],
      /--spacing must be one of geometric, linear; got "log"/,
    ],
    [
      'an unknown scale',
      () => ['--model', here.model, '--data', here.data, '--scale', 'big'],
      /--scale must be standard, minmax, none or a number above 0/,
    ],
    ['a scale of zero', () => ['--model', here.model, '--data', here.data, '--scale', 0], /above 0/],
    [
      'an unknown backend',
      () => ['--model', here.model, '--data', here.data, '--backend', 'cuda'],
      /--backend must be one of auto, tensorflow, wasm, cpu; got "cuda"/,
    ],
    [
      'an unknown method',
      () => ['--model', here.model, '--data', here.data, '--suggest', 'best'],
      /unknown method of suggestion "best"/,
    ],
    ['an unknown flag', () => ['--model', here.model, '--data', here.data, '--stepz', 3], /unknown option '--stepz'/],
    [
      'an unknown format',
      () => ['--model', here.model, '--data', here.data, '--out', here.path('x.bmp')],
      /unknown format \.bmp; formats: \.png, \.svg, \.json, \.csv/,
    ],
    [
      'a folder that is not there',
      () => ['--model', here.model, '--data', here.data, '--out', here.path('no/x.png')],
      /there is no folder/,
    ],
    [
      'a directory as output',
      () => ['--model', here.model, '--data', here.data, '--out', `${here.path('.')}.png/..`],
      /no file extension|is a directory/,
    ],
    [
      'an output twice',
      () => ['--model', here.model, '--data', here.data, '--out', here.path('x.png'), here.path('x.png')],
      /is given twice/,
    ],
    [
      'an output that is the input',
      () => ['--model', here.model, '--data', here.data, '--out', here.data],
      /would overwrite the input/,
    ],
    [
      'too many steps',
      () => ['--model', here.model, '--data', here.data, '--steps', 1e9],
      /--steps must be a whole number at least 2 and at most 10000/,
    ],
    [
      'a picture without width',
      () => ['--model', here.model, '--data', here.data, '--width', 0],
      /--width must be a whole number at least 360/,
    ],
    ['plot without --out', () => ['plot', here.model], /--out is missing/],
    ['plot of something else', () => ['plot', here.model, '--out', here.path('x.svg')], /is not a result of lrfind/],
    [
      'plot of a run of tomorrow',
      () => ['plot', here.put('r.json', { format: 'lrfind-run', version: 99 }), '--out', here.path('x.svg')],
      /run of version 99; this lrfind reads version 1/,
    ],
    ['plot of nothing', () => ['plot', here.path('no.json'), '--out', here.path('x.svg')], /no such result file/],
  ])('%s', async (_, argv, message) => {
    const given = argv();
    const before = here.files();
    const { code, stdout, stderr } = await lrfind(...given);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(here.files()).toEqual(before);
  });
});

test('a model with weights starts every seed from them and takes features as they are; a Reshape is filled from columns', async () => {
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 'image',
      layers: [
        { class_name: 'Reshape', config: { target_shape: [2, 1, 1], batch_input_shape: [null, 2], name: 'r' } },
        { class_name: 'Flatten', config: { name: 'f' } },
        { class_name: 'Dense', config: { units: 3, activation: 'softmax', use_bias: false, name: 'd' } },
      ],
    },
  };
  here.put('w.bin', Buffer.from(new Float32Array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).buffer));
  const manifest = [{ paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 3], dtype: 'float32' }] }];
  const model = here.put('w.json', { modelTopology: topology, weightsManifest: manifest });
  const run = JSON.parse(
    (await lrfind('--model', model, '--data', here.data, '--batch-size', 120, '--steps', 12, '--seeds', 2, '--json'))
      .stdout,
  );
  expect(run.setup.weights).toBe('given');
  const rows = table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number) as [number, number, number]);
  const expected = rows.reduce((sum, [a, b, y]) => {
    const logits = [0, 1, 2].map((k) => a * (0.1 + 0.1 * k) + b * (0.4 + 0.1 * k));
    return sum + Math.log(logits.reduce((total, value) => total + Math.exp(value), 0)) - (logits[y] as number);
  }, 0);
  for (const { points } of run.seeds) expect(points[0].loss).toBeCloseTo(expected / rows.length, 4);
});
