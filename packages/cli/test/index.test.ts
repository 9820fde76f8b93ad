// The package as its users see it: the built one, by its name, from a folder of their own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const source = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const compiler = source('../../../node_modules/typescript/bin/tsc');

let here: ReturnType<typeof workspace>;
beforeAll(() => {
  here = workspace();
  mkdirSync(here.path('node_modules/@tensorflow'), { recursive: true });
  mkdirSync(here.path('node_modules/@types'));
  symlinkSync(source('..'), here.path('node_modules/lrfind'));
  symlinkSync(source('../../../node_modules/@types/node'), here.path('node_modules/@types/node'));
  for (const name of ['tfjs-core', 'tfjs-layers']) {
    symlinkSync(source(`../node_modules/@tensorflow/${name}`), here.path(join('node_modules/@tensorflow', name)));
  }
});
afterAll(() => here.remove());

/** What a script in that folder prints as JSON. */
function run(script: string): unknown {
  const path = here.put('script.mjs', script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { cwd: here.path('.'), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const exported = [
  ...['compare', 'findLearningRate', 'train'],
  ...['checkpointFolder', 'compiledSettings'],
  ...[
    'encodeTable',
    'inTargetUnits',
    'historyLogger',
    'journalFile',
    'readModel',
    'readResult',
    'readTable',
    'saveModel',
    'saveResult',
    'scanTable',
  ],
  ...[
    'learningRateOf',
    'optimizer',
    'optimizerFromTfjs',
    'optimizerFromTrainingConfig',
    'savedOptimizer',
    'setLearningRate',
    'setMomentum',
  ],
  ...['from', 'parseSchedule', 'plainModel', 'prepareWorkers', 'printSchedule', 'resolveSchedule'],
  ...[
    'describeTable',
    'earlyStopping',
    'learningRateFinder',
    'learningRateMonitor',
    'learningRateScheduler',
    'parseCallback',
    'reduceLROnPlateau',
  ],
  ...['terminateOnNaN', 'warmUp'],
  ...['Comparison', 'SweepResult', 'TrainingResult', 'lowestEvaluation', 'parseResult', 'transferRate'],
  ...['callbackKinds', 'charts', 'losses', 'metricKinds', 'modelFormats', 'optimizers', 'scheduleKinds'],
  ...['suggestionMethods', 'tableFormats'],
  ...['BackendError', 'installTensorFlow', 'listBackends', 'useBackend'],
  ...['analyseLosses', 'findRate', 'InputError', 'version'],
];

test('exports what a training script needs, and nothing else', () => {
  const names = run("import * as lrfind from 'lrfind'; console.log(JSON.stringify(Object.keys(lrfind)));") as string[];
  expect(names.toSorted()).toEqual(exported.toSorted());
});

const setup = `
  import * as tf from '@tensorflow/tfjs-core';
  import { layers, sequential } from '@tensorflow/tfjs-layers';
  import { findLearningRate, InputError, readResult, saveResult, useBackend } from 'lrfind';
  await useBackend('cpu');
  const xs = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
  const ys = tf.sum(xs, 1, true);
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [4] })] });
`;

test('finds a rate for a model, saves the result in every format, and reads it again', () => {
  const printed = run(`${setup}
    const result = await findLearningRate(model, { xs, ys }, { steps: 40, repeats: 2 });
    await saveResult(result, ['sweep.png', 'sweep.svg', 'sweep.json', 'sweep.csv']);
    await saveResult(result, 'dark.svg', { dark: true, width: 500, height: 400, chart: 'loss-by-rate' });
    console.log(JSON.stringify({ result, read: await readResult('sweep.json') }));
  `) as { result: { format: string; curve: unknown[] }; read: unknown };
  expect(printed.result.format).toBe('lrfind-sweep');
  expect(printed.read).toEqual(printed.result);
  expect(readFileSync(here.path('sweep.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(readFileSync(here.path('sweep.svg'), 'utf8')).toMatch(/^<svg [^>]*width="800"/);
  expect(readFileSync(here.path('dark.svg'), 'utf8')).toMatch(/^<svg [^>]*width="500" height="400"/);
  const lines = readFileSync(here.path('sweep.csv'), 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe('rate,median,low,high,smoothed,slope,seed 0,seed 1');
  expect(lines).toHaveLength(printed.result.curve.length + 1);
});

test('saveResult refuses what it cannot write, and writes nothing then', () => {
  const before = here.files();
  const messages = run(`${setup}
    const result = await findLearningRate(model, { xs, ys }, { steps: 10, repeats: 1 });
    const attempts = [
      () => saveResult(result, ['a.json', 'a.bmp']),
      () => saveResult(result, ['a.json', 'a.json']),
      () => saveResult(result, 'none/a.json'),
      () => saveResult(result, ['a.json', 'a.svg'], { chart: 'training-history' }),
      () => saveResult(result, ['a.json', 'a.svg'], { width: 10 }),
      () => readResult('a.json'),
    ];
    const messages = [];
    for (const attempt of attempts) {
      await attempt().then(
        () => messages.push('done'),
        (error) => messages.push(error instanceof InputError ? error.message : 'a bug: ' + error.stack),
      );
    }
    console.log(JSON.stringify(messages));
  `);
  expect(messages).toEqual([
    'path must end in one of .png, .svg, .json, .csv; got a.bmp',
    'path must name each file once; got a.json twice',
    expect.stringMatching(/^path none\/a\.json: there is no folder /),
    'chart must be one of loss-by-rate, loss-by-group; got "training-history"',
    expect.stringMatching(/^width must be .*360.*; got 10$/),
    'no such file: a.json',
  ]);
  expect(here.files().filter((name) => name !== 'script.mjs')).toEqual(before.filter((name) => name !== 'script.mjs'));
});

test('trains and compares, with callbacks, a journal and a saved model', () => {
  const printed = run(`${setup}
    import { compare, historyLogger, journalFile, lowestEvaluation, readModel, saveModel, train } from 'lrfind';
    import { existsSync } from 'node:fs';
    const options = { learningRate: 'cosine(0.1, steps=8)', epochs: 2, callbacks: [historyLogger('history.csv')] };
    const trained = await train(model, { xs, ys }, options);
    await saveModel(model, 'trained');
    const { hasWeights } = await readModel('trained/model.json');
    const journal = journalFile('trials.journal', { resume: false });
    const trials = [{ learningRate: 0.1 }, { learningRate: 0.001 }];
    const compared = await compare(model, { xs, ys }, { trials, epochs: 1, repeats: 1, journal });
    const kept = existsSync('trials.journal');
    await journal.remove();
    await saveResult(compared, 'comparison.csv');
    console.log(JSON.stringify({
      outcome: trained.training.outcome,
      lowest: lowestEvaluation(trained.training.evaluations).epoch,
      hasWeights,
      names: compared.trials.map(({ name }) => name),
      kept,
    }));
  `);
  expect(printed).toEqual({
    outcome: 'finished',
    lowest: expect.any(Number),
    hasWeights: true,
    names: ['lr 0.1', 'lr 0.001'],
    kept: true,
  });
  expect(readFileSync(here.path('history.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
  expect(readFileSync(here.path('comparison.csv'), 'utf8')).toMatch(/^trial,seed,epoch,/);
});

test('has types, which a strict TypeScript project reads', () => {
  here.put(
    'script.mts',
    `import type { LayersModel } from '@tensorflow/tfjs-layers';
    import type { FindOptions, Result, SweepResult, TrialOptions } from 'lrfind';
    import { findLearningRate, readResult, saveResult } from 'lrfind';
    export async function rateOf(model: LayersModel, xs: number[][], ys: number[]): Promise<number | undefined> {
      const options: FindOptions = { repeats: 3, optimizer: 'adam' };
      const result: SweepResult = await findLearningRate(model, { xs, ys }, options);
      await saveResult(result, ['a.png'], { dark: true });
      const read: Result = await readResult('a.json');
      const trial: TrialOptions = { learningRate: 'find' };
      if (read.format === 'lrfind-comparison') return read.trials[0]?.trainings[0]?.seed;
      // @ts-expect-error Such an option does not exist.
      const wrong: FindOptions = { seeds: 3 };
      return trial && wrong && result.suggestion?.learningRate;
    }`,
  );
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--skipLibCheck', 'script.mts'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags], {
    cwd: here.path('.'),
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, '']);
});
