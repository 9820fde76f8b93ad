import { readFileSync } from 'node:fs';
import { Comparison } from '@lrfind/core/results';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';
import { compareCommand } from './compare-command.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const { compare, json } = compareCommand(() => here, 6, ['--repeats', 2]);
const names = ({ trials }: Comparison) => trials.map(({ name }) => name);

const plateau = 'reduce-lr-on-plateau(patience=1, minDelta=9)';
const stopping = 'early-stopping(patience=2, minDelta=9, restoreBestWeights=true)';

describe('each --callback is a trial of its own', () => {
  test('with each rate, beside the rates alone, for each optimizer', async () => {
    const argv = ['--lr', '0.1,0.01', '--optimizer', 'sgd,adam', '--callback', `${plateau}, warm-up(3)`];
    const comparison = await json(...argv, '--epochs', 1, '--repeats', 1);
    const recipes = (optimizer: string) =>
      ['', ', reduce-lr-on-plateau(patience=1, minDelta=9)', ', warm-up(steps=3)'].flatMap((callback) =>
        ['0.1', '0.01'].map((rate) => `${optimizer}, lr ${rate}${callback}`),
      );
    expect(names(comparison)).toEqual([...recipes('sgd'), ...recipes('adam')]);
    expect([...Value.Errors(Comparison, comparison)]).toEqual([]);
    expect(comparison.options).toMatchObject({ callback: [plateau, 'warm-up(3)'] });
  });

  test('beside a schedule, with the found rate where no rate is given', async () => {
    const argv = ['--schedule', 'cosine(0.1)', '--callback', plateau, '--callback', stopping];
    const comparison = await json(...argv);
    expect(names(comparison)).toEqual([
      'cosine(0.1, steps=18)',
      'found rate, reduce-lr-on-plateau(patience=1, minDelta=9)',
      'found rate, early-stopping(minDelta=9, patience=2, restoreBestWeights=true)',
    ]);
    const [, reduced, stopped] = comparison.trials;
    expect(reduced?.recipe.learningRate).toBe(stopped?.recipe.learningRate);
    expect(names(await json('--callback', stopping))).toEqual([
      'found rate',
      'found rate, early-stopping(minDelta=9, patience=2, restoreBestWeights=true)',
    ]);
  });

  test('the summary says when it ended its trainings, and the table marks the weights that count', async () => {
    const { code, stdout } = await compare('--lr', 0.1, '--callback', stopping, '--out', here.path('c.csv'));
    expect(code).toBe(0);
    const name = 'lr 0.1, early-stopping(minDelta=9, patience=2, restoreBestWeights=true)';
    // No epoch improves by 9: the first is the best, and the third ends the training.
    expect(stdout).toContain(`note: ${name}: ended by its callback after 9 of 18 steps, in epoch 3\n`);
    expect(stdout).toContain(`note: ${name}: its loss is that of the weights that its callback restored, of epoch 1\n`);
    const [header, ...rows] = readFileSync(here.path('c.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('trial,seed,epoch,step,rate,loss,accuracy,val_loss,val_accuracy,restored');
    const marked = rows.filter((row) => row.endsWith(',1')).map((row) => row.slice(0, row.lastIndexOf('",') + 6));
    expect(marked).toEqual([`"${name}",0,1,`, `"${name}",1,1,`]);
    expect(rows.filter((row) => row.startsWith(`"${name}"`))).toHaveLength(2 * 3);
  });

  test('a stored comparison is drawn, reported and made again', async () => {
    const out = here.path('c.json');
    const argv = ['--lr', 0.1, '--callback', plateau, '--callback', stopping];
    expect((await compare(...argv, '--out', out)).code).toBe(0);
    const svg = here.path('c.svg');
    expect((await lrfind('plot', out, '--out', svg)).code).toBe(0);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toContain('lr 0.1, reduce-lr-on-plateau(patience=1, minDelta=9)');
    expect(picture).toContain('stopped after 3 epochs');
    const html = here.path('r.html');
    expect((await lrfind('report', out, '--out', html)).code).toBe(0);
    const page = readFileSync(html, 'utf8');
    expect(page).toMatch(/<td[^>]*>earlyStopping \([^<]*minDelta 9[^<]*monitor val_loss/);
    expect(page).toMatch(/<td[^>]*>none</);
    expect(page).toContain('ended by its callback after 9 of 18 steps');
    expect(page).toMatch(/--callback .*early-stopping\(patience=2, minDelta=9, restoreBestWeights=true\)/);
  });
});

describe('a mistake is one message, exit code 2, and nothing is written', () => {
  test.each<[string, (string | number)[], RegExp]>([
    [
      'an unknown callback',
      ['--callback', 'early-stoping'],
      /^lrfind: --callback: unknown callback "early-stoping"; did you mean early-stopping\?/,
    ],
    [
      'an option that does not exist',
      ['--callback', 'early-stopping(patiense=2)'],
      /--callback: unknown option early-stopping\.patiense; did you mean early-stopping\.patience\?/,
    ],
    [
      'a callback for other trainings',
      ['--callback', 'terminate-on-nan'],
      /--callback must be left out of a comparison; got terminateOnNaN: a comparison ends every training whose loss is not finite/,
    ],
    [
      'a callback that writes files',
      ['--callback', 'history-logger(history.csv)'],
      /--callback: unknown callback "history-logger"/,
    ],
    [
      'a callback that prints',
      ['--callback', 'early-stopping(verbose=true)'],
      /--callback: verbose must be false in a comparison/,
    ],
    [
      'a metric that is not measured',
      ['--callback', 'early-stopping(val_mae, mode=min)'],
      /--callback: earlyStopping\.monitor must be one of val_loss, val_accuracy, loss, accuracy; got "val_mae"/,
    ],
    [
      'epochs in a comparison by steps',
      ['--steps', 9, '--callback', plateau],
      /--callback: reduce-lr-on-plateau\(.*\) counts epochs, so the length must be given as epochs; got 9 steps/,
    ],
    [
      'the same one twice',
      ['--callback', 'early-stopping(patience=2), earlyStopping(minDelta=0, patience=2)'],
      /two trials are called "lr 0\.1, early-stopping\(patience=2\)"/,
    ],
  ])('%s', async (_, argv, message) => {
    const before = here.files();
    const { code, stdout, stderr } = await compare('--lr', 0.1, ...argv);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(here.files()).toEqual(before);
  });

  test('a warm-up counts steps, so it may stand in a comparison by steps', async () => {
    expect(names(await json('--lr', 0.1, '--steps', 9, '--callback', 'warm-up(4)'))).toEqual([
      'lr 0.1',
      'lr 0.1, warm-up(steps=4)',
    ]);
  });
});
