import { readFileSync } from 'node:fs';
import { chartsOf } from '@lrfind/plots/charts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { storedSweep } from '../stored-sweep.js';
import { evaluation, storedComparison, storedTraining, trained } from '../stored-trainings.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** A stored result as a file with this extension. */
async function plotted(result: object, extension: string, ...more: (string | number)[]): Promise<string> {
  const out = here.path(`out${extension}`);
  const { code, stdout, stderr } = await lrfind('plot', here.put('result.json', result), '--out', out, ...more);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${out}\n` });
  return readFileSync(out, 'utf8');
}

test('a training becomes a table with a row for each evaluation, and empty cells for missing values', async () => {
  const training = storedTraining([
    evaluation(1, 0.5, 0.25, 0.75),
    evaluation(2, null, 0.5),
    evaluation(3, 0.125, 1, 0.5),
  ]);
  expect(await plotted(training, '.csv')).toBe(
    [
      'epoch,step,rate,loss,accuracy,val_loss,val_accuracy',
      '1,2,0.1,0.5,0.25,0.75,0.125',
      '2,4,0.1,,0.5,,',
      '3,6,0.1,0.125,1,0.5,0.5',
      '',
    ].join('\n'),
  );
});

test('a training without validation rows has no columns for them, and one without evaluations a header alone', async () => {
  expect(await plotted(storedTraining([evaluation(1, 0.5, 0.25)]), '.csv')).toBe(
    'epoch,step,rate,loss,accuracy\n1,2,0.1,0.5,0.25\n',
  );
  expect(await plotted(storedTraining([]), '.csv')).toBe('epoch,step,rate,loss\n');
});

test('a comparison becomes a table with a row for each trial, seed and evaluation; names are quoted where needed', async () => {
  const comparison = storedComparison({
    'cosine(0.1, steps=4)': [trained(0, [evaluation(1, 0.5, 1)]), trained(1, [evaluation(1, 0.25, 1)])],
    'the "other"': [trained(0, [evaluation(1, 2, 0, 3), evaluation(2, 1, 0, 2)])],
    plain: [trained(0, [])],
  });
  expect(await plotted(comparison, '.csv')).toBe(
    [
      'trial,seed,epoch,step,rate,loss,accuracy,val_loss,val_accuracy',
      '"cosine(0.1, steps=4)",0,1,2,0.1,0.5,1,,',
      '"cosine(0.1, steps=4)",1,1,2,0.1,0.25,1,,',
      '"the ""other""",0,1,2,0.1,2,0,3,0',
      '"the ""other""",0,2,4,0.1,1,0,2,0',
      '',
    ].join('\n'),
  );
});

test.each([
  ['sweep', storedSweep(null, 0.01)],
  ['training', storedTraining([evaluation(1, 0.5, 0.25)])],
  ['comparison', storedComparison({ a: [trained(0, [evaluation(1, 0.5, 1)])] })],
])('a %s as JSON is unchanged', async (_, result) => {
  expect(JSON.parse(await plotted(result, '.json'))).toEqual(result);
});

const results = {
  sweep: storedSweep({ low: 0.001, high: 0.1 }, 0.01),
  training: storedTraining([evaluation(1, 0.5, 0.25, 0.75), evaluation(2, 0.4, 0.5, 0.5)]),
  comparison: storedComparison({ a: [trained(0, [evaluation(1, 0.5, 1), evaluation(2, 0.25, 1)])] }),
};

test('--chart draws the chart of that name; the default is the first of the kind of result', async () => {
  for (const result of [results.training, results.comparison]) {
    const [first] = chartsOf(result.format);
    const drawn = await plotted(result, '.svg');
    expect(drawn).toMatch(/^<svg/);
    expect(await plotted(result, '.svg', '--chart', first?.name as string)).toBe(drawn);
  }
});

test('--width, --height and --dark change the picture', async () => {
  const plain = await plotted(results.training, '.svg');
  expect(plain).toMatch(/ width="800"/);
  expect(await plotted(results.training, '.svg', '--width', 500, '--height', 600)).toMatch(/ width="500" height="600"/);
  expect(await plotted(results.training, '.svg', '--dark')).not.toBe(plain);
});

test('--x, --y and --log-loss choose what the axes show', async () => {
  const drawn = async (...flags: string[]) => plotted(results.training, '.svg', ...flags);
  const plain = await drawn();
  expect(await drawn('--x', '1,2')).not.toBe(plain);
  // The ticks of a tenth, in steps of a fiftieth.
  expect(await drawn('--y', '0.4,0.5')).toContain('>0.42<');
  expect(await drawn('--log-loss')).toContain('loss (log scale)');
  expect(await drawn('--log-loss')).not.toBe(await drawn('--no-log-loss'));
});

test.each<[string, string[], [number, number]]>([
  ['the default size has two pixels for each CSS pixel', [], [1600, 1040]],
  ['a size is that many pixels', ['--width', '400', '--height', '300'], [400, 300]],
  ['--scale-factor 2 doubles it', ['--width', '400', '--height', '300', '--scale-factor', '2'], [800, 600]],
  ['a width alone keeps the proportions', ['--width', '1200'], [1200, 780]],
  ['where 300 pixels are high enough', ['--width', '360'], [360, 300]],
  ['the greatest is drawn', ['--width', '4000', '--height', '300', '--scale-factor', '4'], [16_000, 1200]],
])('size of a PNG: %s', async (_, size, [width, height]) => {
  const result = here.put('result.json', results.training);
  const { code } = await lrfind('plot', result, '--out', here.path('sized.png'), ...size);
  expect(code).toBe(0);
  // Width and height follow the signature and the name of the first chunk.
  const png = readFileSync(here.path('sized.png'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
});

describe('bad input: exit code 2, one message, nothing on stdout, nothing written', () => {
  const out = () => ['--out', here.path('x.svg')];
  test.each<[string, () => (string | number)[], RegExp]>([
    ['no result', () => out(), /^lrfind: <result\.json> must be given: a result written/],
    ['no output', () => [here.model], /^lrfind: --out must be given: files to write/],
    [
      'ends of an axis that fall',
      () => [here.put('r.json', results.training), ...out(), '--x', '3,1'],
      /^lrfind: --x must be two rising numbers; got \[3,1\]/,
    ],
    [
      'one end of an axis',
      () => [here.put('r.json', results.training), ...out(), '--y', '3'],
      /--y must be two rising numbers; got \[3\]/,
    ],
    [
      'rates that are none',
      () => [here.put('r.json', results.sweep), ...out(), '--x', '0,1'],
      /--x must be two rising numbers above 0; got \[0,1\]/,
    ],
    ['something else', () => [here.model, ...out()], /model\.json is not a result of lrfind/],
    [
      'a result of a later version',
      () => [here.put('r.json', { format: 'lrfind-sweep', version: 99 }), ...out()],
      /r\.json is a sweep of version 99; this lrfind reads versions 1 and 2/,
    ],
    ['a file that is missing', () => [here.path('no.json'), ...out()], /no such file: .*no\.json/],
    [
      'a chart of another kind of result',
      () => [here.put('t.json', results.training), ...out(), '--chart', 'loss-by-rate'],
      /^lrfind: --chart must be one of training-history.*; got "loss-by-rate"\n$/,
    ],
    [
      'an unknown chart',
      () => [here.put('t.json', results.training), ...out(), '--chart', 'training-histry'],
      /^lrfind: --chart must be one of .*; got "training-histry"; did you mean training-history\?/,
    ],
    [
      'an unknown format',
      () => [here.put('t.json', results.training), '--out', here.path('x.bmp')],
      /--out must end in one of \.png, \.svg, \.json, \.csv; got .*x\.bmp/,
    ],
    [
      'the input as output',
      () => [here.put('t.json', results.training), '--out', here.path('t.json')],
      /would overwrite the input/,
    ],
    [
      'a list with a space',
      () => [here.put('t.json', results.training), ...out(), here.path('y.svg')],
      /^lrfind: every argument must belong to an option; got .*y\.svg\. Write lists with commas: /,
    ],
  ])('%s', async (_, argv, message) => {
    const given = argv();
    const before = here.files();
    const { code, stdout, stderr } = await lrfind('plot', ...given);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, '']);
    expect(here.files()).toEqual(before);
  });
});

test('a picture with characters that no font has is written, with a warning that names them', async () => {
  // No character has this number, so no font has it.
  const training = storedTraining([evaluation(1, 0.5, 0.25)]);
  const result = { ...training, setup: { ...training.setup, model: 'net \u2fe0' } };
  const out = here.path('out.png');
  const { code, stderr } = await lrfind('plot', here.put('result.json', result), '--out', out);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^no font was found for \u2fe0: .* install a font that has them .*\nwrote .*out\.png\n$/);
  expect(readFileSync(out).subarray(1, 4).toString()).toBe('PNG');
});
