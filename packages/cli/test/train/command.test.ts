import { readFileSync } from 'node:fs';
import { TrainingResult } from '@lrfind/core/results';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { table, workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const train = (...argv: (string | number)[]) =>
  lrfind('train', '--model', here.model, '--data', here.data, '--backend', 'wasm', ...argv);
const text = (name: string) => readFileSync(here.path(name), 'utf8');

describe('lrfind train', () => {
  test('prints a line for each epoch, and the outcome', async () => {
    const { code, stdout, stderr } = await train('--lr', 0.05, '--epochs', 3);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const epochs = stdout.split('\n').filter((line) => line.startsWith('epoch'));
    expect(epochs).toHaveLength(3);
    for (const [i, line] of epochs.entries()) {
      expect(line).toMatch(
        new RegExp(
          `^epoch ${i + 1}/3 {3}learning rate 0\\.05 +loss [\\d.]+ +accuracy [\\d.]+ +val_loss [\\d.]+ +val_accuracy [\\d.]+ +[\\d.]+ s$`,
        ),
      );
    }
    // By default a fifth of the 120 rows is held out.
    expect(stdout).toMatch(
      /classifier \(51 parameters\) · 96 rows, 24 for validation · sparseCategoricalCrossentropy · adam/,
    );
    expect(stdout).toMatch(/^learning rate {3,}0\.05$/m);
  });

  test('--loss-weights scales the loss, and the command that reproduces the result has it', async () => {
    const loss = async (...flags: (string | number)[]) => {
      const { stdout } = await train('--lr', 1e-9, '--epochs', 1, '--optimizer', 'sgd', '--json', ...flags);
      return JSON.parse(stdout) as TrainingResult;
    };
    const plain = await loss();
    const weighted = await loss('--loss-weights', 0.25);
    expect(weighted.training.evaluations[0]?.validation?.loss).toBeCloseTo(
      0.25 * (plain.training.evaluations[0]?.validation?.loss as number),
      5,
    );
    expect(weighted.setup.loss).toBe('0.25·sparseCategoricalCrossentropy');
    expect(weighted.options.lossWeights).toEqual(['0.25']);
  });

  test('--class-weight weighs the training loss, and not that of validation rows', async () => {
    const result = async (...flags: (string | number)[]) => {
      const { stdout } = await train('--lr', 1e-9, '--epochs', 1, '--optimizer', 'sgd', '--json', ...flags);
      const { training, setup } = JSON.parse(stdout) as TrainingResult;
      return { ...training.evaluations[0], notes: setup.notes };
    };
    const plain = await result();
    const weighted = await result('--class-weight', '0=2,1=2,2=2');
    expect(weighted.training?.loss).toBeCloseTo(2 * (plain.training?.loss as number), 5);
    expect(weighted.validation?.loss).toBe(plain.validation?.loss);
    expect(weighted.notes).toContain('class weights: 0 → 2, 1 → 2, 2 → 2');
    expect((await result('--class-weight', 'balanced')).notes.join()).toContain('class weights: 0 → ');
  });

  test('searches for a rate first where none is given', async () => {
    const { stdout } = await train('--epochs', 1);
    expect(stdout).toMatch(
      /^learning rate +[\d.e-]+ {3}\(suggested by a sweep: between [\d.e-]+ and [\d.e-]+, (sure|fair|unsure)\)$/m,
    );
  });

  test('--json prints the whole training, which follows its schema; the epochs go to stderr', async () => {
    const { stdout, stderr } = await train('--schedule', 'cosine(0.1, steps=6)', '--epochs', 2, '--json');
    const result = JSON.parse(stdout) as TrainingResult;
    expect([...Value.Errors(TrainingResult, result)]).toEqual([]);
    // 96 rows are 3 batches of 32.
    expect(result.training.evaluations.map(({ step, epoch }) => [step, epoch])).toEqual([
      [3, 1],
      [6, 2],
    ]);
    expect(result.recipe.learningRate).toBe('cosine(0.1, steps=6)');
    expect(result.recipe.rates[3]).toEqual({ step: 3, rate: expect.closeTo(0.05, 12) });
    expect(result.losses).toHaveLength(6);
    expect(stderr.match(/^epoch/gm)).toHaveLength(2);
  });

  test('validates and tests on tables of their own, whose columns may stand in another order', async () => {
    const rows = table.trimEnd().split('\n').slice(1, 31);
    const turned = ['y,b,a', ...rows.map((row) => row.split(',').reverse().join(','))].join('\n');
    here.put('val.csv', turned);
    here.put('test.csv', ['a,b,y', ...rows.slice(0, 10)].join('\n'));
    const argv = ['--lr', 0.05, '--epochs', 2, '--json'] as const;
    const { stdout } = await train('--validation', here.path('val.csv'), '--test', here.path('test.csv'), ...argv);
    const result = JSON.parse(stdout) as TrainingResult;
    expect(result.setup).toMatchObject({ rows: 120, validationRows: 30 });
    expect(result.test).toMatchObject({ rows: 10, metrics: { accuracy: expect.any(Number) } });
  });

  test('--quiet prints the test result alone', async () => {
    here.put('test.csv', table);
    const { stdout, stderr } = await train('--lr', 0.05, '--epochs', 1, '--quiet', '--test', here.path('test.csv'));
    expect(stdout).toMatch(/^loss [\d.]+ {3}accuracy [\d.]+\n$/);
    expect(stderr).toBe('');
  });

  describe('with restored weights', () => {
    // The epoch with the highest loss counts as the best one: the first.
    const restoring = ['--lr', 0.05, '--epochs', 4] as const;
    const callback = '--callback=early-stopping(mode=max, patience=9, restoreBestWeights=true)';

    test('the summary gives their numbers, says that the model holds them, and then the last epoch', async () => {
      const { stdout } = await train(...restoring, callback);
      const [first = '', , , fourth = ''] = stdout.split('\n').filter((line) => line.startsWith('epoch'));
      const held = (line: string) => /val_loss ([\d.]+)/.exec(line)?.[1];
      expect(stdout).toMatch(/^model +the weights of epoch 1, which a callback restored$/m);
      expect(stdout).toMatch(new RegExp(`^validation rows +loss ${held(first)} .*\\(these weights\\)$`, 'm'));
      expect(stdout).toMatch(
        new RegExp(`^last epoch +loss ${held(fourth)} .*\\(weights of epoch 4, not kept\\)$`, 'm'),
      );
    });

    test('--quiet, JSON and CSV agree, and the saved model has these numbers', async () => {
      const quiet = await train(...restoring, callback, '--quiet', '--scale', 'none');
      const files = [here.path('t.json'), here.path('t.csv')].join(',');
      await train(...restoring, callback, '--scale', 'none', '--out', files, '--save', here.path('best'));
      const { restored, training } = JSON.parse(text('t.json')) as TrainingResult;
      expect(restored).toEqual({ step: 3, epoch: 1, validation: training.evaluations[0]?.validation });
      expect(quiet.stdout).toContain(`loss ${restored?.validation?.loss?.toPrecision(4)} `);
      const [header, ...rows] = text('t.csv').trimEnd().split('\n');
      expect(header).toMatch(/,restored$/);
      expect(rows.map((row) => row.at(-1))).toEqual(['1', '0', '0', '0']);
      const again = await lrfind(
        ...['train', '--model', here.path('best/model.json'), '--data', here.data, '--backend', 'wasm'],
        ...['--lr', 0, '--epochs', 1, '--json'],
      );
      const { training: second } = JSON.parse(again.stdout) as TrainingResult;
      expect(second.start?.loss).toBeCloseTo(restored?.validation?.loss as number, 6);
    });
  });

  test('notes how much of a schedule was used, and takes its own length where none is given', async () => {
    const long = await train('--schedule', 'one-cycle(0.1, steps=1000)', '--epochs', 1);
    expect(long.stdout).toMatch(
      /^note: one-cycle\(0\.1, steps=1000\) is longer than the training: 3 steps use 0\.3 % of it/m,
    );
    const auto = await train('--schedule', 'one-cycle(0.1)', '--epochs', 2, '--out', here.path('auto.json'));
    expect(auto.stdout).not.toContain('than the training');
    expect(auto.stdout).toMatch(/^learning rate +one-cycle\(0\.1, steps=6\)$/m);
    const { recipe, options } = JSON.parse(text('auto.json')) as TrainingResult;
    expect(recipe.learningRate).toBe('one-cycle(0.1, steps=6)');
    expect(options.schedule).toBe('one-cycle(0.1)');
  });

  test('--save writes a model that predicts what was measured', async () => {
    here.put('test.csv', table);
    const options = [
      '--lr',
      0.05,
      '--epochs',
      4,
      '--scale',
      'none',
      '--json',
      '--test',
      here.path('test.csv'),
    ] as const;
    const { stdout, stderr } = await train(...options, '--save', here.path('trained'));
    expect(stderr).toContain(`wrote ${here.path('trained')}\n`);
    const { test: tested } = JSON.parse(stdout) as TrainingResult;
    // Its weights, and a rate of 0: what it was saved with is what it is tested with.
    const again = await lrfind(
      ...['train', '--model', here.path('trained/model.json'), '--data', here.data, '--backend', 'wasm'],
      ...['--lr', 0, '--epochs', 1, '--json', '--test', here.path('test.csv')],
    );
    const second = JSON.parse(again.stdout) as TrainingResult;
    expect(second.setup.weights).toBe('given');
    expect(second.test?.loss).toBeCloseTo(tested?.loss as number, 6);
  });

  test('--out writes JSON and a table of the evaluations', async () => {
    const { stderr } = await train(
      '--lr',
      0.05,
      '--epochs',
      2,
      '--out',
      `${here.path('t.json')},${here.path('t.csv')}`,
    );
    expect(stderr).toBe(`wrote ${here.path('t.json')}\nwrote ${here.path('t.csv')}\n`);
    const result = JSON.parse(text('t.json')) as TrainingResult;
    expect(result.options).toMatchObject({
      model: here.model,
      data: here.data,
      lr: '0.05',
      epochs: 2,
      backend: 'wasm',
    });
    const [header, ...rows] = text('t.csv').trimEnd().split('\n');
    expect(header).toBe('epoch,step,rate,loss,accuracy,val_loss,val_accuracy');
    expect(rows.map((row) => row.split(',').slice(0, 3).join())).toEqual(['1,3,0.05', '2,6,0.05']);
  });

  test('--callback acts: the rate falls on a plateau, and the training ends early', async () => {
    const plateau = 'reduce-lr-on-plateau(patience=1, factor=0.5, minDelta=10)';
    const { stdout } = await train('--lr', 0.05, '--epochs', 4, '--json', '--callback', plateau);
    // No epoch improves by 10: each but the first halves the rate for the next.
    expect((JSON.parse(stdout) as TrainingResult).training.evaluations.map(({ rate }) => rate)).toEqual([
      0.05, 0.05, 0.025, 0.0125,
    ]);
    const early = await train('--lr', 0.05, '--epochs', 9, '--callback', 'early-stopping(patience=1, minDelta=10)');
    expect(early.stdout).toMatch(/^outcome +stopped by a callback after 2 epochs$/m);
  });

  test('a training that diverges is reported, and not saved', async () => {
    const argv = ['--optimizer', 'sgd', '--loss', 'meanSquaredError', '--lr', 1e30, '--epochs', 2];
    here.put('line.json', {
      modelTopology: {
        class_name: 'Sequential',
        config: {
          name: 'line',
          layers: [{ class_name: 'Dense', config: { units: 1, name: 'd', batch_input_shape: [null, 2] } }],
        },
      },
    });
    const { code, stdout, stderr } = await train(...argv, '--model', here.path('line.json'), '--save', here.path('s'));
    expect(code).toBe(3);
    expect(stdout).toMatch(/^outcome +diverged: the loss of step \d+ is not finite/m);
    expect(stderr).toBe(`not saved to ${here.path('s')}: the training diverged\n`);
    expect(here.files()).not.toContain('s');
  });
});

describe('a training that diverges after whole epochs', () => {
  // Three epochs of 3 batches at a good rate, then one that breaks the model.
  const breaks = ['--optimizer', 'sgd', '--schedule', 'piecewise-constant([0.05, 1e38], at=9)', '--epochs', 5];

  test('is saved with the weights of the epoch that a callback restored, whose numbers are shown once', async () => {
    const restoring = ['--callback', 'early-stopping(patience=4, restoreBestWeights=true)'];
    const { stdout, stderr } = await train(
      ...breaks,
      ...restoring,
      '--save',
      here.path('s'),
      '-o',
      here.path('r.json'),
    );
    const { training, restored } = JSON.parse(text('r.json')) as TrainingResult;
    expect([training.outcome, restored?.epoch]).toEqual(['diverged', 3]);
    expect(stdout).toMatch(/^outcome +diverged: the loss of step \d+ is not finite$/m);
    expect(stdout).toMatch(/^model +the weights of epoch 3, which a callback restored$/m);
    expect(stdout).toMatch(/^validation rows .* \(these weights\)$/m);
    expect(stdout).not.toMatch(/not kept|as it was/);
    expect(stderr).toContain(`wrote ${here.path('s')}\n`);
    const { stdout: again } = await lrfind(
      ...['train', '--model', here.path('s/model.json'), '--data', here.data, '--backend', 'wasm'],
      ...['--lr', 0, '--epochs', 1, '--json', '--scale', 'standard'],
    );
    const saved = JSON.parse(again) as TrainingResult;
    expect(saved.training.start?.loss).toBeCloseTo(restored?.validation?.loss as number, 5);
  });

  test('without such a callback shows the numbers of the last epoch as those of weights that are not kept', async () => {
    const { stdout, stderr } = await train(...breaks, '--save', here.path('s'));
    expect(stdout).toMatch(/^outcome +diverged: the loss of step \d+ is not finite; the model is as it was before$/m);
    expect(stdout).toMatch(/^last epoch .* \(weights of epoch 3, not kept\)$/m);
    expect(stdout).not.toMatch(/^validation rows/m);
    expect(stderr).toBe(`not saved to ${here.path('s')}: the training diverged\n`);
    expect((await train(...breaks, '--quiet')).stdout).toBe('loss not finite\n');
  });
});

describe('a mistake is one message, exit code 2, and nothing is written', () => {
  test.each<[string, (string | number)[], RegExp]>([
    ['a rate that is none', ['--lr', 'fast'], /--lr must be a number at least 0, or find; got "fast"/],
    [
      'a schedule as a rate',
      ['--lr', 'cosine(0.1, steps=3)'],
      /--lr must be .*; got "cosine\(0\.1, steps=3\)"; use --schedule for a schedule/,
    ],
    ['a loss weight that is none', ['--lr', 0.1, '--loss-weights', 'much'], /--loss-weights must be .*; got .*much/],
    ['a class weight that is none', ['--lr', 0.1, '--class-weight', 'heavy'], /--class-weight must be .*; got .*heavy/],
    ['balanced with others', ['--lr', 0.1, '--class-weight', 'balanced,1=2'], /--class-weight must be balanced, or/],
    [
      'a class that does not exist',
      ['--lr', 0.1, '--class-weight', '7=2'],
      /a class in classWeight must be one of 0, 1, 2/,
    ],
    ['a column of weights that does not exist', ['--lr', 0.1, '--sample-weight', 'nope'], /no column "nope"/],
    ['too many loss weights', ['--lr', 0.1, '--loss-weights', '1,2'], /lossWeights must be one number for each output/],
    [
      'loss weights with and without a name',
      ['--lr', 0.1, '--loss-weights', '1,b=2'],
      /--loss-weights must be all numbers, or all output=number/,
    ],
    ['a rate below 0', ['--lr=-0.1'], /--lr must be a number at least 0, or find; got "-0\.1"/],
    [
      'both a rate and a schedule',
      ['--lr', 0.1, '--schedule', '0.1'],
      /--lr must be find, or be left out, where --schedule is given; got 0\.1/,
    ],
    [
      'an unknown schedule',
      ['--schedule', 'cosin(0.1)'],
      /--schedule must be one of constant, .*; got "cosin"; did you mean cosine\?\n {2}cosin\(0\.1\)\n {2}\^/,
    ],
    [
      'an unknown callback',
      ['--callback', 'early-stoping(1)'],
      /--callback: unknown callback "early-stoping"; did you mean early-stopping\?/,
    ],
    [
      'an unknown option of one',
      ['--callback', 'early-stopping(patient=1)'],
      /--callback: unknown option early-stopping\.patient/,
    ],
    [
      'a metric of nothing',
      ['--lr', 0.1, '--metrics', 'acuracy'],
      /metrics must be some of accuracy, .*; got "acuracy"; did you mean accuracy\?/,
    ],
    [
      'an error of class numbers',
      ['--lr', 0.1, '--metrics', 'mae'],
      /metrics: meanAbsoluteError needs targets that are numbers; got the loss sparseCategoricalCrossentropy/,
    ],
    ['no epochs', ['--epochs', 0], /--epochs must be a whole number at least 1/],
    ['half a batch', ['--batch-size', 1.5], /--batch-size must be a whole number/],
    ['all rows held out', ['--validation-split', 1], /--validation-split must be a number at least 0 and below 1/],
    ['a parameter of another optimizer', ['--optimizer', 'adam', '--momentum', 0.9], /--momentum \(optimizer adam\)/],
    ['a table that is missing', ['--test', 'none.csv'], /none\.csv/],
    ['an output of no format', ['--out', 'x.txt'], /--out must end in one of \.png, \.svg, \.json, \.csv; got x\.txt/],
    ['a folder in no folder', ['--save', 'none/of/these'], /--save: .*none/],
  ])('%s', async (_, argv, message) => {
    const before = here.files();
    const { code, stdout, stderr } = await train(...argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^lrfind: /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(here.files()).toEqual(before);
  });

  test('both validation rows and a share to hold out', async () => {
    here.put('val.csv', table);
    const { code, stderr } = await train('--lr', 0.1, '--validation', here.path('val.csv'), '--validation-split', 0.2);
    expect(code).toBe(2);
    expect(stderr).toMatch(/validationSplit must be left out when validation rows are given; got 0\.2/);
  });

  test('a label that the training rows do not have is named with its file, row and column', async () => {
    here.put('test.csv', 'a,b,y\n1,2,7\n');
    const { code, stderr } = await train('--lr', 0.1, '--test', here.path('test.csv'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/test\.csv: .*row 1.*"y".*7/s);
  });
});
