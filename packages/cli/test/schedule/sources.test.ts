import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const schedule = (...argv: (string | number)[]) => lrfind('schedule', ...argv);
const cosine = 'cosine(0.1, steps=1000, warmup=100)';

describe('--from-keras', () => {
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
    const { code, stdout } = await schedule('--from-keras', here.put('k.json', json), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).schedules.map((one: { name: string }) => one.name)).toEqual([expected]);
  });

  test('takes a list, may be repeated, and comes after the texts', async () => {
    const files = [here.put('k.json', saved), here.put('l.json', adam(0.01))];
    const names = async (...argv: string[]) => {
      const { stdout } = await schedule(0.5, ...argv, '--json');
      return JSON.parse(stdout).schedules.map((one: { name: string }) => one.name);
    };
    const expected = ['constant(0.5)', name, 'l.json: constant(0.01)'];
    expect(await names('--from-keras', files[0] as string, '--from-keras', files[1] as string)).toEqual(expected);
    expect(await names('--from-keras', files.join(', '))).toEqual(expected);
  });
});

describe('--from-result', () => {
  test('draws the one-cycle and the cycles of its usable range, and its suggestion', async () => {
    const result = here.put('r.json', storedSweep({ low: 1.2345e-4, high: 0.020712 }, 0.0039714));
    const { stdout, stderr } = await schedule('--from-result', result, '--json');
    expect(stderr).toMatch(/^showing 1,000 steps, because no schedule has a length/);
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
    const result = here.put('r.json', storedSweep({ low: 0.001, high: 0.1 }, null));
    const names = async (...argv: (string | number)[]) =>
      JSON.parse((await schedule(...argv, '--json')).stdout).schedules.map((one: { name: string }) => one.name);
    expect(await names(cosine, '--from-result', result)).toEqual([
      cosine,
      'r.json: one-cycle(0.1, steps=1100)',
      'r.json: cyclical(0.001, high=0.1, up=138)',
    ]);
    expect(await names(cosine, '--from-result', result, '--steps', 80)).toContain('r.json: one-cycle(0.1, steps=80)');
  });

  test('a result whose schedules were tried gives these with their peaks, and no other', async () => {
    const tried = (schedule: string, learningRate: number) => ({
      schedule,
      loss: 1,
      learningRate,
      low: 0.001,
      high: 0.1,
      verdict: 'fair',
      plain: 0.01,
      cost: null,
      tried: [],
      length: 120,
      target: 400,
      trend: 0,
      steps: 0,
      seconds: 0,
    });
    const stored = {
      ...storedSweep({ low: 0.001, high: 0.1 }, 0.0234567),
      verification: tried('cosine(warmup=100)', 0.0234567),
      otherSchedules: [
        { ...tried('constant', 0.004), behind: { difference: 0.1, low: null, high: null, verdict: 'unknown' } },
      ],
    };
    const { stdout } = await schedule('--from-result', here.put('r.json', stored), '--json');
    expect(JSON.parse(stdout).schedules.map((one: { name: string }) => one.name)).toEqual([
      'r.json: cosine(0.0235, steps=300, warmup=100)',
      'r.json: constant(0.004)',
    ]);
  });

  test('a result without a range gives its suggestion alone', async () => {
    const { stdout } = await schedule('--from-result', here.put('r.json', storedSweep(null, 0.01)), '--quiet');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('two files of one name are distinguished by their paths', async () => {
    mkdirSync(here.path('b'));
    const results = ['r.json', 'b/r.json'].map((name) => here.put(name, storedSweep(null, 0.01)));
    const { stdout } = await schedule('--from-result', results.join(','), '--quiet');
    for (const result of results) expect(stdout).toContain(`   ${result}: constant(0.01)\n`);
  });
});
