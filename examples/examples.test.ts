import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SweepResult } from '@lrfind/core/results';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = (name: string) => readFileSync(`${root}out/${name}`);

/** Runs an example on the built packages, as a reader would. It fails where the program does. */
const run = (name: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [`examples/${name}`, ...args], { cwd: root });

describe.concurrent('every example runs', () => {
  test('before-fit.js finds a rate with which training gets further than with the default', async () => {
    const { stdout, stderr } = await run('before-fit.js');
    expect(stdout).toMatch(/^learning rate [\d.e-]+ \([\d.e-]+ to [\d.e-]+\), (sure|fair|unsure)$/m);
    const loss = (line: RegExp) => Number(line.exec(stdout)?.[1]);
    expect(loss(/^validation loss .*: ([\d.]+)$/m)).toBeLessThan(loss(/^with the default rate .*: +([\d.]+)$/m));
    expect(stderr).toBe('');
  });

  test('events.js shows its progress, stops when aborted and restores the weights', async () => {
    const { stdout, stderr } = await run('events.js');
    const lines = stdout.trimEnd().split('\n');
    expect(
      lines.filter((line) => /^sweep \d of 3, step (0|50|100) of 150: rate .*, loss [\d.]+$/.test(line)),
    ).toHaveLength(9);
    expect(lines.slice(-2)).toEqual(['stopped: enough', 'the weights are as they were']);
    expect(stderr).toBe('');
  });

  test('pictures.js writes a specification, SVG, PNG and the result', async () => {
    const { stdout, stderr } = await run('pictures.js');
    const names = ['surface.vl.json', 'surface.svg', 'surface.png', 'surface.json'];
    expect(stdout).toBe(names.map((name) => `wrote out/${name}\n`).join(''));
    expect(stderr).toBe('');
    expect(JSON.parse(output('surface.vl.json').toString()).$schema).toMatch(/vega-lite/);
    expect(output('surface.svg').toString()).toMatch(/^<svg [\s\S]*Which learning rate\?[\s\S]*<\/svg>\s*$/);
    // A PNG file begins with its signature; width and height follow in bytes 16 to 24.
    const png = output('surface.png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1600, 1000]);
    const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(SweepResult)));
    expect(validate(JSON.parse(output('surface.json').toString())), JSON.stringify(validate.errors)).toBe(true);
  });

  test('demo.js prints a rate and writes its files', async () => {
    const { stdout, stderr } = await run('demo.js', '--steps', '40', '--repeats', '1');
    expect(stdout).toMatch(/^\$ lrfind --model /);
    expect(stdout).toMatch(/learning rate +[\d.e-]+ /);
    for (const name of ['mnist.png', 'mnist.svg', 'mnist.json']) expect(stderr).toContain(`wrote out/${name}`);
  });
});

/** What an example prints, line by line; nothing may stand on stderr. */
const lines = async (name: string) => {
  const { stdout, stderr } = await run(name);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
};

describe('every snippet of the tutorial runs', () => {
  test('fixed-rate.js trains at the rate that was given', async () => {
    const [rate, losses] = await lines('tutorial/fixed-rate.js');
    expect(rate).toBe('learning rate 0.01');
    const [first, ...rest] = (losses ?? '').split(' ').slice(3).map(Number);
    expect(rest).toHaveLength(4);
    expect(rest.at(-1)).toBeLessThan(first as number);
  });

  test('schedules.js has the rates of the four formulas after 250 steps', async () => {
    const rates = (await lines('tutorial/schedules.js')).map((line) =>
      Number(/rate ([\d.]+) after 250 steps$/.exec(line)?.[1]),
    );
    const expected = [0.1 * 0.96 ** 2, 0.1 * 0.96 ** 2.5, 0.05 * (1 + Math.cos(Math.PI / 4)), 0.0003];
    expect(rates).toHaveLength(4);
    for (const [i, rate] of rates.entries()) expect(rate).toBeCloseTo(expected[i] as number, 4);
  });

  test('custom-schedule.js takes every step at the rate of its formula', async () => {
    const found = (await lines('tutorial/custom-schedule.js')).map((line) => Number(line.split(' ').at(-1)));
    // 0.01 / (1 + 0.1 · step) at the steps with which the three epochs begin and the last one ends
    [0.01, 0.01 / 6, 0.01 / 11, 0.01 / 16].forEach((rate, i) => {
      expect(found[i]).toBeCloseTo(rate, 12);
    });
  });

  test('reduce-on-plateau.js reduces the rate by 80 % at a time, to the lower bound', async () => {
    const said = await lines('tutorial/reduce-on-plateau.js');
    expect(
      said
        .map((line) => /reduced to ([\d.e-]+)$/.exec(line)?.[1])
        .slice(0, 3)
        .map(Number),
    ).toEqual([expect.closeTo(0.002, 9), expect.closeTo(0.0004, 9), 0.0001]);
    expect(said.slice(3)).toEqual(['learning rate 0.01 in the first epoch, 0.0001 in the last']);
  });

  test('compare-rates.js compares the four rates, and draws them side by side', async () => {
    const said = await lines('tutorial/compare-rates.js');
    expect(said[0]).toMatch(/^lr [\d.]+ ended with the lowest loss on the validation rows\.$/);
    expect(said.at(-1)).toBe('wrote out/learning_rate_comparison.png');
    expect(output('learning_rate_comparison.png').subarray(1, 4).toString()).toBe('PNG');
  });

  test('finder.js finds a rate within the range that it sweeps, and draws the losses over the rates', async () => {
    const said = await lines('tutorial/finder.js');
    const rate = Number(/^learning rate ([\d.e-]+)$/.exec(said[0] ?? '')?.[1]);
    expect(rate).toBeGreaterThan(1e-3);
    expect(rate).toBeLessThanOrEqual(1);
    expect(said.at(-1)).toBe('wrote out/lr_finder.png');
    expect(output('lr_finder.png').subarray(1, 4).toString()).toBe('PNG');
  });

  test('mnist.js trains by the schedule, and its test accuracy is that of Keras on the same rows', async () => {
    const { stdout, stderr } = await run('tutorial/mnist.js', '--backend', 'wasm');
    expect(stderr).toContain('wrote out/mnist_training.png\n');
    const rates = [...stdout.matchAll(/^epoch +\d+\/10 +learning rate (\S+)/gm)].map(([, rate]) => Number(rate));
    // 57 steps an epoch: the boundaries 135, 270 and 405 lie in the third, the fifth and the eighth.
    expect(rates.map((rate) => Math.round(rate * 1e4))).toEqual([3, 3, 3, 10, 10, 5, 5, 5, 1, 1]);
    const accuracy = Number(/^test +loss \S+ +accuracy (\S+)/m.exec(stdout)?.[1]);
    const { variants } = JSON.parse(readFileSync(`${root}fixtures/mnist-training/keras.json`, 'utf8'));
    // A percent is ten times the spread over Keras's seeds, and a seventh of what a constant rate of 3e-5 would lose.
    expect(Math.abs(accuracy - variants.scaled.mean.test_accuracy)).toBeLessThan(0.01);
  });

  test('adaptive-optimizers.js trains with each of the three', async () => {
    const said = await lines('tutorial/adaptive-optimizers.js');
    expect(said.map((line) => line.split(':')[0])).toEqual(['adam', 'rmsprop', 'adagrad']);
    for (const line of said) {
      const [, first, last] = /loss ([\d.]+) in the first epoch, ([\d.]+) in the last$/.exec(line) ?? [];
      expect(Number(last)).toBeLessThan(Number(first));
    }
  });
});

describe('every exercise of the tutorial comes out', () => {
  /** What stands behind the name at the beginning of a line. */
  const losses = (said: string[]) =>
    Object.fromEntries(
      said.flatMap((line) => {
        const [, name, loss] = /^(.+?) +validation loss ([\d.]+)/.exec(line) ?? [];
        return name === undefined ? [] : [[name, Number(loss)]];
      }),
    );
  /** A picture begins with the signature of a PNG file and is twice as wide as it is shown. */
  const expectPicture = (name: string) => {
    const png = output(name);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1600);
  };

  test('schedules-on-mnist.js: every schedule that falls ends lower than the constant rate', async () => {
    const said = await lines('exercises/schedules-on-mnist.js');
    const { constant, ...falling } = losses(said);
    expect(Object.keys(falling)).toHaveLength(5);
    for (const loss of Object.values(falling)) expect(loss).toBeLessThan(constant as number);
    expect(said.filter((line) => line.startsWith('Worse by more than the noise')).join()).toMatch(/constant/);
    expectPicture('schedules-on-mnist.png');
  });

  test('cyclical-rates.js: rates that move get further than the constant one that was suggested', async () => {
    const {
      'constant, as suggested': suggested,
      'constant, high end': high,
      ...moving
    } = losses(await lines('exercises/cyclical-rates.js'));
    expect(Object.keys(moving).sort()).toEqual(['one cycle', 'triangular', 'triangular2']);
    for (const loss of Object.values(moving)) expect(loss).toBeLessThan((suggested as number) / 2);
    expect(moving['one cycle']).toBeLessThan(high as number);
    expectPicture('cyclical-rates.png');
  });

  test('warmup-constant-cosine.js: the rates are those of the three parts, and the cosine gets further', async () => {
    const said = await lines('exercises/warmup-constant-cosine.js');
    // A line up to 0.01 at step 50, level until 250, half a cosine of 250 steps
    const rates = { 0: 0, 25: 0.005, 50: 0.01, 249: 0.01, 250: 0.01, 375: 0.005, 500: 0 };
    expect(said.slice(0, -1)).toEqual(Object.entries(rates).map(([step, rate]) => `step ${step}: ${rate}`));
    const [before, after] = (said.at(-1)?.match(/0\.\d+/g) ?? []).map(Number);
    expect(after).toBeLessThan(before as number);
    for (const name of ['warmup-constant-cosine.png', 'warmup-constant-cosine-trained.png']) expectPicture(name);
  });

  test('another-data-set.js: gaps and categories are encoded, and the rate gets further than the usual one', async () => {
    const said = await lines('exercises/another-data-set.js');
    expect(said).toContain('11 missing values one-hot encoded as all zeros: sex (11)');
    expect(said).toContain('text column "island" one-hot encoded: "Biscoe", "Dream" and "Torgersen"');
    const [usual, found] = said
      .slice(-2)
      .map((line) => /validation loss ([\d.]+), accuracy ([\d.]+)$/.exec(line) ?? []);
    expect(Number(found?.[1])).toBeLessThan(Number(usual?.[1]) / 2);
    expect(Number(found?.[2])).toBeGreaterThan(0.95);
    for (const name of ['penguins.png', 'penguins-trained.png']) expectPicture(name);
  });

  test('adaptive-optimizers.js: they differ at one rate, and hardly at their own', async () => {
    const said = await lines('exercises/adaptive-optimizers.js');
    expect(Object.keys(losses(said)).at(2)).toMatch(/^adagrad at 0.0010/);
    const [alike, own] = /: ([\d.]+) at one rate, ([\d.]+) at their own rates$/.exec(said.at(-1) ?? '')?.slice(1) ?? [];
    expect(Number(own)).toBeLessThan(Number(alike) / 4);
    for (const name of ['optimizers-at-one-rate.png', 'optimizers-at-their-own-rates.png']) expectPicture(name);
  });
});

test('no example is without a test', () => {
  const tests = readFileSync(new URL(import.meta.url), 'utf8');
  const examples = ['', 'tutorial/', 'exercises/'].flatMap((folder) =>
    readdirSync(`${root}examples/${folder}`)
      .filter((name) => name.endsWith('.js'))
      .map((name) => folder + name),
  );
  expect(examples.filter((name) => !tests.includes(`run('${name}'`) && !tests.includes(`lines('${name}'`))).toEqual([]);
});
