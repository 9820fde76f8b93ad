import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Comparison } from '@lrfind/core/results';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from './command.js';
import { classifier, table, workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** Each with a journal of its own, so that nothing is written where the tests run. */
const compare = (...argv: (string | number)[]) =>
  lrfind(
    ...['compare', '--model', here.model, '--data', here.data, '--backend', 'wasm'],
    ...(argv.includes('--steps') ? [] : ['--epochs', 2]),
    ...['--journal', here.path('runs.journal'), ...argv],
  );
const json = async (...argv: (string | number)[]): Promise<Comparison> => {
  const { code, stdout, stderr } = await compare(...argv, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Comparison;
};
const untimed = (comparison: Comparison) =>
  JSON.parse(JSON.stringify(comparison, (key, value) => (key === 'seconds' || key === 'environment' ? 0 : value)));

describe('lrfind compare', () => {
  test('prints the ranking with spread and noise, and what it shows', async () => {
    const { code, stdout, stderr } = await compare('--lr', '0.1,0.01,0.00001');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/3 runs · 3 seeds · 96 rows, 24 held out · sparseCategoricalCrossentropy · wasm/);
    const rows = stdout.split('\n').filter((line) => /^[a-c] {3}/.test(line));
    expect(rows.map((row) => row.split(/ {3,}/)[1])).toEqual(['lr 0.1', 'lr 0.01', 'lr 0.00001']);
    expect(rows[0]).toMatch(/^a +lr 0\.1 +[\d.]+ ± [\d.]+ +[\d.]+ +the best$/);
    expect(rows[2]).toMatch(/\+[\d.]+ \(\+[\d.]+ to \+[\d.]+\), more than the noise$/);
    expect(stdout).toMatch(/^lr 0\.1 ended with the lowest loss on the held-out rows\.$/m);
    // The chart has a letter for each.
    for (const letter of 'abc') expect(stdout).toMatch(new RegExp(`[┤│].*${letter}`));
    expect(here.files()).not.toContain('runs.journal');
  });

  test('--json prints the whole comparison, which follows its schema', async () => {
    const comparison = await json('--lr', 0.01, '--schedule', 'cosine(0.1, steps=6)', '--seeds', 1);
    expect([...Value.Errors(Comparison, comparison)]).toEqual([]);
    expect(comparison.runs.map(({ name }) => name)).toEqual(['lr 0.01', 'cosine(0.1, steps=6)']);
    expect(comparison.ranking[1]?.behind?.verdict).toBe('unknown');
  });

  test('runs every combination of models, optimizers, batch sizes and rates', async () => {
    const other = here.put('other.json', {
      modelTopology: { ...classifier, config: { ...classifier.config, name: 'other' } },
    });
    const argv = ['--optimizer', 'sgd,adam', '--batch-size', '16,48', '--lr', '0.1,0.01', '--seeds', 1, '--epochs', 1];
    const { runs } = await json('--model', other, ...argv, '--momentum', 0.9);
    expect(runs).toHaveLength(2 * 2 * 2 * 2);
    expect(runs[0]?.name).toBe('classifier, sgd momentum=0.9, lr 0.1, batch 16');
    expect(runs.at(-1)?.name).toBe('other, adam, lr 0.01, batch 48');
    // 96 rows are 6 batches of 16, and 2 of 48.
    expect(runs.map(({ trainings }) => trainings[0]?.points.at(-1)?.step).slice(0, 4)).toEqual([6, 6, 2, 2]);
    // A parameter goes to those optimizers that have it.
    expect(runs.at(-1)?.recipe.optimizer).not.toHaveProperty('momentum');
  });

  test('finds a rate for each optimizer where none is given', async () => {
    const { runs } = await json('--optimizer', 'sgd,adam', '--seeds', 1, '--epochs', 1);
    expect(runs.map(({ name }) => name)).toEqual(['sgd', 'adam']);
    for (const { recipe } of runs)
      expect(Number(recipe.learningRate)).toBe(Number(recipe.found?.learningRate.toPrecision(3)));
    expect(runs[0]?.recipe.learningRate).not.toBe(runs[1]?.recipe.learningRate);
  });

  test('--steps counts steps in the place of epochs; --quiet names the best', async () => {
    const { runs } = await json('--lr', '0.1,0.00001', '--steps', 10, '--seeds', 1);
    expect(runs[0]?.trainings[0]?.points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await compare('--lr', '0.1,0.00001', '--quiet')).stdout).toBe('lr 0.1\n');
  });

  test('--out writes JSON and a table with a row for each run, seed and point', async () => {
    const argv = ['--lr', '0.1,0.01', '--seeds', 2, '--out', here.path('c.json'), here.path('c.csv')];
    const { stderr } = await compare(...argv);
    expect(stderr).toBe(`wrote ${here.path('c.json')}\nwrote ${here.path('c.csv')}\n`);
    const [header, ...rows] = readFileSync(here.path('c.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('run,seed,epoch,step,rate,loss,accuracy,val_loss,val_accuracy');
    expect(rows).toHaveLength(2 * 2 * 2);
    const { options } = JSON.parse(readFileSync(here.path('c.json'), 'utf8')) as Comparison;
    expect(options).toMatchObject({ model: [here.model], lr: ['0.1,0.01'], seeds: 2, epochs: 2 });
  });
});

describe('a comparison that was cut off', () => {
  // Long enough to be interrupted also where this process is kept waiting for its turn.
  const argv = ['--lr', '0.1,0.01,0.001', '--seeds', 4, '--epochs', 200];
  const journal = () => here.path('runs.journal');
  const lines = () => (existsSync(journal()) ? readFileSync(journal(), 'utf8').split('\n').length - 1 : 0);

  /** Interrupts a process of its own when some trainings are done. */
  async function cutOff(...more: (string | number)[]): Promise<{ code: number | null; stderr: string }> {
    const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
    const base = ['compare', '--model', here.model, '--data', here.data, '--backend', 'wasm', '--journal', journal()];
    const child = spawn(process.execPath, [bin, ...[...base, ...argv, ...more].map(String)]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (child.exitCode === null && lines() < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    return { code: await ended, stderr };
  }

  test.each([['to the end'], ['with halving', '--halving']])(
    'goes on %s as if nothing had happened',
    async (_, ...more) => {
      const { code, stderr } = await cutOff(...more);
      expect(code).toBe(130);
      expect(stderr).toBe(`lrfind: what is done is in ${journal()}; the same command with --resume goes on\n`);
      const noted = lines();
      expect(noted).toBeGreaterThanOrEqual(4);
      // A crash in the middle of a line is not Ctrl-C, but it ends in the same way.
      appendFileSync(journal(), '{"kind":"trained","run":"0.0');
      const resumed = await json(...argv, ...more, '--resume');
      expect(existsSync(journal())).toBe(false);
      expect(untimed(resumed)).toEqual(untimed(await json(...argv, ...more)));
    },
  );

  test('is neither lost nor mistaken for another', async () => {
    await cutOff();
    const before = readFileSync(journal(), 'utf8');
    const refused = async (message: RegExp, ...options: (string | number)[]) => {
      const { code, stdout, stderr } = await compare(...argv, ...options);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
      expect(readFileSync(journal(), 'utf8')).toBe(before);
    };
    await refused(/runs\.journal holds what a comparison had done that was cut off: resume it \(--resume/);
    await refused(/is of another comparison: settings\.epochs was 200 and is 201/, '--resume', '--epochs', 201);
    await refused(/is of another comparison: runs\.3 was missing and is .*"0\.2"/, '--resume', '--lr', 0.2);
  });

  test('is not looked for in files that are others', async () => {
    const note = here.put('note.txt', 'buy milk');
    const refused = async (path: string, message: RegExp, ...options: string[]) => {
      const { code, stderr } = await compare('--lr', '0.1,1', '--journal', path, ...options);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    };
    await refused(note, /note\.txt is there already and is no journal of a comparison: name another file/);
    await refused(note, /is no journal/, '--resume');
    expect(readFileSync(note, 'utf8')).toBe('buy milk');
    await refused(here.data, /--journal .*data\.csv is another file of this comparison/);
    const out = here.path('c.json');
    await refused(out, /--journal .*c\.json is another file of this comparison/, '--out', out);
    await refused(here.path('.'), /--journal .* is a directory; name a file in it/);
    await refused(here.path('none/x.journal'), /--journal .*: there is no folder/);
  });

  test('must have been one: --resume without a journal is a mistake', async () => {
    const { code, stderr } = await compare(...argv, '--resume');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is nothing to resume: no journal .*runs\.journal/);
  });
});

describe('a mistake is one message, exit code 2, and nothing is written', () => {
  const cosine = 'cosine(0.1, steps=6)';
  test.each<[string, (string | number)[], RegExp]>([
    ['one run', ['--lr', 0.1], /only one run and nothing to compare it with: give several rates \(--lr 0\.1,0\.01\)/],
    ['the same rate twice', ['--lr', '0.1,1e-1'], /two runs are called "lr 0\.1"/],
    ['a rate that is none', ['--lr', '0.1,,0.01'], /--lr must be a number of at least 0, or find; got ""/],
    ['a schedule that is none', ['--lr', 0.1, '--schedule', 'cosine(0.1'], /--schedule: .*the text ends/],
    ['an unknown optimizer', ['--lr', 0.1, '--optimizer', 'adam,adm'], /unknown optimizer "adm"; did you mean adam\?/],
    [
      'a parameter of none',
      ['--lr', '0.1,1', '--optimizer', 'adam', '--momentum', 0.9],
      /--momentum: none of the optimizers has this parameter/,
    ],
    [
      'half a batch',
      ['--lr', 0.1, '--batch-size', '16,1.5'],
      /--batch-size must be whole numbers of at least 1, separated by commas; got "1\.5"/,
    ],
    ['no held-out rows', ['--lr', '0.1,1', '--validation-split', 0], /runs are ranked by their loss on held-out rows/],
    ['both lengths', ['--lr', '0.1,1', '--steps', 10, '--epochs', 1], /--epochs and --steps both say how long/],
    ['no seeds', ['--lr', '0.1,1', '--seeds', 0], /--seeds must be a whole number at least 1/],
    [
      'too few epochs to halve',
      ['--lr', '0.1,1,0.2,0.3,0.4,0.5,0.6,0.7,0.8', '--halving'],
      /9 runs are halved 3 times, for which the training must be measured 8 times/,
    ],
    [
      'too many runs for a picture',
      ['--lr', '1,2,3,4,5,6,7,8,9,10,11,12,13', '--out', 'c.png'],
      /13 runs are too many for one picture, which has room for 12/,
    ],
    ['an output of no format', ['--lr', '0.1,1', '--out', 'c.txt'], /--out c\.txt: unknown format \.txt/],
    ['a model that is missing', ['--lr', '0.1,1', '--model', 'none.json'], /no such model file: none\.json/],
    ['a missing table', ['--lr', 0.1, '--schedule', cosine, '--data', 'none.csv'], /none\.csv/],
  ])('%s', async (_, argv, message) => {
    const before = here.files();
    const { code, stdout, stderr } = await compare(...argv);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(here.files()).toEqual(before);
  });

  test('models with and without weights are no equal terms', async () => {
    await lrfind(
      ...['train', '--model', here.model, '--data', here.data, '--backend', 'wasm', '--lr', 0.1, '--epochs', 1],
      ...['--save', here.path('trained'), '--quiet'],
    );
    const { code, stderr } = await compare('--lr', '0.1,1', '--model', here.path('trained/model.json'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/some of the models have weights and others have none/);
  });
});

test('a table for validation is the same for all runs', async () => {
  here.put('val.csv', table);
  const { setup } = await json('--lr', '0.1,0.01', '--seeds', 1, '--validation', here.path('val.csv'));
  expect(setup).toMatchObject({ rows: 120, heldOut: 120 });
});
