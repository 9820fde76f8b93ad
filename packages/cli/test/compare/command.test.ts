import { readFileSync } from 'node:fs';
import { Comparison } from '@lrfind/core/results';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { classifier, table, workspace } from '../workspace.js';
import { compareCommand } from './compare-command.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const { compare, json } = compareCommand(() => here, 2);

describe('lrfind compare', () => {
  test('prints the ranking with spread and noise, and what it shows', async () => {
    const { code, stdout, stderr } = await compare('--lr', '0.1,0.01,0.00001');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/3 trials · 3 seeds · 96 rows, 24 for validation · sparseCategoricalCrossentropy · wasm/);
    const rows = stdout.split('\n').filter((line) => /^[a-c] {3}/.test(line));
    expect(rows.map((row) => row.split(/ {3,}/)[1])).toEqual(['lr 0.1', 'lr 0.01', 'lr 0.00001']);
    expect(rows[0]).toMatch(/^a +lr 0\.1 +[\d.]+ ± [\d.]+ +[\d.]+ +the best$/);
    expect(rows[2]).toMatch(/\+[\d.]+ \(\+[\d.]+ to \+[\d.]+\), more than the noise$/);
    expect(stdout).toMatch(/^lr 0\.1 ended with the lowest loss on the validation rows\.$/m);
    // The chart has a letter for each.
    for (const letter of 'abc') expect(stdout).toMatch(new RegExp(`[┤│].*${letter}`));
    expect(here.files()).not.toContain('trials.journal');
  });

  test('--json prints the whole comparison, which follows its schema', async () => {
    const comparison = await json('--lr', 0.01, '--schedule', 'cosine(0.1, steps=6)', '--repeats', 1);
    expect([...Value.Errors(Comparison, comparison)]).toEqual([]);
    expect(comparison.trials.map(({ name }) => name)).toEqual(['lr 0.01', 'cosine(0.1, steps=6)']);
    expect(comparison.ranking[1]?.behind?.verdict).toBe('unknown');
  });

  test('compares tuned optimizers with those that find their own rates, in one command', async () => {
    const { code, stdout } = await compare('--optimizer', 'adam,schedule-free-adamw,prodigy', '--lr', 'find');
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => /^[a-c] {3}/.test(line));
    const rates = Object.fromEntries(rows.map((row) => row.split(/ {3,}/).slice(1, 3)));
    expect(Object.keys(rates).sort()).toEqual(['adam', 'prodigy', 'schedule-free-adamw']);
    expect(rates.prodigy).toBe('1 × its own');
    for (const name of ['adam', 'schedule-free-adamw']) expect(rates[name]).toMatch(/^[\d.e-]+ \(suggested, \w+\)$/);
    expect(stdout).toContain(
      'note: prodigy finds its own rate: no search, and the learning rate, its multiplier, is 1',
    );
  });

  test('trains every combination of models, optimizers, batch sizes and rates', async () => {
    const other = here.put('other.json', {
      modelTopology: { ...classifier, config: { ...classifier.config, name: 'other' } },
    });
    const argv = [
      '--optimizer',
      'sgd,adam',
      '--batch-size',
      '16,48',
      '--lr',
      '0.1,0.01',
      '--repeats',
      1,
      '--epochs',
      1,
    ];
    const { trials } = await json('--model', other, ...argv, '--momentum', 0.9);
    expect(trials).toHaveLength(2 * 2 * 2 * 2);
    expect(trials[0]?.name).toBe('classifier, sgd momentum=0.9, lr 0.1, batch 16');
    expect(trials.at(-1)?.name).toBe('other, adam, lr 0.01, batch 48');
    // 96 rows are 6 batches of 16, and 2 of 48.
    expect(trials.map(({ trainings }) => trainings[0]?.evaluations.at(-1)?.step).slice(0, 4)).toEqual([6, 6, 2, 2]);
    // A parameter goes to those optimizers that have it.
    expect(trials.at(-1)?.recipe.optimizer).not.toHaveProperty('momentum');
  });

  test('searches for a rate for each optimizer where none is given', async () => {
    const { trials } = await json('--optimizer', 'sgd,adam', '--repeats', 1, '--epochs', 1);
    expect(trials.map(({ name }) => name)).toEqual(['sgd', 'adam']);
    for (const { recipe } of trials)
      expect(Number(recipe.learningRate)).toBe(Number(recipe.suggestion?.learningRate.toPrecision(3)));
    expect(trials[0]?.recipe.learningRate).not.toBe(trials[1]?.recipe.learningRate);
  });

  test('--steps counts steps in place of epochs; --quiet names the best', async () => {
    const { trials } = await json('--lr', '0.1,0.00001', '--steps', 10, '--repeats', 1);
    expect(trials[0]?.trainings[0]?.evaluations.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await compare('--lr', '0.1,0.00001', '--quiet')).stdout).toBe('lr 0.1\n');
  });

  test('--out writes JSON and a table with a row for each trial, seed and evaluation', async () => {
    const argv = ['--lr', '0.1,0.01', '--repeats', 2, '--out', `${here.path('c.json')},${here.path('c.csv')}`];
    const { stderr } = await compare(...argv);
    expect(stderr).toBe(`wrote ${here.path('c.json')}\nwrote ${here.path('c.csv')}\n`);
    const [header, ...rows] = readFileSync(here.path('c.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('trial,seed,epoch,step,rate,loss,accuracy,val_loss,val_accuracy');
    expect(rows).toHaveLength(2 * 2 * 2);
    const { options } = JSON.parse(readFileSync(here.path('c.json'), 'utf8')) as Comparison;
    expect(options).toMatchObject({ model: [here.model], lr: ['0.1', '0.01'], repeats: 2, epochs: 2 });
  });
});

describe('a mistake is one message, exit code 2, and nothing is written', () => {
  const cosine = 'cosine(0.1, steps=6)';
  test.each<[string, (string | number)[], RegExp]>([
    ['one trial', ['--lr', 0.1], /compare needs at least two trials; got one: give several rates \(--lr 0\.1,0\.01\)/],
    ['the same rate twice', ['--lr', '0.1,1e-1'], /two trials are called "lr 0\.1"/],
    ['a rate that is none', ['--lr', '0.1,,0.01'], /--lr must be a number at least 0, or find; got ""/],
    ['a schedule that is none', ['--lr', 0.1, '--schedule', 'cosine(0.1'], /--schedule: .*the text ends/],
    [
      'an unknown optimizer',
      ['--lr', 0.1, '--optimizer', 'adam,adm'],
      /optimizer must be one of sgd, .*; got "adm"; did you mean adam\?/,
    ],
    [
      'a parameter of none',
      ['--lr', '0.1,1', '--optimizer', 'adam', '--momentum', 0.9],
      /--momentum must be a parameter of one of the optimizers; none of them has it/,
    ],
    [
      'half a batch',
      ['--lr', 0.1, '--batch-size', '16,1.5'],
      /--batch-size must be a whole number at least 1, or with --search a range such as 16\.\.256; got 1\.5/,
    ],
    [
      'no validation rows',
      ['--lr', '0.1,1', '--validation-split', 0],
      /validationSplit must be above 0 without validation rows, because trials are ranked by their loss on validation rows; got 0/,
    ],
    [
      'both lengths',
      ['--lr', '0.1,1', '--steps', 10, '--epochs', 1],
      /--epochs must be left out where --steps is given; got 1/,
    ],
    [
      'seeds that round to one another',
      ['--lr', '0.1,1', '--seed', 2 ** 53 - 1, '--repeats', 2],
      /--seed must be at most 9007199254740990 for 2 repeats; got 9007199254740991/,
    ],
    ['no repeats', ['--lr', '0.1,1', '--repeats', 0], /--repeats must be a whole number at least 1/],
    [
      'one epoch to halve by',
      ['--lr', '0.1,1,0.2,0.3,0.4', '--halving', '--epochs', 1],
      /halving needs at least 2 evaluations of each training, to drop trials before the last; got 1/,
    ],
    [
      'a logarithmic axis from 0',
      ['--lr', '0.1,1', '--out', 'c.png', '--y', '0,3', '--log-loss'],
      /--y must be two rising numbers above 0; got \[0,3\]/,
    ],
    [
      'an output of no format',
      ['--lr', '0.1,1', '--out', 'c.txt'],
      /--out must end in one of \.png, \.svg, \.json, \.csv; got c\.txt/,
    ],
    ['a model that is missing', ['--lr', '0.1,1', '--model', 'none.json'], /no such file: none\.json/],
    ['a missing table', ['--lr', 0.1, '--schedule', cosine, '--data', 'none.csv'], /none\.csv/],
  ])('%s', async (_, argv, message) => {
    const before = here.files();
    const { code, stdout, stderr } = await compare(...argv);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(here.files()).toEqual(before);
  });

  test('models with and without weights cannot be compared', async () => {
    await lrfind(
      ...['train', '--model', here.model, '--data', here.data, '--backend', 'wasm', '--lr', 0.1, '--epochs', 1],
      ...['--save', here.path('trained'), '--quiet'],
    );
    const { code, stderr } = await compare('--lr', '0.1,1', '--model', here.path('trained/model.json'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--model must name models that all have weights, or all have none; got both/);
  });
});

test('a table for validation is the same for all trials', async () => {
  here.put('val.csv', table);
  const { setup } = await json('--lr', '0.1,0.01', '--repeats', 1, '--validation', here.path('val.csv'));
  expect(setup).toMatchObject({ rows: 120, validationRows: 120 });
});
