import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Result } from '@lrfind/core/results';
import { suggestionMethods } from '@lrfind/core/sweep';
import { expect, test } from 'vitest';
import { outputOf } from '../../src/results.js';
import { reproduce } from '../../src/shared/reproduce.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

/** The command line of a result. */
const commandOf = ({ format, options }: Pick<Result, 'format' | 'options'>) => reproduce(outputOf({ format }), options);

/** The words of a command line as a shell splits it. */
function words(command: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

test('a sweep: files, then what differs from the defaults', () => {
  const options = {
    ...{ batchSize: 128, validationSplit: 0, startLr: 1e-6, endLr: 100, steps: 150, repeats: 5, seed: 0 },
    ...{ initialWeights: 'drawn', suggest: suggestionMethods.map(({ name }) => name) },
    ...{ model: 'model.json', data: 'data.csv', ignore: [], missing: 'mean', backend: 'auto' },
    verify: true,
  };
  expect(commandOf({ format: 'lrfind-sweep', options })).toBe(
    'lrfind --model model.json --data data.csv --start-lr 0.000001 --batch-size 128',
  );
  expect(commandOf({ format: 'lrfind-sweep', options: { ...options, suggest: ['valley', 'slide'] } })).toMatch(
    / --suggest valley,slide$/,
  );
  expect(commandOf({ format: 'lrfind-sweep', options: { ...options, verify: false } })).toMatch(/ --no-verify$/);
  expect(commandOf({ format: 'lrfind-sweep', options: { ...options, verify: 3000 } })).toMatch(/ --verify 3000$/);
  // Before there was a choice, answers were not tried.
  expect(commandOf({ format: 'lrfind-sweep', options: { ...options, verify: undefined } })).toMatch(/ --no-verify$/);
});

test('a result that a program made has no command', () => {
  expect(commandOf({ format: 'lrfind-training', options: { epochs: 3, learningRate: '0.1' } })).toBeUndefined();
});

test('names that a shell would misread are quoted', () => {
  const model = 'it\'s $HOME; `x` "y"/model.json';
  const options = { model, data: '', target: ['a b', '-c', '*'], ignore: ['\n'], verify: true };
  const command = commandOf({ format: 'lrfind-sweep', options }) as string;
  expect(words(command)).toEqual([
    ...['lrfind', '--model', model, '--data', '', '--target', 'a b,-c,*', '--ignore', '\n'],
  ]);
});

test('values that a list or a flag would misread are escaped, or given one by one', () => {
  const base = { model: 'm.json', data: 'd.csv', verify: true };
  const flagged = (options: object) =>
    words(commandOf({ format: 'lrfind-sweep', options: { ...base, ...options } }) as string).slice(5);
  expect(flagged({ target: ['a,b', 'c'] })).toEqual(['--target', 'a\\,b,c']);
  expect(flagged({ target: ['a\\', 'b'] })).toEqual(['--target', 'a\\', '--target', 'b']);
  expect(flagged({ target: [' a', 'b'] })).toEqual(['--target', ' a', '--target', 'b']);
  expect(flagged({ target: ['-c', 'd'] })).toEqual(['--target=-c,d']);
  expect(flagged({ target: [] })).toEqual([]);
  expect(flagged({ loss: '-x' })).toEqual(['--loss=-x']);
});

test('lists of schedules, callbacks, rates and batch sizes are each one text', () => {
  const files = { model: ['a.json', 'b.json'], data: 'd.csv' };
  const lists = {
    lr: ['find', '0.1'],
    schedule: ['cosine(0.1, steps=9)', 'piecewise-constant([0.1, 0.01], at=3)'],
    batchSize: [16, 48],
  };
  expect(words(commandOf({ format: 'lrfind-comparison', options: { ...files, ...lists } }) as string)).toEqual([
    ...['lrfind', 'compare', '--model', 'a.json,b.json', '--data', 'd.csv', '--lr', 'find,0.1'],
    ...['--schedule', 'cosine(0.1, steps=9),piecewise-constant([0.1, 0.01], at=3)', '--batch-size', '16,48'],
  ]);
  const callback = ['reduce-lr-on-plateau(factor=0.5, patience=3)', 'terminate-on-nan'];
  expect(
    words(commandOf({ format: 'lrfind-training', options: { model: 'm.json', data: 'd.csv', callback } }) as string),
  ).toEqual([...['lrfind', 'train', '--model', 'm.json', '--data', 'd.csv', '--callback', callback.join(',')]]);
});

const common = ['--backend', 'wasm', '--scale', 'minmax', '--missing', 'drop', '--seed', '3', '--no-progress'];
const kinds: [command: string, argv: string[]][] = [
  [
    'find',
    ['--steps', '40', '--repeats', '2', '--optimizer', 'sgd', '--momentum', '0.5', '--nesterov', '--start-lr', '1e-5'],
  ],
  ['find', ['--steps', '40', '--repeats', '1', '--target', 'y', '--ignore', 'b', '--suggest', 'valley, steep']],
  ['train', ['--epochs', '2', '--schedule', 'cosine(0.1, steps=8)', '--callback', 'early-stopping(patience=5)']],
  [
    'train',
    ['--epochs', '2', '--lr', '0.1', '--callback', 'reduce-lr-on-plateau(patience=1), early-stopping(patience=5)'],
  ],
  ['find', ['--steps', '20', '--repeats', '1', '--group', 'dense_8*:0.1', '--group', '*softmax:3']],
  ['train', ['--epochs', '1', '--lr', '0.1', '--group', 'dense_8*:0.1']],
  ['compare', ['--steps', '4', '--repeats', '1', '--lr', '0.1,0.01', '--group', 'dense_8*:0.1,*softmax:3']],
  ['train', ['--epochs', '1', '--lr', '0.1', '--metrics', 'accuracy', '--validation-split', '0.25', '--test']],
  ['compare', ['--steps', '6', '--repeats', '1', '--lr', '0.1,0.01', '--optimizer', 'adam,sgd', '--halving']],
  [
    'compare',
    [
      '--steps',
      '4',
      '--repeats',
      '1',
      '--schedule',
      'cosine(0.1, steps=4), 0.1',
      '--lr',
      'find',
      '--batch-size',
      '16,48',
    ],
  ],
];

test.each(kinds)('the command of lrfind %s %j gives the same result', async (command, argv) => {
  const here = workspace();
  try {
    const made = async (args: readonly string[], out: string) => {
      const { code, stderr } = await lrfind(...args, '--out', here.path(out));
      expect([code, stderr]).toEqual([0, expect.stringContaining('wrote')]);
      return JSON.parse(readFileSync(here.path(out), 'utf8'));
    };
    // The smaller model for a table with one column less.
    const own = argv.includes('--ignore') ? narrow : null;
    const model = own ? here.put('narrow.json', own) : here.model;
    const given = argv.at(-1) === '--test' ? [...argv, here.data] : argv;
    const first = await made([command, '--model', model, '--data', here.data, ...common, ...given], 'first.json');
    const [program, ...again] = words(commandOf(first) as string);
    expect(program).toBe('lrfind');
    expect(again).toEqual(expect.arrayContaining(['--scale', 'minmax', '--missing', 'drop']));
    const second = await made([...again, '--no-progress'], 'second.json');
    const { environment: _, ...rest } = second;
    expect(timeless(rest)).toEqual(timeless({ ...first, environment: undefined }));
  } finally {
    here.remove();
  }
});

const narrow = {
  modelTopology: {
    class_name: 'Sequential',
    config: {
      name: 'narrow',
      layers: [
        { class_name: 'Dense', config: { units: 3, activation: 'softmax', name: 'out', batch_input_shape: [null, 1] } },
      ],
    },
  },
};

/** A result without times. */
function timeless(result: object): unknown {
  return JSON.parse(JSON.stringify(result, (name, value) => (name === 'seconds' ? undefined : value)));
}
