import { readFileSync } from 'node:fs';
import type { SweepResult } from '@lrfind/core/results';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepOutput } from '../../src/find/formats.js';
import { sweepSummary } from '../../src/find/summary.js';
import { codeLines } from '../../src/shared/code-lines.js';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { workspace } from '../workspace.js';

type Group = NonNullable<SweepResult['groups']>[number];

/** A group with nothing in it but a rate, or the reason that there is none. */
function group(name: string, multiplier: number, rate: number | null, layers = [name]): Group {
  const { suggestion, reason, suggestions, steepest, divergence, minimum, range, diagnosis, sweeps, curve } =
    storedSweep(null, rate);
  const pattern = name === 'others' ? null : name;
  return {
    ...{ name, pattern, multiplier, layers, parameters: 1234, suggestion, reason, suggestions, steepest, divergence },
    ...{ minimum, range, diagnosis, sweeps, curve },
  };
}

/** A search with the rate 0.02. */
const withGroups = (...groups: Group[]): SweepResult => ({ ...storedSweep(null, 0.02), groups });

describe('the summary', () => {
  test('has a row for each group, and the flags to try where a curve asks for another multiplier', () => {
    const names = Array.from({ length: 50 }, (_, i) => `conv_${i}`);
    const summary = sweepSummary(
      withGroups(group('conv*', 0.5, 0.0031415, names), group('head', 1, null), group('others', 1, 0.05)),
    );
    const from = summary.split('\n').findIndex((line) => line.startsWith('group '));
    const lines = summary.split('\n').slice(from, from + 5);
    expect(lines.map((line) => line.split(/ {3,}/))).toEqual([
      ['group', 'layers', 'parameters', 'multiplier', 'ratio to the base', 'suggested rate'],
      [
        'conv*',
        'conv_0, conv_1, conv_2 and 47 more',
        '1,234',
        '0.5',
        '0.16',
        '0.00314 (between 0.00157 and 0.00628; sure)',
      ],
      ['head', 'head', '1,234', '1', 'none: too noisy'],
      ['others', 'others', '1,234', '1', '2.5', '0.05 (between 0.025 and 0.1; sure)'],
      ['the curves ask for other multipliers; try --group "conv*:0.16" --group "head:1"'],
    ]);
  });

  test('has no flags where the given multipliers fit, and no table without groups', () => {
    expect(sweepSummary(withGroups(group('base*', 0.1, 0.003)))).not.toContain('--group');
    expect(sweepSummary(storedSweep(null, 0.02))).not.toContain('ratio to the base');
  });
});

describe('the line of code', () => {
  const lines = (optimizer: object, loss = 'meanSquaredError', ...groups: Group[]) => {
    const result = withGroups(group('base*', 0.1, 0.003), ...groups, group('others', 1, 1));
    return codeLines({ ...result, setup: { ...result.setup, loss, optimizer: optimizer as { name: string } } });
  };
  const adam = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false };
  /** The options that a line gives to `train`. */
  const given = (line: string) =>
    new Function(`return (${/^await train\(model, \{ xs, ys \}, (.*)\);$/.exec(line)?.[1]})`)();

  test('is a call of train with the groups', () => {
    expect(lines(adam)).toBe(
      "await train(model, { xs, ys }, { learningRate: 0.02, groups: { 'base*': 0.1 }, optimizer: 'adam', loss: 'meanSquaredError' });",
    );
  });

  test('has the parameters, losses and weights that are not the defaults', () => {
    expect(given(lines({ ...adam, beta1: 0.8, clipnorm: 1 }, '0.5·meanSquaredError, 2·binaryCrossentropy'))).toEqual({
      learningRate: 0.02,
      groups: { 'base*': 0.1 },
      optimizer: { name: 'adam', beta1: 0.8, clipnorm: 1 },
      loss: ['meanSquaredError', 'binaryCrossentropy'],
      lossWeights: [0.5, 2],
    });
  });

  test('leaves out a loss of the caller’s own', () => {
    expect(given(lines(adam, 'custom')).loss).toBeUndefined();
  });

  test('writes any pattern as JavaScript reads it', () => {
    const patterns = ["it's", 'a"b', 'c\\d', '`e`', '\n*', 'plain', '9'];
    const { groups } = given(lines(adam, 'huber', ...patterns.map((pattern) => group(pattern, 2, 1))));
    expect(groups).toEqual({ 'base*': 0.1, ...Object.fromEntries(patterns.map((pattern) => [pattern, 2])) });
  });
});

test('the table has the curve of all layers, then those of the groups by name', () => {
  const point = (rate: number) => ({ rate, median: 1, low: 1, high: 1, smoothed: 1, slope: 0 });
  const sweep = (losses: number[]) => ({
    seed: 7,
    stopped: 'end' as const,
    points: losses.map((loss, step) => ({ step, rate: 1, loss })),
  });
  const own = { curve: [point(1), point(2)], sweeps: [sweep([3, 4])] };
  const result = { ...withGroups({ ...group('a,b', 2, 1), ...own }), ...own };
  expect([...sweepOutput.csv(result)].join('').trimEnd().split(/\r?\n/)).toEqual([
    'group,rate,median,low,high,smoothed,slope,seed 7',
    ...[',1,1,1,1,1,0,3', ',2,1,1,1,1,0,4', '"a,b",1,1,1,1,1,0,3', '"a,b",2,1,1,1,1,0,4'],
  ]);
});

describe('the command', () => {
  let here: ReturnType<typeof workspace>;
  beforeAll(() => {
    here = workspace();
  });
  afterAll(() => here.remove());

  test('stores the sweeps of each group, and prints them again from the file', async () => {
    const files = ['-m', here.model, '-d', here.data, '--optimizer', 'sgd'];
    const sweep = ['--steps', '40', '--repeats', '2', '--group', '*relu:0.01'];
    const out = here.path('sweep.json');
    const { code, stdout } = await lrfind('find', ...files, ...sweep, '-o', out);
    expect(code).toBe(0);
    const result: SweepResult = JSON.parse(readFileSync(out, 'utf8'));
    expect(
      result.groups?.map(({ name, multiplier, layers, parameters, sweeps }) => [
        name,
        multiplier,
        layers,
        parameters,
        sweeps.length,
      ]),
    ).toEqual([
      ['*relu', 0.01, ['dense_8_relu'], 24, 2],
      ['others', 1, ['dense_3_softmax'], 27, 2],
    ]);
    expect(stdout).toBe(sweepSummary(result));
    expect(stdout).toMatch(/^\*relu +dense_8_relu +24 +0\.01 /m);
  });

  test('refuses more groups than a picture has room for, before any work', async () => {
    const groups = Array.from({ length: 12 }, (_, i) => ['--group', `g${i}:2`]).flat();
    const { code, stderr } = await lrfind(
      'find',
      '-m',
      here.model,
      '-d',
      here.data,
      ...groups,
      '-o',
      here.path('a.png'),
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('a picture has room for at most 12 groups of layers; got 13'),
    ]);
  });
});
