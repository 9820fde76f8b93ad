import { mkdirSync, readFileSync } from 'node:fs';
import { resolveSchedule } from '@lrfind/core/schedules';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { storedRun } from './stored-run.js';
import { workspace } from './workspace.js';

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
  expect(stderr).toBe('showing 1,155 steps, as the last schedule ends at step 1,100; --steps shows another number\n');
  expect(stdout).toMatch(/0\.1┤ +┏━+┓/);
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

test('--json prints every rate, with what makes the schedule again; --out writes the same', async () => {
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
    here.path('s.png'),
    here.path('s.svg'),
    '--out',
    here.path('s.json'),
    here.path('s.csv'),
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
      '105 steps, as the last schedule ends at step 100',
    ],
    [
      'at least the step after the end',
      ['polynomial(0.1, steps=3, end=0)'],
      '5 steps, as the last schedule ends at step 3',
    ],
    [
      'four cycles of what goes on for ever',
      ['cyclical(0.01, 0.1, up=30)', '0.1'],
      '240 steps, as cyclical(0.01, high=0.1, up=30) has no end',
    ],
    [
      'the end, if it comes after these',
      ['cyclical(0.01, 0.1, up=3)', 'cosine(0.1, steps=100)'],
      '105 steps, as cyclical(0.01, high=0.1, up=3) has no end',
    ],
    ['1,000 where nothing says', ['0.1'], '1,000 steps, as nothing says how long the training is'],
    [
      'a million at most',
      ['cosine(0.1, steps=2e6)'],
      '1,000,000 steps, as the last schedule ends at step 2,000,000, and no more can be shown',
    ],
  ])('%s', async (_, texts, said) => {
    const { code, stderr } = await schedule(...texts);
    expect([code, stderr]).toEqual([0, `showing ${said}; --steps shows another number\n`]);
  });

  test('--steps decides, and then nothing is said', async () => {
    const { stdout, stderr } = await schedule(cosine, '--steps', 5, '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).schedules[0].rates).toEqual([0, 0.001, 0.002, 0.003, 0.004]);
  });
});

describe('--keras', () => {
  const saved = {
    module: 'keras.optimizers.schedules',
    class_name: 'CosineDecay',
    config: { initial_learning_rate: 0.1, decay_steps: 1000, alpha: 0.1 },
    registered_name: null,
  };
  const adam = (rate: unknown) => ({
    module: 'keras.optimizers',
    class_name: 'Adam',
    config: { name: 'adam', learning_rate: rate, beta_1: 0.9 },
    registered_name: null,
  });
  const name = 'k.json: cosine(0.1, steps=1000, alpha=0.1)';

  test.each<[string, object, string]>([
    ['a schedule', saved, name],
    ['its get_config()', { name: 'CosineDecay', ...saved.config }, name],
    ['an optimizer', adam(saved), name],
    ["an optimizer's get_config()", adam(saved).config, name],
    ['the compilation of a .keras file', { compile_config: { optimizer: adam(saved), loss: 'mse' } }, name],
    [
      "a model file's training configuration",
      { modelTopology: { training_config: { optimizer_config: adam(saved) } } },
      name,
    ],
    ['an optimizer with a number', adam(0.01), 'k.json: constant(0.01)'],
  ])('takes %s', async (_, json, expected) => {
    const { code, stdout } = await schedule('--keras', here.put('k.json', json), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).schedules.map((one: { name: string }) => one.name)).toEqual([expected]);
  });

  test('is repeatable, and stands after the texts', async () => {
    const files = [here.put('k.json', saved), here.put('l.json', adam(0.01))];
    const { stdout } = await schedule(0.5, '--keras', files[0] as string, '--keras', files[1] as string, '--json');
    const names = JSON.parse(stdout).schedules.map((one: { name: string }) => one.name);
    expect(names).toEqual(['constant(0.5)', name, 'l.json: constant(0.01)']);
  });
});

describe('--run', () => {
  test('draws the one-cycle and the cycles of its usable range, and its suggestion', async () => {
    const run = here.put('r.json', storedRun({ low: 1.2345e-4, high: 0.020712 }, 0.0039714));
    const { stdout, stderr } = await schedule('--run', run, '--json');
    expect(stderr).toMatch(/^showing 1,000 steps, as nothing says/);
    const { schedules } = JSON.parse(stdout);
    expect(schedules.map((one: { name: string }) => one.name)).toEqual([
      'r.json: one-cycle(0.0207, steps=1000)',
      'r.json: cyclical(0.000123, high=0.0207, up=125)',
      'r.json: constant(0.00397)',
    ]);
    // The peak is the high end of the range; cycles begin at the low end and reach the high one after an eighth of the steps.
    expect(Math.max(...schedules[0].rates)).toBe(0.0207);
    expect([0, 125].map((step) => schedules[1].rates[step])).toEqual([0.000123, 0.0207]);
  });

  test('its schedules are as long as the others, or as --steps says', async () => {
    const run = here.put('r.json', storedRun({ low: 0.001, high: 0.1 }, null));
    const names = async (...argv: (string | number)[]) =>
      JSON.parse((await schedule(...argv, '--json')).stdout).schedules.map((one: { name: string }) => one.name);
    expect(await names(cosine, '--run', run)).toEqual([
      cosine,
      'r.json: one-cycle(0.1, steps=1100)',
      'r.json: cyclical(0.001, high=0.1, up=138)',
    ]);
    expect(await names(cosine, '--run', run, '--steps', 80)).toContain('r.json: one-cycle(0.1, steps=80)');
  });

  test('a run without a range has its suggestion alone', async () => {
    const { stdout } = await schedule('--run', here.put('r.json', storedRun(null, 0.01)), '--quiet');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('two runs of one name are told apart by their paths', async () => {
    mkdirSync(here.path('b'));
    const runs = ['r.json', 'b/r.json'].map((name) => here.put(name, storedRun(null, 0.01)));
    const { stdout } = await schedule('--run', ...runs, '--quiet');
    for (const run of runs) expect(stdout).toContain(`   ${run}: constant(0.01)\n`);
  });
});

describe('bad input: exit code 2, one message, nothing on stdout, nothing written', () => {
  const out = () => ['--out', here.path('x.json'), here.path('x.svg')];
  const nothing = storedRun(null, null);

  test.each<[string, () => (string | number)[], RegExp]>([
    ['no schedule', () => out(), /no schedule is given; write one before the options/],
    [
      'an unknown parameter, with a mark under its place',
      () => [0.1, 'cosine(0.1, stepz=9)', ...out()],
      /schedule 2: unknown option cosine\.stepz; did you mean cosine\.steps\?.*\n {2}cosine\(0\.1, stepz=9\)\n {14}\^\n$/,
    ],
    [
      'an unknown kind',
      () => ['cosin(0.1, steps=9)', ...out()],
      /schedule 1: unknown schedule "cosin"; did you mean cosine\?/,
    ],
    ['a missing parameter', () => ['cosine(0.1)', ...out()], /schedule 1: cosine\.steps is missing/],
    [
      'an open parenthesis',
      () => ['cosine(0.1, steps=9', ...out()],
      /schedule 1: expected a comma or \), but the text ends/,
    ],
    ['an empty text', () => ['', ...out()], /schedule 1: expected a number, a name or a list, but the text ends/],
    [
      'a rate below 0',
      () => ['constant(-1)', ...out()],
      /schedule 1: constant\.rate must be a number at least 0; got -1/,
    ],
    [
      'one given twice',
      () => [cosine, cosine, ...out()],
      /the schedule cosine\(0\.1, steps=1000, warmup=100\) is given twice/,
    ],
    [
      'thirteen',
      () => [...Array.from({ length: 13 }, (_, i) => 0.01 * (i + 1)), ...out()],
      /13 schedules are too many for one picture, which has room for 12/,
    ],
    [
      'growth without end',
      () => ['exponential(1, steps=1, factor=10)', '--steps', 400, ...out()],
      /exponential\(1, steps=1, factor=10\): exponential gave Infinity at step 309/,
    ],
    [
      'one step',
      () => [cosine, '--steps', 1, ...out()],
      /--steps must be a whole number at least 2 and at most 1000000; got 1/,
    ],
    [
      'steps that are no number',
      () => [cosine, '--steps', 'many', ...out()],
      /--steps must be a whole number .*; got "many"/,
    ],
    ['no such Keras file', () => ['--keras', here.path('no.json'), ...out()], /--keras: no such file: .*no\.json/],
    ['a directory for Keras', () => ['--keras', here.path('.'), ...out()], /--keras: cannot read /],
    ['a Keras file that is not JSON', () => ['--keras', here.data, ...out()], /--keras: .*data\.csv is not JSON/],
    [
      'JSON without a schedule',
      () => ['--keras', here.put('k.json', { a: 1 }), ...out()],
      /--keras: .*k\.json has no schedule in it; expected Keras's/,
    ],
    ['a list', () => ['--keras', here.put('k.json', [1]), ...out()], /--keras: .*k\.json has no schedule in it/],
    [
      'a schedule that Keras does not have',
      () => ['--keras', here.put('k.json', { class_name: 'CosineDcay', config: {} }), ...out()],
      /--keras: .*k\.json: Keras has no schedule "CosineDcay"; did you mean CosineDecay\?/,
    ],
    [
      'a schedule without its steps',
      () => [
        '--keras',
        here.put('k.json', { class_name: 'CosineDecay', config: { initial_learning_rate: 1 } }),
        ...out(),
      ],
      /--keras: .*k\.json: CosineDecay\.decay_steps is missing/,
    ],
    ['no such run', () => ['--run', here.path('no.json'), ...out()], /no such run file: .*no\.json/],
    ['a run that is none', () => ['--run', here.model, ...out()], /model\.json is not a run of lrfind/],
    [
      'a run that found nothing',
      () => ['--run', here.put('r.json', nothing), ...out()],
      /--run: .*r\.json has neither a usable range nor a suggestion: too noisy/,
    ],
    [
      'an unknown format',
      () => [cosine, '--out', here.path('x.bmp')],
      /unknown format \.bmp; formats: \.png, \.svg, \.json, \.csv/,
    ],
    ['a folder that is not there', () => [cosine, '--out', here.path('no/x.png')], /there is no folder/],
    ['an output twice', () => [cosine, '--out', here.path('x.png'), here.path('x.png')], /is given twice/],
    [
      'an output that is the input',
      () => {
        const file = here.put('k.json', {
          class_name: 'CosineDecay',
          config: { initial_learning_rate: 1, decay_steps: 9 },
        });
        return ['--keras', file, '--out', file];
      },
      /would overwrite the input/,
    ],
    [
      'a logarithmic picture of nothing but 0',
      () => [0, '--log', ...out()],
      /--log: a logarithmic axis needs a rate above 0, and all rates are 0/,
    ],
    ['a picture without width', () => [cosine, '--width', 0, ...out()], /--width must be a whole number at least 360/],
    ['an unknown flag', () => [cosine, '--stepz', 3], /unknown option '--stepz'/],
  ])('%s', async (_, argv, message) => {
    const given = argv();
    const before = here.files();
    const { code, stdout, stderr } = await schedule(...given);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(here.files()).toEqual(before);
  });
});

test('the help lists every kind of schedule and what each flag is for', async () => {
  const { code, stdout } = await schedule('--help');
  expect(code).toBe(0);
  for (const word of [
    '--keras <path...>',
    '--run <path...>',
    '--steps <number>',
    '--log',
    'warmup-stable-decay ',
    'join ',
  ]) {
    expect(stdout).toContain(word);
  }
});
