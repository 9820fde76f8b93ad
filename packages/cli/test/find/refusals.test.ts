import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { classifier, table, workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

describe('bad input: exit code 2, one message, nothing on stdout, nothing written', () => {
  const topology = { modelTopology: classifier };
  const withWeights = (paths: string[], shape: number[]) => ({
    ...topology,
    weightsManifest: [{ paths, weights: [{ name: 'dense_8_relu/kernel', shape, dtype: 'float32' }] }],
  });
  const row = (line: string) => `${table}${line}\n`;

  test.each<[string, () => (string | number)[], RegExp]>([
    [
      'a seed that stands for its neighbours too',
      () => ['--model', here.model, '--data', here.data, '--seed', '9007199254740993'],
      /^lrfind: --seed must be a whole number at least 0, and at most 9007199254740991; got 9007199254740992$/m,
    ],
    [
      'rates that float32 does not hold',
      () => ['--model', here.model, '--data', here.data, '--end-lr', '1e300'],
      /--end-lr must be at most 1e\+37, since steps compute in float32; got 1e\+300/,
    ],
    [
      'a range that moves by equal differences',
      () => ['--model', here.model, '--data', here.data, '--range', 'auto', '--spacing', 'linear'],
      /--spacing must be geometric where --range is auto; got "linear"/,
    ],
    [
      'no model',
      () => ['--data', here.data],
      /^lrfind: --model must be given: model of Keras \(\.keras, \.h5, .*TensorFlow\.js \(model\.json\)/,
    ],
    ['no data', () => ['--model', here.model], /^lrfind: --data must be given: table/],
    ['no such model', () => ['--model', here.path('no.json'), '--data', here.data], /no such file: .*no\.json/],
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
    [
      'a list',
      () => ['--model', here.put('x.json', [1]), '--data', here.data],
      /x\.json is not a layers model: it must be an object; got a list/,
    ],
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
      'a damaged Keras HDF5 file',
      () => ['--model', here.put('x.h5', Buffer.from('\x89HDF\r\n', 'latin1')), '--data', here.data],
      /is a damaged HDF5 file/,
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
      /a weight file that .*x\.json names cannot be read: no such file: .*w\.bin/,
    ],
    [
      'a shard of the wrong length',
      () => {
        here.put('w.bin', Buffer.alloc(12));
        return ['--model', here.put('x.json', withWeights(['w.bin'], [2, 8])), '--data', here.data];
      },
      /the weights of .*x\.json need 64 bytes; w\.bin has 12/,
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
    [
      'a directory of files of several formats as table',
      () => ['--model', here.model, '--data', here.path('.')],
      /must lead to files of one format; got .*data\.csv and .*model\.json/,
    ],
    [
      'an empty table',
      () => ['--model', here.model, '--data', here.put('x.csv', '')],
      /x\.csv must hold a header and rows; got an empty file/,
    ],
    ['a header alone', () => ['--model', here.model, '--data', here.put('x.csv', 'a,b,y\n')], /x\.csv/],
    [
      'a ragged row',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,2'))],
      /row 121 \(line 122\) must have 3 fields, as the header has; got 2/,
    ],
    [
      'text in a numeric column',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,blue,0'))],
      /row 121 .*column "b" must be a number; got "blue"/,
    ],
    [
      'a duplicate header',
      () => ['--model', here.model, '--data', here.put('x.csv', table.replace('a,b,y', 'a,a,y'))],
      /the header must name each column once; got "a" in cells 1 and 2/,
    ],
    [
      'negative infinity',
      () => ['--model', here.model, '--data', here.put('x.csv', row('-inf,1,0'))],
      /column "a" must be finite; got "-inf"/,
    ],
    [
      'infinity',
      () => ['--model', here.model, '--data', here.put('x.csv', row('-inf,1,0'))],
      /column "a" must be finite; got "-inf"/,
    ],
    [
      'an unknown target',
      () => ['--model', here.model, '--data', here.data, '--target', 'yy'],
      /no column "yy"; did you mean "y"\?/,
    ],
    [
      'a label outside the classes',
      () => ['--model', here.model, '--data', here.put('x.csv', row('1,1,7'))],
      /row 121 .*must be a class from 0 to 2 .*; got 7/,
    ],
    [
      'too many features',
      () => ['--model', here.model, '--data', here.put('x.csv', 'a,b,c,y\n1,2,3,0\n')],
      /must give 2 features .*; got 3/,
    ],
    [
      'fewer rows than a batch',
      () => ['--model', here.model, '--data', here.data, '--batch-size', 121],
      /batchSize must be at most the 120 rows to train on; got 121/,
    ],
    [
      'an unknown optimizer',
      () => ['--model', here.model, '--data', here.data, '--optimizer', 'adm'],
      /optimizer must be one of sgd, .*; got "adm"; did you mean adam\?/,
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
      /--loss must be one of .*; got "mze"; did you mean mse\?/,
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
      /--backend must be one of auto, tensorflow, wasm, webgpu, cpu; got "cuda"/,
    ],
    [
      'an unknown method',
      () => ['--model', here.model, '--data', here.data, '--suggest', 'best'],
      /suggest must be one of descent, .*; got "best"/,
    ],
    [
      'an unknown flag',
      () => ['--model', here.model, '--data', here.data, '--stepz', 3],
      /unknown option --stepz; did you mean --steps\?/,
    ],
    [
      'an unknown format',
      () => ['--model', here.model, '--data', here.data, '--out', here.path('x.bmp')],
      /--out must end in one of \.png, \.svg, \.json, \.csv; got .*x\.bmp/,
    ],
    [
      'a folder that is not there',
      () => ['--model', here.model, '--data', here.data, '--out', here.path('no/x.png')],
      /there is no folder/,
    ],
    [
      'an output without extension',
      () => ['--model', here.model, '--data', here.data, '--out', `${here.path('.')}.png/..`],
      /--out must end in one of \.png, /,
    ],
    [
      'a directory as output',
      () => ['--model', here.model, '--data', here.data, '--out', here.folder('dir.png')],
      /--out must be a file; got the directory .*dir\.png/,
    ],
    [
      'an output twice',
      () => ['--model', here.model, '--data', here.data, '--out', `${here.path('x.png')},${here.path('x.png')}`],
      /--out must name each file once; got .*x\.png twice/,
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
