import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

/** A Python with TensorBoard and MLflow. */
const python = process.env.LRFIND_TRACKERS_PYTHON;

test('TensorBoard and MLflow are there where they are required', () => {
  if (process.env.LRFIND_REQUIRE_TRACKERS) expect(python).toBeDefined();
});

/** Steps and values; these as Python writes them, since JSON has no NaN. */
type Points = [step: number, value: string][];

interface MlflowRun {
  name: string;
  status: string;
  parent: string | null;
  id: string;
  params: Record<string, string>;
  metrics: Record<string, Points>;
  artifacts: Record<string, string>;
}

interface TensorBoardRun {
  scalars: Record<string, Points>;
  texts: Record<string, string>;
  images: Record<string, [width: number, height: number, hex: string]>;
  hyperparameters: { values: Record<string, unknown>; group: string; status: number } | null;
}

describe.skipIf(python === undefined)('what TensorBoard and MLflow read', () => {
  let here: ReturnType<typeof workspace>;
  let child: ChildProcessWithoutNullStreams;
  let sweep: SweepResult;
  let training: TrainingResult;
  let comparison: Comparison;
  let read: { mlflow: MlflowRun[]; tensorboard: Record<string, TensorBoardRun> };

  beforeAll(async () => {
    here = workspace();
    const program = fileURLToPath(new URL('read-back.py', import.meta.url));
    child = spawn(python as string, [program, here.folder('mlflow'), here.path('logs')]);
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const line = async () => {
      const { value } = await lines.next();
      if (value === undefined) throw new Error(errors);
      return value as string;
    };
    const common = ['-m', here.model, '-d', here.data, '--backend', 'wasm', '--tensorboard', here.path('logs')];
    const run = async (command: string, mlflow: string, ...argv: (string | number)[]) => {
      const out = here.path(`${command}.json`);
      const { code, stderr } = await lrfind(command, ...common, '--mlflow', mlflow, '-o', out, ...argv);
      expect(stderr).toMatch(/^(wrote .*\n){3}$/);
      expect(code).toBe(0);
      return JSON.parse(readFileSync(out, 'utf8'));
    };
    const server = `http://127.0.0.1:${await line()}`;
    sweep = await run('find', server, '--no-verify', '--repeats', 2, '--steps', 40);
    training = await run('train', server, '--lr', 0.05, '--epochs', 3, '--test', here.data);
    comparison = await run('compare', server, '--lr', '0.05,1e30', '--optimizer', 'sgd', '--epochs', 2, '--repeats', 2);
    child.stdin.write('read\n');
    read = JSON.parse(await line());
  });
  afterAll(() => {
    child?.kill();
    here?.remove();
  });

  /** A run by its command and the names within it, as each of the two has it. */
  function found(command: string, ...names: string[]) {
    const own = Object.keys(read.tensorboard).find((name) => name.startsWith(command) && !name.includes('/')) as string;
    const parent = read.mlflow.find(({ name }) => name === own) as MlflowRun;
    const mlflow = read.mlflow.find(({ name, parent: of }) => name === names.join(', ') && of === parent.id);
    return {
      tensorboard: read.tensorboard[[own, ...names].join('/')] as TensorBoardRun,
      mlflow: names.length === 0 ? parent : (mlflow as MlflowRun),
    };
  }

  /** Expects a series in both: numbers of 64 bits in MLflow, of 32 in TensorBoard. */
  function expectSeries(
    runs: ReturnType<typeof found>,
    name: string,
    points: (readonly [number, number | null | undefined])[],
  ) {
    const numbers = (read: Points | undefined) => read?.map(([step, value]) => [step, Number(value)]);
    const expected = points.map(([step, value]) => [step, value ?? Number.NaN]);
    expect(numbers(runs.mlflow.metrics[name])).toEqual(expected);
    expect(numbers(runs.tensorboard.scalars[name])).toEqual(
      expected.map(([step, value]) => [step, Math.fround(value as number)]),
    );
  }

  test('of a search: each sweep by step, the curve, and the answer', () => {
    for (const { seed, points } of sweep.sweeps) {
      expectSeries(
        found('find', `seed ${seed}`),
        'loss',
        points.map(({ step, loss }) => [step, loss]),
      );
      expectSeries(
        found('find', `seed ${seed}`),
        'learning_rate',
        points.map(({ step, rate }) => [step, rate]),
      );
    }
    expectSeries(
      found('find'),
      'smoothed_loss',
      sweep.curve.map(({ smoothed }, step) => [step, smoothed]),
    );
    expectSeries(found('find'), 'suggested_learning_rate', [[0, sweep.suggestion?.learningRate]]);
  });

  test('of a training: loss, metrics and rate by step, on trained, held-out and test rows', () => {
    const runs = found('train');
    const { training: trained, recipe, losses, test: tested } = training;
    expectSeries(
      runs,
      'loss',
      trained.evaluations.map(({ step, training: { loss } }) => [step, loss]),
    );
    expectSeries(runs, 'val_accuracy', [
      [0, trained.start?.metrics.accuracy],
      ...trained.evaluations.map(({ step, validation }) => [step, validation?.metrics.accuracy] as const),
    ]);
    expectSeries(
      runs,
      'learning_rate',
      recipe.rates.map(({ step, rate }) => [step, rate]),
    );
    expectSeries(
      runs,
      'batch_loss',
      losses.map((loss, step) => [step, loss]),
    );
    expectSeries(runs, 'test_loss', [[losses.length, tested?.loss]]);
  });

  test('of a comparison: a run for each trial with each seed, of which those that diverge have failed', () => {
    for (const { name, trainings } of comparison.trials) {
      for (const { seed, outcome, start, evaluations } of trainings) {
        const runs = found('compare', name, `seed ${seed}`);
        expectSeries(runs, 'val_loss', [
          ...(start ? [[0, start.loss] as const] : []),
          ...evaluations.map(({ step, validation }) => [step, validation?.loss] as const),
        ]);
        expect(runs.mlflow.status).toBe(outcome === 'diverged' ? 'FAILED' : 'FINISHED');
        // 1 and 2 are success and failure.
        expect(runs.tensorboard.hyperparameters?.status).toBe(outcome === 'diverged' ? 2 : 1);
      }
    }
    expect(comparison.trials.map(({ trainings }) => trainings[0]?.outcome)).toEqual(['finished', 'diverged']);
  });

  test('hyperparameters are those of the recipe; the seeds of a trial are one group of TensorBoard', () => {
    const sessions = comparison.trials.flatMap(({ name, trainings, recipe }) =>
      trainings.map(({ seed }) => ({ ...found('compare', name, `seed ${seed}`), name, seed, recipe })),
    );
    for (const { tensorboard, mlflow, name, seed, recipe } of sessions) {
      const { values, group } = tensorboard.hyperparameters as NonNullable<TensorBoardRun['hyperparameters']>;
      expect(values).toMatchObject({
        trial: name,
        seed,
        optimizer: 'sgd',
        learning_rate: Number(recipe.learningRate),
        batch_size: 32,
      });
      expect(group).toMatch(new RegExp(`^compare-\\d{8}-\\d{6}/${name.replaceAll('+', '\\+')}$`));
      expect(mlflow.params).toMatchObject({ trial: name, seed: String(seed), optimizer: 'sgd', batch_size: '32' });
      expect(Object.keys(mlflow.params).toSorted()).toEqual(Object.keys(values).toSorted());
    }
  });

  test('each result has its picture, and the text that the command prints or the document', () => {
    for (const command of ['find', 'train', 'compare']) {
      const { tensorboard, mlflow } = found(command);
      const [width, height, hex] = tensorboard.images[command] as [number, number, string];
      const png = Buffer.from(hex, 'hex');
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
      expect(Buffer.from(mlflow.artifacts[`${command}.png`] as string, 'hex').equals(png)).toBe(true);
      const json = Buffer.from(mlflow.artifacts[`${command}.json`] as string, 'hex').toString();
      expect(json).toBe(readFileSync(here.path(`${command}.json`), 'utf8'));
      expect(tensorboard.texts.summary).toMatch(/^ {4}.*\bwasm\b/);
    }
  });
});
