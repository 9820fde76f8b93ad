import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

const dense = (name: string, units: number, activation: string, extra: object = {}) => ({
  class_name: 'Dense',
  config: { name, units, activation, ...extra },
});

/** A base within a model, and a head. */
const topology = {
  class_name: 'Sequential',
  config: {
    name: 'tuned',
    layers: [
      {
        class_name: 'Sequential',
        config: {
          name: 'base',
          layers: [dense('first', 6, 'tanh', { batch_input_shape: [null, 2] }), dense('second', 4, 'tanh')],
        },
      },
      dense('head', 3, 'softmax'),
    ],
  },
};

let here: ReturnType<typeof workspace>;
let model: string;
beforeAll(() => {
  here = workspace();
  model = here.put('tuned.json', { modelTopology: topology });
});
afterAll(() => here.remove());

const files = () => ['-m', model, '-d', here.data, '--backend', 'wasm'];
const commands: [command: string, argv: string[]][] = [
  ['find', ['--steps', '30', '--repeats', '1']],
  ['train', ['--lr', '0.01', '--epochs', '1']],
  ['compare', ['--lr', '0.01,0.1', '--epochs', '1', '--repeats', '1']],
];

describe.each(commands)('lrfind %s', (command, argv) => {
  const run = (...more: string[]) => lrfind(command, ...files(), ...argv, ...more);

  test('takes groups one by one or in a list, and records them', async () => {
    const out = here.path(`${command}.json`);
    for (const given of [
      ['--group', 'base*:0.1', '--group', 'head:3'],
      ['--group', ' base*:0.1, head : 3'],
    ]) {
      const { code, stderr, stdout } = await run(...given, '-o', out);
      expect([code, stderr]).toEqual([0, `wrote ${out}\n`]);
      expect(stdout).toContain(
        'learning rate by 2 groups: base* × 0.1 (base; 46 parameters), head × 3 (head; 15 parameters)',
      );
      expect(JSON.parse(readFileSync(out, 'utf8')).options.groups).toEqual({ 'base*': 0.1, head: 3 });
    }
  });

  test.each<[string[], string]>([
    [['base*'], '--group must be pattern:number; got "base*"'],
    [['base*:'], '--group must be pattern:number; got "base*:"'],
    [[':0.1'], '--group must be pattern:number; got ":0.1"'],
    [['base*:a tenth'], '--group must be pattern:number; got "base*:a tenth"'],
    [[''], '--group must be pattern:number; got ""'],
    [['base*:0.1', 'base*:0.2'], '--group must have each name once; got "base*" twice'],
    [
      ['base*:0'],
      'the multiplier of group "base*" must be above 0; got 0: to keep layers as they are, set their trainable to false',
    ],
    [['base*:-0.1'], 'the multiplier of group "base*" must be a finite number above 0; got -0.1'],
    [['base*:Infinity'], 'the multiplier of group "base*" must be a finite number above 0; got Infinity'],
    [['base*:1e999'], 'the multiplier of group "base*" must be a finite number above 0; got Infinity'],
    [
      ['hed:0.1'],
      'model "tuned": group "hed" must match a layer with trainable weights; there are "base", "head", "first" and "second"; did you mean head?',
    ],
    [['base:0.1', 'first:0.2'], 'model "tuned": layer "first" must be in one group; got "base:0.1" and "first:0.2"'],
  ])('refuses %j', async (groups, message) => {
    const out = here.path('refused.json');
    const { code, stdout, stderr } = await run(...groups.flatMap((group) => ['--group', group]), '-o', out);
    expect([code, stdout, stderr.trim()]).toEqual([2, '', expect.stringContaining(message)]);
    expect(here.files()).not.toContain('refused.json');
  });
});

test('--groups is answered with --group', async () => {
  const { code, stderr } = await lrfind('train', ...files(), '--groups', 'base*:0.1');
  expect([code, stderr]).toEqual([2, expect.stringContaining('--group')]);
});

test('a checkpoint is resumed with its groups only', async () => {
  const checkpoint = ['--checkpoint', here.path('checkpoint')];
  const at = (epochs: string, group: string, ...more: string[]) =>
    lrfind('train', ...files(), '--lr', '0.01', '--epochs', epochs, '--group', group, ...checkpoint, ...more);
  expect((await at('1', 'base*:0.1')).code).toBe(0);
  const other = await at('2', 'base*:0.2', '--resume');
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/groups\/base\*|groups/)]);
  expect((await at('2', 'base*:0.1', '--resume')).code).toBe(0);
});
