import { readFileSync } from 'node:fs';
import { resolveSchedule } from '@lrfind/core/schedules';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const schedule = (...argv: (string | number)[]) => lrfind('schedule', ...argv);
const text = (name: string) => readFileSync(here.path(name), 'utf8');
const cosine = 'cosine(0.1, steps=1000, warmup=100)';

test('a text alone is enough: chart and table on stdout, on stderr how many steps and why', async () => {
  const { code, stdout, stderr } = await schedule(cosine);
  expect(code).toBe(0);
  // A twentieth more than 1100 steps.
  expect(stderr).toBe(
    'showing 1,155 steps, because the last schedule ends at step 1,100; --steps shows another number\n',
  );
  expect(stdout).toMatch(/0\.10┤ +┏━+┓/);
  const [header = '', row = ''] = stdout.trimEnd().split('\n').slice(-2);
  expect(header.split(/ {2,}/)).toEqual([
    'step 0',
    'highest',
    'step 200',
    'step 400',
    'step 600',
    'step 800',
    'step 1,000',
    'step 1,154',
    'schedule',
  ]);
  // 0.05 · (1 + cos(π (t − 100) / 1000)) from step 100 on.
  expect(row.split(/ {2,}/)).toEqual(['0', '0.1 at 100', '0.0976', '0.0794', '0.05', '0.0206', '0.00245', '0', cosine]);
});

test('several have a letter each in chart and table; momentum has a column where one moves it', async () => {
  const { stdout } = await schedule(cosine, 'one-cycle(0.1, steps=1000)', 0.02, '--steps', 1000);
  expect(stdout).toMatch(/a+/);
  const [header = '', ...rows] = stdout.trimEnd().split('\n').slice(-4);
  expect(header.trim().split(/ {2,}/).slice(-2)).toEqual(['momentum', 'schedule']);
  expect(rows.map((row) => row[0])).toEqual(['a', 'b', 'c']);
  expect(rows[1]).toMatch(/^b {3}0\.004 .* 0\.85 to 0\.95 {3}one-cycle\(0\.1, steps=1000\)$/);
  expect(rows[2]).toMatch(/^c {3}0\.02 +0\.02 at 0 .*constant\(0\.02\)$/);
  const chart = stdout.split('\n').filter((line) => line.includes('┤') || line.includes('│'));
  expect(
    chart
      .join('')
      .replace(/[^abc]/g, '')
      .replace(/(.)\1+/g, '$1'),
  ).toMatch(/a.*b.*c/);
  expect(chart.find((line) => line.includes('cccccccccc'))).toBeDefined();
});

test('--quiet prints the table alone and says nothing on stderr', async () => {
  const { stdout, stderr } = await schedule(cosine, '--quiet', '--out', here.path('x.csv'));
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
});

test('--log has powers of ten at the side', async () => {
  const { stdout } = await schedule('exponential(0.1, steps=100, factor=0.1)', '--steps', 401, '--log');
  // One row in nine for each of four powers of ten; the line falls straight.
  for (const label of ['0.1', '0.01', '0.001', '1e-4', '1e-5']) expect(stdout).toContain(`${label}┤`);
  // One step in a thousand has a rate above 0, and none of the columns.
  const spike = 'product(join(0, 0.1, 0, at=[5, 6]), 1)';
  expect((await schedule(spike, '--steps', 1000, '--log')).stdout).toMatch(/^\nstep 0/);
});

test('--json prints every rate and the config of each schedule; --out writes the same', async () => {
  const argv = ['piecewise-constant([0.1, 0.01], at=3)', 'cyclical(0, 1, up=2)', '--steps', 6] as const;
  const { stdout } = await schedule(...argv, '--json', '--out', here.path('s.json'));
  expect(text('s.json')).toBe(stdout);
  const { schedules, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ format: 'lrfind-schedules', version: 1, steps: 6 });
  expect(schedules[0]).toMatchObject({
    name: 'piecewise-constant([0.1, 0.01], at=3)',
    rates: [0.1, 0.1, 0.1, 0.1, 0.01, 0.01],
  });
  expect(schedules[0]).not.toHaveProperty('momenta');
  expect(schedules[1].rates).toEqual([0, 0.5, 1, 0.5, 0, 0.5]);
  expect(schedules[1].momenta).toEqual(
    [0.9, 0.8 + 0.05, 0.8, 0.8 + 0.05, 0.9, 0.8 + 0.05].map((m) => expect.closeTo(m, 12)),
  );
  expect([0, 4].map(resolveSchedule(schedules[0].config))).toEqual([0.1, 0.01]);
});

test('--out writes every format, and nothing else stays in the folder', async () => {
  const names = ['s.csv', 's.json', 's.png', 's.svg'];
  const { code, stderr } = await schedule(
    'polynomial(1, steps=4, end=0)',
    'cyclical(0, 1, up=2)',
    '--steps',
    4,
    '--out',
    `${here.path('s.png')},${here.path('s.svg')}`,
    '-o',
    `${here.path('s.json')},${here.path('s.csv')}`,
  );
  expect(code).toBe(0);
  expect(stderr.split('\n').filter(Boolean)).toHaveLength(4);
  expect(here.files()).toEqual(['data.csv', 'model.json', ...names]);
  expect(readFileSync(here.path('s.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(text('s.svg')).toMatch(/^<svg [\s\S]*learning rate[\s\S]*momentum/);
  const [header, ...rows] = text('s.csv').trimEnd().split('\n');
  expect(header).toBe(
    'step,"polynomial(1, steps=4, end=0)","cyclical(0, high=1, up=2)","momentum of cyclical(0, high=1, up=2)"',
  );
  expect(rows.map((row) => row.split(',').slice(0, 3).map(Number))).toEqual([
    [0, 1, 0],
    [1, 0.75, 0.5],
    [2, 0.5, 1],
    [3, 0.25, 0.5],
  ]);
});

test('--dark, --log, --width and --height change the picture', async () => {
  const drawn = async (...more: (string | number)[]) => {
    await schedule(cosine, '--out', here.path('s.svg'), '--quiet', ...more);
    return text('s.svg');
  };
  const plain = await drawn();
  expect(plain).toMatch(/ width="800" height="520"/);
  expect(await drawn()).toBe(plain);
  expect(await drawn('--dark')).not.toBe(plain);
  expect(await drawn('--log')).toContain('learning rate (log scale)');
  expect(await drawn('--width', 600, '--height', 400)).toMatch(/ width="600" height="400"/);
});

describe('how many steps are shown', () => {
  test.each<[string, string[], string]>([
    [
      'a twentieth more than the longest that ends',
      ['cosine(0.1, steps=100)', 'cosine(0.1, steps=60)'],
      '105 steps, because the last schedule ends at step 100',
    ],
    [
      'at least the step after the end',
      ['polynomial(0.1, steps=3, end=0)'],
      '5 steps, because the last schedule ends at step 3',
    ],
    [
      'four cycles of a schedule without end',
      ['cyclical(0.01, 0.1, up=30)', '0.1'],
      '240 steps, because cyclical(0.01, high=0.1, up=30) has no end',
    ],
    [
      'the end, if it comes after these',
      ['cyclical(0.01, 0.1, up=3)', 'cosine(0.1, steps=100)'],
      '105 steps, because cyclical(0.01, high=0.1, up=3) has no end',
    ],
    ['1,000 by default', ['0.1'], '1,000 steps, because no schedule has a length'],
    [
      'a million at most',
      ['cosine(0.1, steps=2e6)'],
      '1,000,000 steps, because the last schedule ends at step 2,000,000, which is more than can be shown',
    ],
  ])('%s', async (_, texts, said) => {
    const { code, stderr } = await schedule(...texts);
    expect([code, stderr]).toEqual([0, `showing ${said}; --steps shows another number\n`]);
  });

  test('--steps decides, and then no reason is printed', async () => {
    const { stdout, stderr } = await schedule(cosine, '--steps', 5, '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).schedules[0].rates).toEqual([0, 0.001, 0.002, 0.003, 0.004]);
  });
});

test('the help lists every kind of schedule and what each flag is for', async () => {
  const { code, stdout } = await schedule('--help');
  expect(code).toBe(0);
  for (const word of [
    '--from-keras <paths>',
    '--from-result <paths>',
    '--steps <number>',
    '--log',
    'warmup-stable-decay ',
    'join ',
  ]) {
    expect(stdout).toContain(word);
  }
});
