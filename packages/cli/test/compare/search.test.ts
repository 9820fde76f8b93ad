import { readFileSync } from 'node:fs';
import { Comparison } from '@lrfind/core/results';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspace } from '../workspace.js';
import { compareCommand } from './compare-command.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const { compare, json } = compareCommand(() => here, 2);
const space = [
  ...['--search', 14, '--lr', '1e-4..1', '--optimizer', 'adamw,sgd', '--schedule', 'constant,one-cycle'],
  ...['--batch-size', '16..48', '--weight-decay', '1e-6..1e-2', '--momentum', 0.9, '--repeats', 1],
];

test('draws trials from ranges and lists, and gives each optimizer the parameters that it has', async () => {
  const comparison = await json(...space);
  expect([...Value.Errors(Comparison, comparison)]).toEqual([]);
  const { search, trials, options } = comparison;
  expect(search?.space).toMatchObject({
    ...{ learningRate: { low: 1e-4, high: 1 }, weightDecay: { low: 1e-6, high: 1e-2 } },
    ...{ schedule: ['constant', 'one-cycle'], batchSize: [16, 32] },
  });
  expect(trials).toHaveLength(14);
  for (const { recipe } of trials)
    expect(recipe.optimizer).toMatchObject(recipe.optimizer.name === 'sgd' ? { momentum: 0.9 } : { beta1: 0.9 });
  expect(options).toMatchObject({ search: 14, lr: ['1e-4..1'], batchSize: ['16..48'], weightDecay: '1e-6..1e-2' });
});

test('shows what was searched, the best ten trials, and the line of code of the best', async () => {
  const { code, stdout } = await compare(...space);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'drawn at random: learning rate 0.0001 to 1 · constant, one-cycle · adamw, sgd · batch 16, 32 · weight decay 0.000001 to 0.01',
  );
  const rows = stdout.split('\n').filter((line) => /^[a-z] {3}/.test(line));
  expect(rows).toHaveLength(10);
  expect(stdout).toContain('and 4 others, in the JSON and CSV');
  const { trials, ranking } = await json(...space);
  const { recipe } = trials.find(({ name }) => name === ranking[0]?.name) ?? {};
  const [line = ''] = stdout.split('\n').filter((text) => text.startsWith('await train('));
  const rate = recipe?.learningRate as string;
  expect(line).toContain(`learningRate: ${rate.includes('(') ? `'${rate}'` : Number(rate)}, epochs: 2, `);
  expect(line).toContain(
    recipe?.optimizer.name === 'sgd'
      ? "optimizer: { name: 'sgd', momentum: 0.9 }"
      : "optimizer: { name: 'adamw', weightDecay: ",
  );
  expect(line.includes('batchSize: 16')).toBe(recipe?.batchSize === 16);
});

test('the command of a stored result makes it again', async () => {
  await compare(...space, '--out', here.path('c.json'));
  const stored = JSON.parse(readFileSync(here.path('c.json'), 'utf8')) as Comparison;
  const { stdout } = await compare('--config', here.path('c.json'), '--json');
  const again = JSON.parse(stdout) as Comparison;
  expect(again.ranking).toEqual(stored.ranking);
  expect(again.search).toEqual(stored.search);
});

test('--sampler tpe draws near what did well, and says so', async () => {
  const { code, stdout } = await compare(...space, '--sampler', 'tpe', '--halving', 'asynchronous', '--epochs', 4);
  expect(code).toBe(0);
  expect(stdout).toContain('drawn near the best (tpe): learning rate 0.0001 to 1');
  expect(stdout).toContain('14 trials');
});

describe('a mistake is one message that names the flag, with exit code 2', () => {
  test.each<[string, (string | number)[], RegExp]>([
    ['one trial', ['--search', 1], /--search must be a whole number at least 2 and at most 100000; got 1$/m],
    [
      'a range of text',
      ['--search', 9, '--lr', '1e-5..x'],
      /--lr must be two numbers with \.\. between them, such as 1e-5\.\.1; got "1e-5\.\.x"$/m,
    ],
    [
      'ends in the wrong order',
      ['--search', 9, '--lr', '1..1e-5'],
      /--lr must go from a number to a higher one, both from 1e-37 to 1e\+37, since .*; got 1 to 0\.00001$/m,
    ],
    ['a range from 0', ['--search', 9, '--lr', '0..1'], /--lr must go from .*, both from 1e-37 .*; got 0 to 1$/m],
    ['a rate of 0', ['--search', 2, '--lr', '0,1'], /--lr must be a range .* or rates above 0 .*; got "0"$/m],
    [
      'batch sizes that are not whole',
      ['--search', 9, '--batch-size', '1.5..8'],
      /--batch-size must go from a number to a higher one, both whole and at least 1; got 1\.5 to 8$/m,
    ],
    [
      'an optimizer that does not exist',
      ['--search', 9, '--optimizer', 'adm'],
      /lrfind: --optimizer must be one of sgd, .*; got "adm"; did you mean adam\?$/m,
    ],
    [
      'a schedule with a rate to be found',
      ['--search', 9, '--schedule', 'cosine(find)'],
      /--schedule must be a schedule without its rate, which the search draws; got "cosine\(find\)"$/m,
    ],
    [
      'a halving that waits for all, where each trial is drawn by the earlier ones',
      ['--search', 12, '--sampler', 'tpe', '--halving'],
      /lrfind: --halving must be asynchronous, or left out, with --sampler tpe, .*; got it without a value$/m,
    ],
    [
      'the same as a word',
      ['--search', 12, '--sampler', 'tpe', '--halving', 'true'],
      /lrfind: --halving must be asynchronous, or left out, with --sampler tpe, /m,
    ],
    [
      'more trials than can be drawn, before any is trained',
      ['--search', 12, '--sampler', 'tpe', '--lr', '0.1,0.2'],
      /--search must be at most the number of configurations that differ, 2; got 12$/m,
    ],
    [
      'a range beside a number',
      ['--search', 9, '--lr', '1e-5..1,0.1'],
      /--lr must be one range, or a list of numbers; got "1e-5\.\.1,0\.1"$/m,
    ],
    [
      'a rate to be found',
      ['--search', 9, '--lr', 'find'],
      /--lr must be a range such as 1e-5\.\.1 or rates above 0 where --search draws the trials; got "find"$/m,
    ],
    [
      'a schedule with its rate',
      ['--search', 9, '--schedule', 'cosine(0.1)'],
      /--schedule must have its parameters by name/,
    ],
    [
      'no power of two',
      ['--search', 9, '--batch-size', '17..31'],
      /--batch-size must hold a power of two, of which batch sizes are drawn; got 17 to 31$/m,
    ],
    [
      'a batch size that is none',
      ['--search', 9, '--batch-size', 'a'],
      /--batch-size must be a whole number at least 1, or with --search a range such as 16\.\.256; got "a"$/m,
    ],
    [
      'an optimizer twice',
      ['--search', 9, '--optimizer', 'adam,adam'],
      /--optimizer must have each value once; got adam twice$/m,
    ],
    [
      'an optimizer that finds its rate',
      ['--search', 9, '--optimizer', 'dog'],
      /--optimizer must be optimizers that need a learning rate; got dog/,
    ],
    [
      'weight decay of none',
      ['--search', 9, '--optimizer', 'sgd', '--weight-decay', '0.1..1'],
      /--weight-decay must be left out, or an optimizer that has weight decay, such as adamw, .*; got sgd$/m,
    ],
    [
      'a parameter of none',
      ['--search', 9, '--optimizer', 'adam', '--momentum', 0.9],
      /--momentum must be a parameter of one of the optimizers; none of them has it/,
    ],
    [
      'a callback',
      ['--search', 9, '--callback', 'early-stopping'],
      /--callback must be left out where --search draws the trials; got "early-stopping"$/m,
    ],
    [
      'more than there are',
      ['--search', 9, '--lr', '0.1,0.2'],
      /--search must be at most the number of configurations that differ, 2; got 9$/m,
    ],
    [
      'a range of rates without a search',
      ['--lr', '1e-5..1'],
      /--lr must be a number at least 0, or find; got "1e-5\.\.1"; lrfind compare --search takes a range$/m,
    ],
    [
      'a range of batch sizes without a search',
      ['--lr', '0.1,1', '--batch-size', '16..32'],
      /--batch-size must be a whole number at least 1, unless --search draws from a range; got "16\.\.32"$/m,
    ],
    [
      'a range of weight decay without a search',
      ['--lr', '0.1,1', '--optimizer', 'adamw', '--weight-decay', '0.1..1'],
      /--weight-decay must be a number, unless --search draws from a range; got "0\.1\.\.1"$/m,
    ],
    [
      'a weight decay that is none',
      ['--lr', '0.1,1', '--optimizer', 'adamw', '--weight-decay', 'a'],
      /--weight-decay must be a number at least 0, or with --search a range such as 1e-6\.\.1e-2; got "a"$/m,
    ],
    [
      'a halving that is none',
      ['--lr', '0.1,1', '--halving', 'late'],
      /--halving must be true, false or asynchronous; got "late"$/m,
    ],
  ])('%s', async (_, argv, message) => {
    const { code, stderr, stdout } = await compare(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('several models', async () => {
    const { code, stderr } = await compare('--model', here.put('other.json', { modelTopology: {} }), '--search', 9);
    expect(code).toBe(2);
    expect(stderr).toContain('--model must name one model where --search draws the trials; got 2');
  });
});
