import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suggestionMethods } from '@lrfind/core/sweep';
import { expect, test } from 'vitest';
import { reproduce } from '../src/shared/reproduce.js';
import { lrfind } from './command.js';
import { workspace } from './workspace.js';

/** The words of a command line as a shell takes them apart. */
function words(command: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

test('a sweep: files, then what differs from the defaults', () => {
  const options = {
    ...{ batchSize: 128, validationSplit: 0, startLr: 1e-6, endLr: 100, steps: 150, seeds: 5, seed: 0 },
    ...{ initialWeights: 'drawn', suggest: suggestionMethods.map(({ name }) => name) },
    ...{ model: 'model.json', data: 'data.csv', ignore: [], missing: 'mean', backend: 'auto' },
  };
  expect(reproduce({ format: 'lrfind-run', options })).toBe(
    'lrfind --model model.json --data data.csv --start-lr 0.000001 --batch-size 128',
  );
  expect(reproduce({ format: 'lrfind-run', options: { ...options, suggest: ['valley', 'slide'] } })).toMatch(
    / --suggest valley,slide$/,
  );
});

test('a result that a program has made has no command', () => {
  expect(reproduce({ format: 'lrfind-training', options: { epochs: 3, learningRate: '0.1' } })).toBeUndefined();
});

test('names that a shell would misread come out as they were', () => {
  const model = 'it\'s $HOME; `x` "y"/model.json';
  const options = { model, data: '', target: ['a b', '-c', '*'], ignore: ['\n'] };
  const command = reproduce({ format: 'lrfind-run', options }) as string;
  expect(words(command)).toEqual([
    ...['lrfind', '--model', model, '--data', '', '--target=a b', '--target=-c', '--target=*', '--ignore', '\n'],
  ]);
});

const common = ['--backend', 'wasm', '--scale', 'minmax', '--missing', 'drop', '--seed', '3', '--no-progress'];
const kinds: [command: string, argv: string[]][] = [
  [
    'find',
    ['--steps', '40', '--seeds', '2', '--optimizer', 'sgd', '--momentum', '0.5', '--nesterov', '--start-lr', '1e-5'],
  ],
  ['find', ['--steps', '40', '--seeds', '1', '--target', 'y', '--ignore', 'b', '--suggest', 'valley, steepest']],
  ['train', ['--epochs', '2', '--schedule', 'cosine(0.1, steps=8)', '--callback', 'early-stopping(patience=5)']],
  ['train', ['--epochs', '1', '--lr', '0.1', '--metrics', 'accuracy', '--validation-split', '0.25', '--test']],
  ['compare', ['--steps', '6', '--seeds', '1', '--lr', '0.1,0.01', '--optimizer', 'adam', 'sgd', '--halving']],
];

test.each(kinds)('the command of lrfind %s %j does the same again', async (command, argv) => {
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
    const [program, ...again] = words(reproduce(first) as string);
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

/** A result without what the clock said. */
function timeless(result: object): unknown {
  return JSON.parse(JSON.stringify(result, (name, value) => (name === 'seconds' ? undefined : value)));
}
