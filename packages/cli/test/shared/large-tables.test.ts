import { readdirSync } from 'node:fs';
import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const ROWS = 1500;
/** Two features and three classes that can be told apart. */
const rows = Array.from(
  { length: ROWS },
  (_, i) => `${Math.sin(i).toFixed(4)},${((i % 3) + 0.1 * Math.cos(7 * i)).toFixed(4)},${i % 3}`,
);
const large = `a,b,y\n${rows.join('\n')}\n`;
const run = (command: string, ...argv: (string | number)[]) =>
  lrfind(command, '--model', here.model, '--data', here.put('large.csv', large), '--backend', 'wasm', ...argv);
const parsed = async <Result>(...argv: [string, ...(string | number)[]]) => {
  const { code, stdout, stderr } = await run(...argv);
  expect([code, stderr.replace(/^(epoch|resuming).*\n/gm, '')]).toEqual([0, '']);
  return JSON.parse(stdout) as Result;
};
/** Half of the memory, of which each of the 3 numbers of a row may take 12 bytes: as read, as encoded and on the device. */
const sampleOf = (memory: number) => Math.floor(memory / 2 / 36);

describe('--memory', () => {
  test('with find sweeps over a sample, says so, and gives the same answer again', async () => {
    const find = () => parsed<SweepResult>('find', '--memory', '20kB', '--steps', 60, '--no-verify', '--json');
    const result = await find();
    expect(result.setup.notes).toContain(`sampled ${sampleOf(20_000)} of 1,500 rows, seed 0`);
    expect(result.setup.rows).toBe(sampleOf(20_000));
    expect((await find()).sweeps).toEqual(result.sweeps);
    expect(result.options).toMatchObject({ memory: '20kB' });
  });

  test('that suffices changes nothing', async () => {
    const find = (...more: string[]) => parsed<SweepResult>('find', '--steps', 60, '--no-verify', '--json', ...more);
    const [plain, enough] = [await find(), await find('--memory', '1MB')];
    expect(enough.sweeps).toEqual(plain.sweeps);
    expect(enough.setup.notes).toEqual(plain.setup.notes);
  });

  test('with train trains on all rows, and gives the same losses with less or more memory', async () => {
    const train = (memory: string) =>
      parsed<TrainingResult>('train', '--memory', memory, '--lr', 0.02, '--epochs', 2, '--json');
    const [one, other] = [await train('20kB'), await train('10kB')];
    expect(one.setup.rows).toBeGreaterThan(1100);
    expect(one.losses).toEqual(other.losses);
    expect(one.losses).toHaveLength(2 * Math.ceil(one.setup.rows / 32));
    expect(
      one.setup.notes.some((note) =>
        note.startsWith(`trained on ${one.setup.rows.toLocaleString('en-US')} rows in blocks`),
      ),
    ).toBe(true);
    expect(one.setup.validationRows).toBeGreaterThan(other.setup.validationRows);
    expect(one.training.evaluations[1]?.validation?.loss).toBeLessThan(1);
  });

  test('with train resumes, with the same rows', async () => {
    const folder = here.path('checkpoint');
    const train = (epochs: number, ...more: (string | number)[]) =>
      parsed<TrainingResult>('train', '--memory', '20kB', '--lr', 0.02, '--epochs', epochs, '--json', ...more);
    await train(1, '--checkpoint', folder);
    const resumed = await train(3, '--checkpoint', folder, '--resume');
    expect(resumed.losses).toEqual((await train(3)).losses);
    const { code, stderr } = await run(
      ...(['train', '--memory', '10kB', '--lr', 0.02, '--epochs', 4, '--checkpoint', folder, '--resume'] as const),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/checkpoint.*(other|differ|same)/);
  });

  test('with train samples a large table to test on, and says so', async () => {
    const test = here.put('test.csv', `extra,${large.replaceAll('\n', '\nx,').replace(/x,$/, '')}`);
    const { setup, test: tested } = await parsed<TrainingResult>(
      ...(['train', '--memory', '20kB', '--lr', 0.02, '--epochs', 1, '--json', '--test', test] as const),
    );
    const note = setup.notes.find((each) => each.includes('test.csv: sampled')) ?? '';
    expect(note).toMatch(/test\.csv: sampled [\d,]+ of 1,500 rows, seed 0$/);
    expect(tested?.rows).toBe(Number(/sampled (\d+)/.exec(note)?.[1]));
  });

  test('with compare trains the trials on all rows', async () => {
    const compared = await parsed<Comparison>(
      ...(['compare', '--memory', '20kB', '--lr', '0.02,0.001', '--epochs', 1, '--repeats', 1, '--json'] as const),
      ...(['--journal', here.path('journal')] as const),
    );
    const trained = await parsed<TrainingResult>(
      ...(['train', '--memory', '20kB', '--lr', 0.02, '--epochs', 1, '--json'] as const),
    );
    expect(compared.setup.rows).toBe(trained.setup.rows);
    const own = compared.trials.find(({ name }) => name === 'lr 0.02')?.trainings[0]?.evaluations.at(-1);
    expect(own?.validation?.loss).toBe(trained.training.evaluations[0]?.validation?.loss);
  });

  test('finds a label that does not fit before anything is trained or written', async () => {
    const path = here.put('wrong.csv', `${large.trimEnd().replace(/,\d$/, ',17')}\n`);
    const { code, stdout, stderr } = await lrfind(
      ...(['train', '--model', here.model, '--data', path, '--memory', '10kB', '--lr', 0.1] as const),
      ...(['--save', here.path('saved')] as const),
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      'column "y" must hold classes from 0 to 2 of output "dense_3_softmax"; got 17, in a row that is not in the sample (4 different labels in all)',
    );
    expect(here.files()).not.toContain('saved');
  });

  test.each([
    ['0GB', '--memory must be a size of at least a byte, such as 500MB or 2GB; got "0GB"'],
    ['many', '--memory must be a size such as 500MB or 2GB; got "many"'],
    ['500', '--memory must be a size such as 500MB or 2GB; got "500"'],
  ])('%s is refused', async (size, message) => {
    const { code, stderr } = await run('find', '--memory', size);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test('a target is scaled by all rows, so that losses do not depend on the memory, and are in its own units', async () => {
  const german = (value: number) => value.toFixed(4).replace('.', ',');
  const lines = Array.from({ length: ROWS }, (_, i) => `${german(Math.sin(i))};${german(5e3 + 800 * Math.sin(i))}`);
  const data = here.put('prices.csv', `a;price\n${lines.join('\n')}\n`);
  const config = { units: 1, activation: 'linear', name: 'out', batch_input_shape: [null, 1] };
  const model = here.put('line.json', {
    class_name: 'Sequential',
    config: { name: 'line', layers: [{ class_name: 'Dense', config }] },
  });
  const train = async (memory: string) => {
    const { code, stdout } = await lrfind(
      ...(['train', '--model', model, '--data', data, '--backend', 'wasm', '--scale-target', '--lr', 0.05] as const),
      ...(['--epochs', 2, '--memory', memory, '--json'] as const),
    );
    expect(code).toBe(0);
    return JSON.parse(stdout) as TrainingResult;
  };
  const [one, other] = [await train('20kB'), await train('10kB')];
  expect(one.setup.notes.some((note) => note.startsWith('sampled '))).toBe(true);
  expect(one.setup.notes).toContainEqual(expect.stringMatching(/^target "price" scaled .*from mean 5001 and standard/));
  expect(one.losses).toEqual(other.losses);
  // The target's variance is 320,000; a model that says 0 for everything would lose 25 million.
  expect(one.losses[0]).toBeGreaterThan(10_000);
  expect(one.losses[0]).toBeLessThan(5_000_000);
  expect(one.losses.at(-1)).toBeLessThan(one.losses[0] as number);
});

describe('windows need all rows', () => {
  test.each([
    [['--memory', '20kB'], '--memory must be left out with --window, because the rows of a window follow each other'],
    [['--sample-rows', '64'], '--sample-rows must be left out with --window'],
  ])('%j is refused', async (flags, message) => {
    const { code, stderr } = await run('find', '--window', 3, ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('lrfind data, which describes all rows, has no --memory', async () => {
    const { code, stderr } = await lrfind('data', '--data', here.put('large.csv', large), '--memory', '20kB');
    expect(code).toBe(2);
    expect(stderr).toContain('unknown option --memory');
  });
});

test('--sample-rows limits the sample', async () => {
  const { setup } = await parsed<SweepResult>(
    ...(['find', '--memory', '20kB', '--sample-rows', 64, '--steps', 60, '--no-verify', '--json'] as const),
  );
  expect(setup.notes).toContain('sampled 64 of 1,500 rows, seed 0');
  const { stderr } = await run('find', '--sample-rows', 0);
  expect(stderr).toContain('--sample-rows must be');
});

test('no temporary file is left', async () => {
  const folder = here.folder('temporary');
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await parsed<TrainingResult>('train', '--memory', '20kB', '--lr', 0.02, '--epochs', 1, '--json');
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  expect(readdirSync(folder)).toEqual([]);
});
